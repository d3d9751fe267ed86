#include "models/quantization/quantizer.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/kernels/quantize_row.hpp"
#include "core/parallel.hpp"
#include "models/checkpoint/check_finite.hpp"
#include "models/quantization/threshold_search.hpp"

namespace snnsim::models {

namespace {

/// Quantized weights as floats, for sites that stay analog: s_w × integer.
class DequantizedWeights final : public FloatWeights {
 public:
  DequantizedWeights(std::shared_ptr<const IntegerWeights> weights, std::vector<float> scale)
      : weights_(std::move(weights)), scale_(std::move(scale)) {}
  std::size_t out() const override { return weights_->out(); }
  std::size_t in() const override { return weights_->in(); }
  void read_row(std::size_t i, float* values) const override {
    for (std::size_t j = 0; j < in(); ++j) values[j] = scale_[i] * static_cast<float>(weights_->weight(i, j));
  }

 private:
  std::shared_ptr<const IntegerWeights> weights_;
  std::vector<float> scale_;
};

/// Collects the values of one site, group by group of channels that share a step.
class SiteSamples {
 public:
  /// rows: that will be added.
  SiteSamples(const LlamaConfig& config, Site site, std::size_t rows)
      : width_(width(config, site) / groups(config, site)), values_(groups(config, site)) {
    for (std::vector<float>& group : values_) group.reserve(rows * width_);
  }

  void add(const Matrix<float>& x, std::span<const std::uint32_t> rows) {
    for (const std::uint32_t r : rows)
      for (std::size_t g = 0; g < values_.size(); ++g)
        values_[g].insert(values_[g].end(), x.row(r) + g * width_, x.row(r) + (g + 1) * width_);
  }

  ActivationQuantizer fit(LevelRange range) const {
    std::vector<float> steps(values_.size());
    parallel_for(values_.size(), [&](std::size_t g) { steps[g] = search_step(values_[g], range); });
    ActivationQuantizer quantizer{range, {}};
    for (const float step : steps) quantizer.step.insert(quantizer.step.end(), width_, step);
    return quantizer;
  }

 private:
  std::size_t width_;  // channels of a group
  std::vector<std::vector<float>> values_;
};

/// Hidden states of all calibration sequences between two blocks.
struct Calibration {
  std::vector<Matrix<float>> hidden;

  Calibration(const DenseModel& dense, const std::vector<std::vector<TokenId>>& sequences, std::size_t prefix) {
    for (const auto& sequence : sequences)
      if (sequence.size() > prefix) hidden.push_back(dense.embed(sequence));
    if (hidden.empty())
      throw DataError("the calibration text has no token after the full-precision prefix",
                      "give a longer quantization.calibration.text, or fewer prefix_tokens");
  }
};

PerSite<std::optional<ActivationQuantizer>> fit_block(const DenseModel& dense, std::size_t k, Calibration& calibration,
                                                      const QuantizerOptions& options) {
  const LlamaConfig& config = dense.config();
  std::size_t rows = 0;
  for (const Matrix<float>& hidden : calibration.hidden) rows += hidden.rows() - options.prefix;
  std::vector<SiteSamples> samples;
  for (const Site site : kAllSites) samples.emplace_back(config, site, rows);
  const std::size_t kv = width(config, Site::k);
  BlockBuffers buffers;
  for (Matrix<float>& hidden : calibration.hidden) {
    KvCache cache{Matrix<float>(hidden.rows(), kv), Matrix<float>(hidden.rows(), kv)};
    const std::vector<std::uint32_t> counted = row_range(options.prefix, hidden.rows());
    dense.forward(k, row_range(0, hidden.rows()), hidden, cache, buffers,
                  [&](Site site, const Matrix<float>& x) { samples[static_cast<std::size_t>(site)].add(x, counted); });
  }
  PerSite<std::optional<ActivationQuantizer>> sites;
  for (const Site site : kAllSites)
    at(sites, site) = samples[static_cast<std::size_t>(site)].fit(options.activation_range(population_name(k, site)));
  return sites;
}

}  // namespace

WeightMatrix quantize_weights(const Tensor& weights, int bits) {
  if (bits == kBitsOff) return {nullptr, {}, std::make_shared<TensorWeights>(weights)};
  const std::size_t out = weights.rows(), in = weights.columns();
  const LevelRange range = signed_range(bits);
  std::vector<std::int8_t> integers(out * in);
  std::vector<float> scale(out);
  parallel_for(out, [&](std::size_t i) {
    std::vector<float> row(in);
    weights.read_row(i, row.data());
    scale[i] = search_step(row, range);
    std::vector<std::int16_t> counts(in);
    quantize_row(row, std::vector<float>(in, scale[i]), range, counts.data());
    for (std::size_t j = 0; j < in; ++j) integers[i * in + j] = static_cast<std::int8_t>(counts[j]);
  });
  const auto packed = std::make_shared<const IntegerWeights>(out, in, integers);
  return {packed, scale, std::make_shared<DequantizedWeights>(packed, scale)};
}

QuantizedModel quantize(std::shared_ptr<const DenseModel> dense, const std::vector<std::vector<TokenId>>& calibration,
                        const QuantizerOptions& options, const std::function<void(double)>& progress) {
  check_finite_ends(dense->checkpoint());
  QuantizedModel model{
      .dense = dense, .blocks = {}, .weight_bits = options.weight_bits, .activation_bits = options.activation_bits};
  std::optional<Calibration> activations;
  if (options.activation_bits != kBitsOff) activations.emplace(*dense, calibration, options.prefix);
  for (std::size_t k = 0; k < dense->config().blocks; ++k) {
    check_finite_block(dense->checkpoint(), k);
    QuantizedBlock block;
    for (const MatrixName name : kAllMatrices)
      block.matrices[static_cast<std::size_t>(name)] =
          quantize_weights(tensor(dense->checkpoint().blocks[k], name), options.weight_bits);
    if (activations) block.sites = fit_block(*dense, k, *activations, options);
    model.blocks.push_back(std::move(block));
    if (progress) progress(static_cast<double>(k + 1) / static_cast<double>(dense->config().blocks));
  }
  return model;
}

}  // namespace snnsim::models
