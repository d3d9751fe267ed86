#pragma once

#include <functional>
#include <span>
#include <vector>

#include "models/llama/dense_model.hpp"

namespace snnsim::models {

/// Hidden states of all calibration sequences between two blocks.
class CalibrationStates {
 public:
  /// Before the first block. Throws DataError when the prefix leaves no token.
  CalibrationStates(const DenseModel& dense, const std::vector<std::vector<TokenId>>& sequences, std::size_t prefix);

  /// Positions behind the prefix, of all sequences.
  std::size_t rows() const;

  /// Sees the value of each site, and the positions behind the prefix.
  using Observer = std::function<void(Site, const Matrix<float>&, std::span<const std::uint32_t> rows)>;
  /// Takes every sequence through block k with these weights.
  void advance(std::size_t k, const BlockFloats& weights, const Observer& observer = {});
  /// The same, but stays before the block.
  void observe(std::size_t k, const BlockFloats& weights, const Observer& observer) const;
  /// Behind the last block: sees the final RMSNorm of each sequence.
  void observe_output(
      const std::function<void(const Matrix<float>&, std::span<const std::uint32_t> rows)>& observer) const;
  /// Positions of the longest sequence.
  std::size_t longest() const;

 private:
  void forward(std::size_t k, const BlockFloats& weights, Matrix<float>& hidden, BlockBuffers& buffers,
               const Observer& observer) const;

  const DenseModel& dense_;
  std::size_t prefix_;
  std::vector<Matrix<float>> hidden_;
};

}  // namespace snnsim::models
