#include "models/llama/dense_model.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::models {

namespace {

/// Dense arithmetic: a site hands on what it gets.
class DenseArithmetic {
 public:
  DenseArithmetic(const BlockWeights& weights, std::span<const std::uint32_t> rows,
                  const DenseModel::SiteObserver& observer)
      : weights_(weights), rows_(rows), observer_(observer) {}

  void site(Site site, const Matrix<float>& x) {
    if (observer_) observer_(site, x);
    at(values_, site) = &x;
  }
  void product(MatrixName name, Matrix<float>& y) const {
    multiply(TensorWeights(tensor(weights_, name)), *at(values_, input_of(name)), rows_, y, OutputRows::scattered);
  }

 private:
  const BlockWeights& weights_;
  std::span<const std::uint32_t> rows_;
  const DenseModel::SiteObserver& observer_;
  PerSite<const Matrix<float>*> values_{};
};

}  // namespace

std::vector<std::uint32_t> row_range(std::size_t first, std::size_t end) {
  std::vector<std::uint32_t> rows(end - first);
  std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(first));
  return rows;
}

DenseModel::DenseModel(std::shared_ptr<const Checkpoint> checkpoint)
    : checkpoint_(std::move(checkpoint)),
      rope_(std::make_shared<Rope>(checkpoint_->config)),
      final_norm_(checkpoint_->final_norm.read()) {
  for (const BlockWeights& block : checkpoint_->blocks) {
    blocks_.push_back({&checkpoint_->config, rope_.get(), block.attention_norm.read(), block.mlp_norm.read(), {}});
    for (const MatrixName name : kAllMatrices)
      if (const Tensor* stored = bias(block, name)) at(blocks_.back().bias, name) = stored->read();
  }
}

Matrix<float> DenseModel::embed(std::span<const TokenId> tokens) const {
  Matrix<float> hidden(tokens.size(), config().hidden_size);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] < 0 || static_cast<std::size_t>(tokens[i]) >= config().vocabulary_size)
      throw DataError(fmt::format("token id {} at position {} is outside the vocabulary of {}", tokens[i], i,
                                  config().vocabulary_size),
                      "use the tokenizer that the checkpoint was trained with");
    checkpoint_->embedding.read_row(static_cast<std::size_t>(tokens[i]), hidden.row(i));
  }
  return hidden;
}

void DenseModel::forward(std::size_t k, std::span<const std::uint32_t> rows, Matrix<float>& hidden, KvCache& cache,
                         BlockBuffers& buffers, const SiteObserver& observer) const {
  DenseArithmetic arithmetic(checkpoint_->blocks[k], rows, observer);
  forward_block(blocks_[k], arithmetic, rows, hidden, cache, buffers);
}

void DenseModel::final_norm(const Matrix<float>& hidden, std::span<const std::uint32_t> rows, Matrix<float>& y) const {
  for (const std::uint32_t r : rows)
    rms_norm({hidden.row(r), y.columns()}, final_norm_, config().rms_norm_epsilon, {y.row(r), y.columns()});
}

Matrix<float> DenseModel::logits(const Matrix<float>& normalised, std::span<const std::uint32_t> rows) const {
  Matrix<float> y(rows.size(), config().vocabulary_size);
  multiply(TensorWeights(checkpoint_->lm_head), normalised, rows, y, OutputRows::gathered);
  return y;
}

DenseSequence::DenseSequence(const DenseModel& model)
    : model_(model), hidden_(0, model.config().hidden_size), normalised_(0, model.config().hidden_size) {
  const std::size_t kv = width(model.config(), Site::k);
  caches_.assign(model.config().blocks, {Matrix<float>(0, kv), Matrix<float>(0, kv)});
}

void DenseSequence::append(std::span<const TokenId> tokens, const Observer& observer) {
  const std::size_t first = positions(), end = first + tokens.size();
  const Matrix<float> embedded = model_.embed(tokens);
  const std::vector<std::uint32_t> rows = row_range(first, end);
  hidden_.resize_rows(end);
  if (first < end) std::ranges::copy(embedded.values(), hidden_.row(first));
  for (std::size_t k = 0; k < caches_.size(); ++k) {
    caches_[k].key.resize_rows(end);
    caches_[k].value.resize_rows(end);
    DenseModel::SiteObserver sites;
    if (observer) sites = [&](Site site, const Matrix<float>& x) { observer(k, site, x); };
    model_.forward(k, rows, hidden_, caches_[k], buffers_, sites);
  }
  normalised_.resize_rows(end);
  model_.final_norm(hidden_, rows, normalised_);
}

}  // namespace snnsim::models
