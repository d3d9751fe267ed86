#include "models/quantization/quantizer.hpp"

#include <utility>

#include "models/checkpoint/check_finite.hpp"
#include "models/quantization/block_moments.hpp"
#include "models/quantization/calibration_states.hpp"
#include "models/quantization/channel_factors.hpp"
#include "models/quantization/error_feedback.hpp"
#include "models/quantization/probability_samples.hpp"
#include "models/quantization/scaled_weights.hpp"

namespace snnsim::models {

namespace {

BlockFloats quantized_weights(const QuantizedBlock& block) {
  BlockFloats weights;
  for (const MatrixName name : kAllMatrices) at(weights, name) = block.matrix(name).floating;
  return weights;
}

/// Quantizes one block after the other.
class BlockQuantizer {
 public:
  BlockQuantizer(const DenseModel& dense, const std::vector<std::vector<TokenId>>& calibration,
                 const QuantizerOptions& options)
      : dense_(dense), options_(options), grid_{options.weight_bits, options.group} {
    const bool fits = options.granularity != Granularity::per_token || options.keys > 0;
    if (options.activation_bits != kBitsOff && fits) dense_states_.emplace(dense, calibration, options.prefix);
    if (options.weight_bits != kBitsOff && options.weights != WeightMethod::rtn)
      quantized_states_.emplace(dense, calibration, options.prefix);
  }

  QuantizedBlock quantize(std::size_t k) {
    const BlockFloats weights = dense_.weights(k);
    QuantizedBlock block;
    PerSite<std::vector<float>> factors;
    if (quantized_states_ && options_.weights == WeightMethod::awq) factors = search_factors(k, weights);
    if (options_.activation_bits != kBitsOff) fit_sites(k, weights, factors, block);
    if (quantized_states_ && options_.weights == WeightMethod::gptq)
      round_with_feedback(k, weights, block);
    else
      for (const MatrixName name : kAllMatrices)
        at(block.matrices, name) = nearest(at(weights, name), input_scale(block, factors, input_of(name)));
    if (quantized_states_) quantized_states_->advance(k, quantized_weights(block));
    return block;
  }

  /// Goes past a block that was quantized before.
  void pass(std::size_t k, const QuantizedBlock& block) {
    if (quantized_states_) quantized_states_->advance(k, quantized_weights(block));
    if (dense_states_) dense_states_->advance(k, dense_.weights(k));
  }

 private:
  /// What the columns of matrices that a site feeds are multiplied by: their inputs' steps, or else the factors.
  static std::vector<float> input_scale(const QuantizedBlock& block, const PerSite<std::vector<float>>& factors,
                                        Site site) {
    const auto& quantizer = at(block.sites, site);
    return ratios(quantizer && !quantizer->dynamic() ? quantizer->step : at(factors, site));
  }

  WeightMatrix nearest(const std::shared_ptr<const FloatWeights>& weights, std::vector<float> input_scale) const {
    if (options_.weight_bits == kBitsOff) return {nullptr, {}, weights};
    const RoundedWeights rounded = round_to_nearest(ScaledWeights(*weights, input_scale), grid_);
    return to_weight_matrix(rounded, std::move(input_scale));
  }

  /// The inputs of a block are measured behind the blocks that are quantized already, so that it makes up for their
  /// errors; on stories15M this costs less perplexity than the inputs in the dense model.
  BlockMoments measure_moments(std::size_t k, const BlockFloats& weights) const {
    BlockMoments moments(dense_.config());
    quantized_states_->observe(k, weights, [&](Site site, const Matrix<float>& x, std::span<const std::uint32_t> rows) {
      moments.add(site, x, rows);
    });
    return moments;
  }

  void round_with_feedback(std::size_t k, const BlockFloats& weights, QuantizedBlock& block) const {
    BlockMoments moments = measure_moments(k, weights);
    for (const Site site : kAllSites) {
      if (!moments.has(site)) continue;
      const std::vector<float> scale = input_scale(block, {}, site);
      InputMoments inputs = moments.take(site);
      if (!scale.empty()) inputs.divide(scale);
      const ErrorFeedback feedback(inputs);
      for (const MatrixName name : kAllMatrices)
        if (input_of(name) == site)
          at(block.matrices, name) = to_weight_matrix(
              models::round_with_feedback(ScaledWeights(*at(weights, name), scale), feedback, grid_), scale);
    }
  }

  static std::vector<std::shared_ptr<const FloatWeights>> fed_by(Site site, const BlockFloats& weights) {
    std::vector<std::shared_ptr<const FloatWeights>> fed;
    for (const MatrixName name : kAllMatrices)
      if (input_of(name) == site) fed.push_back(at(weights, name));
    return fed;
  }

  PerSite<std::vector<float>> search_factors(std::size_t k, const BlockFloats& weights) const {
    BlockMoments moments = measure_moments(k, weights);
    PerSite<std::vector<float>> factors;
    for (const Site site : kAllSites)
      if (moments.has(site)) at(factors, site) = weight_aware_factors(moments.take(site), fed_by(site, weights), grid_);
    return factors;
  }

