#pragma once

#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "models/checkpoint/checkpoint.hpp"

namespace snnsim::models {

/// Rotary position embedding (Su et al. 2021): coordinates (a, b) of each head are turned by position ·
/// theta^(-2i/dim) / divisor_i.
class Rope {
 public:
  explicit Rope(const LlamaConfig& config);

  /// Turns one row of heads in place; row: (n * head_dim).
  void apply(std::size_t position, std::span<float> row) const { turn(position, row, 1); }
  /// Turns it back: the inverse, and the transpose.
  void undo(std::size_t position, std::span<float> row) const { turn(position, row, -1); }

 private:
  static constexpr std::size_t kMostKept = 4096;  // positions

  /// Cosines, then sines, of the angles at a position; (dim).
  void turns(std::size_t position, float* turns) const;
  void turn(std::size_t position, std::span<float> row, float direction) const;
  void turn(const float* turns, std::span<float> row, float direction) const;

  std::size_t dim_;
  RopeLayout layout_;
  std::vector<double> frequencies_;  // (dim / 2)
  Matrix<float> kept_;               // turns() of the first positions of the context: (positions × dim)
};

}  // namespace snnsim::models
