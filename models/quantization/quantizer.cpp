#include "models/quantization/quantizer.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "core/parallel.hpp"
#include "models/checkpoint/check_finite.hpp"
#include "models/quantization/block_moments.hpp"
#include "models/quantization/calibration_states.hpp"
#include "models/quantization/error_feedback.hpp"
#include "models/quantization/threshold_search.hpp"

namespace snnsim::models {

namespace {

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
      : dense_(dense), options_(options), grid_{options.weight_bits} {
    if (options.activation_bits != kBitsOff) dense_states_.emplace(dense, calibration, options.prefix);
    if (options.weight_bits != kBitsOff && options.weights == WeightMethod::gptq)
      quantized_states_.emplace(dense, calibration, options.prefix);
  }

  QuantizedBlock quantize(std::size_t k) {
    const BlockFloats weights = dense_.weights(k);
    QuantizedBlock block;
    if (quantized_states_)
      round_with_feedback(k, weights, block);
    else
      for (const MatrixName name : kAllMatrices) at(block.matrices, name) = nearest(at(weights, name));
    if (dense_states_) block.sites = fit_sites(k, weights);
    return block;
  }

  /// Goes past a block that was quantized before.
  void pass(std::size_t k, const QuantizedBlock& block) {
    if (quantized_states_) quantized_states_->advance(k, quantized_weights(block));
    if (dense_states_) dense_states_->advance(k, dense_.weights(k));
  }

 private:
  WeightMatrix nearest(const std::shared_ptr<const FloatWeights>& weights) const {
    if (options_.weight_bits == kBitsOff) return {nullptr, {}, weights};
    return to_weight_matrix(round_to_nearest(*weights, grid_));
  }

  /// The inputs of a block are measured behind the blocks that are quantized already, so that it makes up for their
  /// errors; on stories15M this costs less perplexity than the inputs in the dense model.
  void round_with_feedback(std::size_t k, const BlockFloats& weights, QuantizedBlock& block) {
    std::optional<BlockMoments> moments(dense_.config());
    quantized_states_->observe(k, weights, [&](Site site, const Matrix<float>& x, std::span<const std::uint32_t> rows) {
      moments->add(site, x, rows);
    });
    for (const Site site : kAllSites) {
      if (!moments->has(site)) continue;
      const ErrorFeedback feedback(moments->take(site));
      for (const MatrixName name : kAllMatrices)
        if (input_of(name) == site)
          at(block.matrices, name) = to_weight_matrix(models::round_with_feedback(*at(weights, name), feedback, grid_));
    }
    quantized_states_->advance(k, quantized_weights(block));
  }

  PerSite<std::optional<ActivationQuantizer>> fit_sites(std::size_t k, const BlockFloats& weights) {
    std::vector<SiteSamples> samples;
    samples.reserve(kSites);
    for (const Site site : kAllSites) samples.emplace_back(dense_.config(), site, dense_states_->rows());
    dense_states_->advance(k, weights, [&](Site site, const Matrix<float>& x, std::span<const std::uint32_t> rows) {
      samples[static_cast<std::size_t>(site)].add(x, rows);
    });
    PerSite<std::optional<ActivationQuantizer>> sites;
    for (const Site site : kAllSites)
      at(sites, site) =
          samples[static_cast<std::size_t>(site)].fit(options_.activation_range(population_name(k, site)));
    return sites;
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