  LevelRange range(std::string_view population) const { return options_.activation_range(population); }

  void fit_sites(std::size_t k, const BlockFloats& weights, const PerSite<std::vector<float>>& factors,
                 QuantizedBlock& block) {
    if (dense_states_) measure_sites(k, weights, factors, block);
    const bool dynamic = options_.granularity == Granularity::per_token;
    for (const Site site : kAllSites)
      if (dynamic) at(block.sites, site) = dynamic_quantizer(dense_.config(), site, range(population_name(k, site)));
    if (!options_.final_in || k + 1 != dense_.config().blocks) return;
    if (dynamic)
      block.final_in = dynamic_quantizer(dense_.config(), Site::attn_in, range(kFinalIn));
    else
      block.final_in = fit_output();
  }

  /// The input of the LM head is as wide as that of a block, and like it shares a step or has one by channel.
  ActivationQuantizer fit_output() const {
    SiteSamples samples(dense_.config(), Site::attn_in, options_.granularity, dense_states_->rows());
    dense_states_->observe_output(
        [&](const Matrix<float>& x, std::span<const std::uint32_t> rows) { samples.add(x, rows); });
    return samples.fit(range(kFinalIn), options_.step_rule);
  }

  void measure_sites(std::size_t k, const BlockFloats& weights, const PerSite<std::vector<float>>& factors,
                     QuantizedBlock& block) {
    const LlamaConfig& c = dense_.config();
    std::vector<SiteSamples> samples;
    samples.reserve(kSites);
    for (const Site site : kAllSites) samples.emplace_back(c, site, options_.granularity, dense_states_->rows());
    ProbabilitySamples probabilities(attention_shape(c), dense_states_->rows(), dense_states_->longest());
    const Matrix<float>* query = nullptr;  // of the sequence that is on its way
    dense_states_->advance(k, weights, [&](Site site, const Matrix<float>& x, std::span<const std::uint32_t> rows) {
      if (options_.granularity != Granularity::per_token) samples[static_cast<std::size_t>(site)].add(x, rows);
      if (site == Site::q) query = &x;
      if (site == Site::k && options_.keys > 0) probabilities.add(*query, x, rows);
    });
    if (options_.keys > 0) block.probs = probabilities.fit(range(probs_name(k)), options_.step_rule);
    if (options_.granularity == Granularity::per_token) return;
    for (const Site site : kAllSites) {
      const SiteSamples& values = samples[static_cast<std::size_t>(site)];
      const auto fed = fed_by(site, weights);
      const bool smooths = options_.smoothing > 0 && !fed.empty();
      at(block.sites, site) = values.fit(
          range(population_name(k, site)), options_.step_rule,
          smooths ? smoothing_factors(values.largest(), largest_weights(fed), options_.smoothing) : at(factors, site));
    }
  }

  const DenseModel& dense_;
  const QuantizerOptions& options_;
  RoundingGrid grid_;
  std::optional<CalibrationStates> dense_states_;      // what the dense model makes of the calibration sequences
  std::optional<CalibrationStates> quantized_states_;  // what the dense model with weights quantized so far does
};

/// The first block behind which, itself included, every one was found.
std::size_t first_without_gap(const std::vector<bool>& found) {
  std::size_t first = found.size();
  while (first > 0 && found[first - 1]) --first;
  return first;
}

}  // namespace

QuantizedModel quantize(std::shared_ptr<const DenseModel> dense, const std::vector<std::vector<TokenId>>& calibration,
                        const QuantizerOptions& options, const std::function<void(double)>& progress,
                        const BlockStore& store) {
  const std::size_t blocks = dense->config().blocks;
  QuantizedModel model{.dense = std::move(dense),
                       .blocks = std::vector<QuantizedBlock>(blocks),
                       .keys = options.keys,
                       .weight_bits = options.weight_bits,
                       .activation_bits = options.activation_bits};
  std::vector<bool> found(blocks, false);
  for (std::size_t k = 0; store.find && k < blocks; ++k)
    if (std::optional<QuantizedBlock> block = store.find(k)) {
      model.blocks[k] = std::move(*block);
      found[k] = true;
    }
  const std::size_t missing = first_without_gap(found);
  if (missing == 0) return model;
  check_finite_ends(model.dense->checkpoint());
  BlockQuantizer quantizer(*model.dense, calibration, options);
  for (std::size_t k = 0; k < missing; ++k) {
    QuantizedBlock& block = model.blocks[k];
    if (found[k]) {
      quantizer.pass(k, block);
    } else {
      check_finite_block(model.dense->checkpoint(), k);
      block = quantizer.quantize(k);
      if (store.keep) block = store.keep(k, std::move(block));
    }
    if (progress) progress(static_cast<double>(k + 1) / static_cast<double>(missing));
  }
  return model;
}

}  // namespace snnsim::models
