#pragma once

#include <functional>
#include <span>
#include <vector>

#include "models/calibration/example_share.hpp"
#include "models/calibration/spiking_block.hpp"
#include "models/quantization/squared_error.hpp"

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
  const std::vector<BlockExample>& own;  // the examples of this process
  std::size_t examples = 0;              // of all processes; example g is own[g / share.size()] of one of them
  const ExampleShare& share;
  int weight_bits = 8;

  /// Of one of our own examples; as many numbers for each.
  using Term = std::function<std::vector<double>(std::size_t own)>;
  /// Σ over these examples, in this order, of what `term` makes of each, wherever it is computed: the one way to what
  /// depends on examples. Terms are computed at the same time. Called by all processes.
  std::vector<double> sum(std::span<const std::size_t> which, const Term& term) const;
  /// The same over all examples.
  std::vector<double> sum(const Term& term) const;

  /// Σ |ŷ - y|² / Σ |y|² over all examples behind the prefix, ŷ being the block's output after T steps.
  double loss(const BlockCalibration& calibration) const;
  /// What the populations of our own examples receive and emit in all. They are visited at the same time.
  using Visitor = std::function<void(std::size_t own, Site, const Matrix<float>& drive, const Matrix<float>& value)>;
  void observe(const BlockCalibration& calibration, const Visitor& visitor) const;
  /// The value of every site in the dense model: (positions × width) each.
  PerSite<Matrix<float>> dense_sites(const BlockExample& example) const;
};

/// Σ over all examples of numbers that each of our own has for the sites of a stage (BlockProblem::sum).
PerSite<std::vector<double>> sum_of_sites(const BlockProblem& problem, const std::vector<Site>& stage,
                                          const std::vector<PerSite<std::vector<double>>>& own);

}  // namespace snnsim::models
