#include "models/quantization/quantized_model.hpp"

#include <algorithm>

#include "core/kernels/quantize_row.hpp"
#include "models/checkpoint/mapped_pages.hpp"

namespace snnsim::models {

namespace {

/// QANN arithmetic: a site rounds to counts, a product adds integer weights.
class QuantizedArithmetic {
 public:
  using Observer = std::function<void(Site, const Matrix<std::int16_t>&)>;
  QuantizedArithmetic(const QuantizedBlock& block, std::span<const std::uint32_t> rows,
                      PerSite<Matrix<std::int16_t>>& counts, Observer observer)
      : block_(block), rows_(rows), counts_(counts), observer_(std::move(observer)) {}

  void site(Site site, Matrix<float>& x) {
    at(values_, site) = &x;
    const std::optional<ActivationQuantizer>& quantizer = at(block_.sites, site);
    if (!quantizer) return;
    Matrix<std::int16_t>& counts = at(counts_, site);
    if (counts.rows() != x.rows()) counts = Matrix<std::int16_t>(x.rows(), padded_inputs(x.columns()));
    parallel_for(
        rows_.size(),
        [&](std::size_t k) {
          const std::uint32_t r = rows_[k];
          quantize_row({x.row(r), x.columns()}, quantizer->step, quantizer->range, counts.row(r));
        },
        kGrain);
    if (observer_) observer_(site, counts);
  }

  void product(MatrixName name, Matrix<float>& y) {
    const Site input = input_of(name);
    const WeightMatrix& matrix = block_.matrix(name);
    if (!block_.integer_product(name))
      return multiply(*matrix.floating, *at(values_, input), rows_, y, OutputRows::scattered);
    std::optional<CountBatch>& batch = at(batches_, input);
    if (!batch) batch.emplace(at(counts_, input), rows_);
    multiply(*matrix.integer, *batch, block_.output_scale(name), y);
  }

 private:
  static constexpr std::size_t kGrain = 4;  // rows of a task

  const QuantizedBlock& block_;
  std::span<const std::uint32_t> rows_;
  PerSite<Matrix<std::int16_t>>& counts_;
  Observer observer_;
  PerSite<const Matrix<float>*> values_{};
  PerSite<std::optional<CountBatch>> batches_;  // of the sites that feed integer products
};

}  // namespace

std::vector<float> QuantizedBlock::output_scale(MatrixName name) const {
  return matrix(name).output_scale(at(sites, input_of(name))->step.front());
}

bool QuantizedBlock::integer_product(MatrixName name) const {
  return matrix(name).integer != nullptr && at(sites, input_of(name)).has_value();
}

QuantizedSequence::QuantizedSequence(const QuantizedModel& model)
    : model_(model),
      hidden_(0, model.dense->config().hidden_size),
      normalised_(0, model.dense->config().hidden_size),
      caches_(empty_caches(model.dense->config())) {}

void QuantizedSequence::append_prefix(const DenseSequence& dense, std::size_t prefix) {
  hidden_.resize_rows(prefix);
  normalised_.resize_rows(prefix);
  for (std::size_t k = 0; k < caches_.size(); ++k)
    caches_[k] = model_.dense->adopt(dense.model(), dense.cache(k), prefix);
}

void QuantizedSequence::append(std::span<const TokenId> tokens, const Observer& observer) {
  const std::vector<std::uint32_t> rows = append_embedded(*model_.dense, tokens, hidden_, caches_);
  for (std::size_t k = 0; k < caches_.size(); ++k) {
    trim_mapped_pages();
    QuantizedArithmetic::Observer sites;
    if (observer) sites = [&](Site site, const Matrix<std::int16_t>& counts) { observer(k, site, counts); };
    QuantizedArithmetic arithmetic(model_.blocks[k], rows, counts_, std::move(sites));
    forward_block(model_.dense->block(k), arithmetic, rows, hidden_, OneSequence(caches_[k]), buffers_);
  }
  normalised_.resize_rows(hidden_.rows());
  model_.dense->final_norm(hidden_, rows, normalised_);
}

}  // namespace snnsim::models
