#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace snnsim::experiments {

/// Neurons on both sides of a projection.
struct ProjectionShape {
  std::size_t targets = 0, sources = 0;
};

/// Weights of a projection as they come from a file or a stream, before they are laid out for the kernels.
struct DenseArrays {
  std::vector<std::int8_t> weights;  // (targets, sources)
};
struct SparseArrays {
  std::vector<std::uint64_t> offsets;  // (sources + 1)
  std::vector<std::uint32_t> targets;  // (synapses)
  std::vector<std::int8_t> weights;    // (synapses)
};
using WeightArrays = std::variant<DenseArrays, SparseArrays>;

}  // namespace snnsim::experiments
