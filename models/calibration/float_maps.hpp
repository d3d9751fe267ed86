#pragma once

#include <memory>
#include <span>

#include "models/calibration/calibration.hpp"
#include "models/llama/dense_model.hpp"
#include "models/quantization/quantized_model.hpp"

namespace snnsim::models {

/// The transposes of a block's linear maps in fp32, for BlockGradient. Holds the matrices of the block a second time.
class FloatMaps {
 public:
  /// Row r of a gradient is position prefix + r. The weights are those of the calibrated block.
  FloatMaps(const BlockConstants& constants, const QuantizedBlock& block, const BlockCalibration& calibration,
            std::size_t prefix);

  void transpose(MatrixName name, const Matrix<float>& dy, Matrix<float>& dx) const;
  void undo_rope(std::size_t row, std::span<float> x) const { constants_.rope->undo(prefix_ + row, x); }
  void undo_head(std::span<float> x) const {
    if (constants_.rotation != nullptr) constants_.rotation->head.undo(x);
  }
  void undo_heads(std::span<float> x) const {
    if (constants_.rotation != nullptr) constants_.rotation->heads.undo(x, constants_.config->head_dim);
  }
  void undo_inner(std::span<float> x) const {
    if (constants_.rotation != nullptr) constants_.rotation->inner.undo(x);
  }
  std::span<const float> gain(Site site) const {
    return site == Site::attn_in ? constants_.attention_norm : constants_.mlp_norm;
  }
  float epsilon() const { return constants_.config->rms_norm_epsilon; }
  AttentionShape shape() const { return attention_shape(*constants_.config); }

 private:
  const BlockConstants& constants_;
  std::size_t prefix_;
  PerMatrix<std::shared_ptr<const FloatWeights>> transposed_;  // (in × out)
};

}  // namespace snnsim::models
