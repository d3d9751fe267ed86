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
  void apply(std::size_t position, std::span<float> row) const;

 private:
  std::size_t dim_;
  RopeLayout layout_;
  std::vector<double> frequencies_;  // (dim / 2)
};

}  // namespace snnsim::models
