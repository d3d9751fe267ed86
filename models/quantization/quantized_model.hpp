#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/projection.hpp"
#include "core/rounding.hpp"
#include "models/llama/dense_model.hpp"
#include "models/quantization/weight_matrix.hpp"

namespace snnsim::models {

/// Static symmetric activation quantizer of one site, eq. (1) of method.md. The same steps become the thresholds of the
/// population that replaces it. Or a dynamic one, that no such population can replace.
struct ActivationQuantizer {
  LevelRange range;
  std::vector<float> step;       // λ per channel (width); empty: dynamic
  std::size_t token_groups = 0;  // dynamic: so many groups of channels, whose step follows from each token's own values

  bool dynamic() const { return token_groups > 0; }
  bool operator==(const ActivationQuantizer&) const = default;
};

/// λ of a token whose largest magnitude is that: it becomes the highest level.
float token_step(float largest, LevelRange range);

/// The quantizer of the probabilities of all keys (heads * keys), from that of the heads.
ActivationQuantizer for_keys(const ActivationQuantizer& probs, std::size_t keys);

struct QuantizedBlock {
  PerSite<std::optional<ActivationQuantizer>> sites;  // empty: the site stays analog (16 bits)
  PerMatrix<WeightMatrix> matrices;
  /// Optional: attention probabilities, a step for each head (heads).
  std::optional<ActivationQuantizer> probs;
  /// Optional, of the last block: the final RMSNorm, what the LM head multiplies (hidden).
  std::optional<ActivationQuantizer> final_in;

  const WeightMatrix& matrix(MatrixName name) const { return at(matrices, name); }
  /// The scales that turn accumulators of `name` into its output, s_w × λ of the first input channel (out); without λ
  /// where that is dynamic.
  std::vector<float> output_scale(MatrixName name) const;
  /// True if the product runs on integers: quantized weights on quantized activations.
  bool integer_product(MatrixName name) const;
};

/// The integer network (QANN) that the spikes must equal: int32 accumulators between floating-point operators.
/// Embedding, norms and LM head stay those of the dense model.
struct QuantizedModel {
  std::shared_ptr<const DenseModel> dense;  // in the coordinates in which it is quantized
  std::vector<QuantizedBlock> blocks;
  std::size_t keys = 0;  // that attention probabilities have a quantizer for: the longest sequence, if they have one
  int weight_bits = 8, activation_bits = 8;
};

/// Runs one sequence through the QANN. Leading positions stay in full precision: their keys and values come from the
/// dense model, once, and nothing else of them is needed.
class QuantizedSequence {
 public:
  explicit QuantizedSequence(const QuantizedModel& model);

  /// Takes positions 0..prefix-1 over from the dense model, the stored or the rotated one.
  void append_prefix(const DenseSequence& dense, std::size_t prefix);
  /// Sees the quantized counts Q(X)/λ of each site, by the name of the population that would replace it (positions ×
  /// padded width; rows before the appended ones are stale).
  using Observer = std::function<void(const std::string& population, const Matrix<std::int16_t>&)>;
  void append(std::span<const TokenId> tokens, const Observer& observer = {});
  /// Final RMSNorm of all positions, quantized if that is a site; those of the prefix are zero.
  const Matrix<float>& normalised() const { return normalised_; }

 private:
  const QuantizedModel& model_;
  Matrix<float> hidden_, normalised_;
  std::vector<KvCache> caches_;
  BlockBuffers buffers_;
  PerSite<Matrix<std::int16_t>> counts_;  // of the block that was computed last
  Matrix<float> probabilities_;
  Matrix<std::int16_t> probability_counts_, final_counts_;
};

}  // namespace snnsim::models
