#include "models/llama/dense_batch.hpp"

#include <algorithm>
#include <numeric>

#include "models/llama/dense_arithmetic.hpp"

namespace snnsim::models {

/// Rows of a batch that continue several sequences, as forward_block() asks.
class ManySequences {
 public:
  ManySequences(const DenseBatch& batch, std::size_t block) : batch_(batch), block_(block) {}

  std::size_t position(std::uint32_t row) const { return batch_.positions_[row]; }
  template <typename Attend>
  void attend(const Attend& attend, const Matrix<float>& q, const Matrix<float>& k, const Matrix<float>& v,
              std::span<const std::uint32_t>, Matrix<float>& y) const {
    for (const DenseBatch::Part& part : batch_.parts_) {
      const std::size_t rows = part.end - part.first;
      KvCache& cache = part.sequence->caches_[block_];
      cache.key.resize_rows(part.end);
      cache.value.resize_rows(part.end);
      const auto copy = [&](const Matrix<float>& from, std::size_t first, Matrix<float>& to, std::size_t to_first) {
        std::copy_n(from.row(first), rows * from.columns(), to.row(to_first));
      };
      Matrix<float> query(part.end, q.columns()), seen(part.end, y.columns());
      copy(q, part.first_row, query, part.first);
      copy(k, part.first_row, cache.key, part.first);
      copy(v, part.first_row, cache.value, part.first);
      attend(query, cache.key, cache.value, row_range(part.first, part.end), seen);
      copy(seen, part.first, y, part.first_row);
    }
  }

 private:
  const DenseBatch& batch_;
  std::size_t block_;
};

void DenseBatch::add(DenseSequence& sequence, std::span<const TokenId> tokens) {
  if (tokens.empty()) return;
  const std::size_t first = sequence.positions(), row = tokens_.size();
  parts_.push_back({&sequence, row, first, first + tokens.size()});
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  positions_.resize(tokens_.size());
  std::iota(positions_.begin() + static_cast<std::ptrdiff_t>(row), positions_.end(), first);
}

void DenseBatch::run() {
  if (parts_.empty()) return;
  const std::vector<std::uint32_t> rows = row_range(0, tokens_.size());
  Matrix<float> hidden = model_.embed(tokens_);
  BlockBuffers buffers;
  const DenseModel::SiteObserver nobody;
  for (std::size_t k = 0; k < model_.config().blocks; ++k) {
    const BlockFloats weights = model_.weights(k);
    DenseArithmetic arithmetic(weights, rows, nobody);
    forward_block(model_.block(k), arithmetic, rows, hidden, ManySequences(*this, k), buffers);
  }
  Matrix<float> normalised(hidden.rows(), hidden.columns());
  model_.final_norm(hidden, rows, normalised);
  for (const Part& part : parts_) {
    part.sequence->hidden_.resize_rows(part.end);
    part.sequence->normalised_.resize_rows(part.end);
    std::copy_n(normalised.row(part.first_row), (part.end - part.first) * normalised.columns(),
                part.sequence->normalised_.row(part.first));
  }
}

}  // namespace snnsim::models
