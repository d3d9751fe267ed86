#include "models/quantization/quantized_model.hpp"

#include <algorithm>

namespace snnsim::models {

namespace {

/// QANN arithmetic: a site rounds to counts, a product adds integer weights.
class QuantizedArithmetic {
 public:
  using Observer = std::function<void(Site, const Matrix<std::int16_t>&)>;
  QuantizedArithmetic(const QuantizedBlock& block, std::span<const std::uint32_t> rows, Observer observer)
      : block_(block), rows_(rows), observer_(std::move(observer)) {}

  const Matrix<float>& site(Site site, Matrix<float> x) {
    const std::optional<ActivationQuantizer>& quantizer = at(block_.sites, site);
    if (quantizer) {
      at(counts_, site) = Matrix<std::int16_t>(x.rows(), padded_inputs(x.columns()));
      parallel_for(rows_.size(), [&](std::size_t k) {
        float* value = x.row(rows_[k]);
        std::int16_t* count = at(counts_, site).row(rows_[k]);
        for (std::size_t i = 0; i < x.columns(); ++i) {
          count[i] = static_cast<std::int16_t>(quantize(value[i], quantizer->step[i], quantizer->range));
          value[i] = quantizer->step[i] * static_cast<float>(count[i]);
        }
      });
      if (observer_) observer_(site, at(counts_, site));
    }
    return at(values_, site) = std::move(x);
  }

  void product(MatrixName name, Matrix<float>& y) {
    const Site input = input_of(name);
    const WeightMatrix& matrix = block_.matrix(name);
    if (!block_.integer_product(name))
      return multiply(*matrix.floating, at(values_, input), rows_, y, OutputRows::scattered);
    std::optional<CountBatch>& batch = at(batches_, input);
    if (!batch) batch.emplace(at(counts_, input), rows_);
    multiply(*matrix.integer, *batch, block_.output_scale(name), y);
  }

 private:
  const QuantizedBlock& block_;
  std::span<const std::uint32_t> rows_;
  Observer observer_;
  PerSite<Matrix<float>> values_;
  PerSite<Matrix<std::int16_t>> counts_;
  PerSite<std::optional<CountBatch>> batches_;  // of the sites that feed integer products
};

}  // namespace

std::vector<float> QuantizedBlock::output_scale(MatrixName name) const {
  const float step = at(sites, input_of(name))->step.front();
  std::vector<float> scale = matrix(name).scale;
  for (float& s : scale) s *= step;
  return scale;
}

bool QuantizedBlock::integer_product(MatrixName name) const {
  return matrix(name).integer != nullptr && at(sites, input_of(name)).has_value();
}

QuantizedSequence::QuantizedSequence(const QuantizedModel& model)
    : model_(model), hidden_(0, model.dense->config().hidden_size), normalised_(0, model.dense->config().hidden_size) {
  const std::size_t kv = width(model.dense->config(), Site::k);
  caches_.assign(model.blocks.size(), {Matrix<float>(0, kv), Matrix<float>(0, kv)});
}

void QuantizedSequence::append_prefix(const DenseSequence& dense, std::size_t prefix) {
  hidden_.resize_rows(prefix);
  normalised_.resize_rows(prefix);
  for (std::size_t k = 0; k < caches_.size(); ++k) {
    caches_[k] = dense.cache(k);
    caches_[k].key.resize_rows(prefix);
    caches_[k].value.resize_rows(prefix);
  }
}

void QuantizedSequence::append(std::span<const TokenId> tokens, const Observer& observer) {
  const std::size_t first = hidden_.rows(), end = first + tokens.size();
  const Matrix<float> embedded = model_.dense->embed(tokens);
  const std::vector<std::uint32_t> rows = row_range(first, end);
  hidden_.resize_rows(end);
  if (first < end) std::ranges::copy(embedded.values(), hidden_.row(first));
  for (std::size_t k = 0; k < caches_.size(); ++k) {
    caches_[k].key.resize_rows(end);
    caches_[k].value.resize_rows(end);
    QuantizedArithmetic::Observer sites;
    if (observer) sites = [&](Site site, const Matrix<std::int16_t>& counts) { observer(k, site, counts); };
    QuantizedArithmetic arithmetic(model_.blocks[k], rows, std::move(sites));
    forward_block(model_.dense->block(k), arithmetic, rows, hidden_, caches_[k]);
  }
  const Matrix<float> normalised = model_.dense->final_norm(hidden_, rows);
  normalised_.resize_rows(end);
  for (const std::uint32_t r : rows) std::copy_n(normalised.row(r), normalised.columns(), normalised_.row(r));
}

}  // namespace snnsim::models
