#pragma once

#include <functional>
#include <span>
#include <vector>

#include "models/calibration/spiking_block.hpp"

namespace snnsim::models {

/// One calibration sequence before a block.
struct BlockExample {
  SteppedStream stream;  // of the spiking network, whose blocks before are calibrated already
  Matrix<float> hidden;  // of the dense model (positions × hidden)
  Matrix<float> target;  // y_k: what the dense block makes of it (positions × hidden)
  KvCache prefix;        // of the dense block: (prefix × kv_heads * head_dim)
};

/// What a Calibrator is given: a spiking block, and what it should put out (method.md eq. (4)).
struct BlockProblem {
  const DenseModel& dense;
  std::size_t number = 0;  // of the block, k
  const QuantizedBlock& quantized;
  const BlockNeurons& neurons;
  SpikingBlock block;
  std::size_t prefix = 0;
  const std::vector<BlockExample>& examples;
  int weight_bits = 8;

  /// Σ |ŷ - y|² / Σ |y|² over all examples behind the prefix, ŷ being the block's output after T steps.
  double loss(const BlockCalibration& calibration) const;
  /// What the populations of an example receive and emit in all. Examples are visited at the same time.
  using Visitor =
      std::function<void(std::size_t example, Site, const Matrix<float>& drive, const Matrix<float>& value)>;
  void observe(const BlockCalibration& calibration, const Visitor& visitor) const;
  /// The value of every site in the dense model: (positions × width) each.
  PerSite<Matrix<float>> dense_sites(const BlockExample& example) const;
};

/// Σ |a - b|² over rows from `first` on; and Σ |b|².
struct SquaredError {
  double error = 0, reference = 0;
  void add(const Matrix<float>& a, const Matrix<float>& b, std::size_t first);
  double relative() const { return reference > 0 ? error / reference : error; }
};

}  // namespace snnsim::models
