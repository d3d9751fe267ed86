#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace snnsim::experiments {

/// The rotation in which a model is quantized, of those that were drawn.
struct RotationChoice {
  std::uint64_t seed = 0;      // that it is drawn by
  std::size_t trial = 0;       // its number
  std::vector<double> losses;  // of all trials; none where nothing was searched
};

/// Trial 0 is what the seed draws without a search.
std::uint64_t trial_seed(std::uint64_t seed, std::size_t trial);

}  // namespace snnsim::experiments
