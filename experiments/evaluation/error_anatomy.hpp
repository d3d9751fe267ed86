#pragma once

#include <cstdint>
#include <span>

#include "core/simulation/network_state.hpp"
#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// The four terms of method.md eq. (3) for one population and the positions [prefix, positions), summed into `tally`:
/// clipping, quantization, propagated, unevenness, each as Σ of squares; also `uneven`, `instances`, `dense`, `total`.
/// The same position by position is added to `positions`. dense: x at the site in the dense model (positions × width).
/// X and a are read from the settled network.
void measure_errors(const SpikingGraph& graph, const NetworkState& state, NodeId population, const Matrix<float>& dense,
                    std::size_t prefix, PopulationTally& tally, PositionErrors& positions);

/// How many emitted counts differ from the QANN's; counts: (positions × at least width).
std::uint64_t count_different(const SpikingGraph& graph, const NetworkState& state, NodeId population,
                              const Matrix<std::int16_t>& counts, std::size_t prefix);

}  // namespace snnsim::experiments
