#pragma once

#include <span>
#include <vector>

#include "experiments/pipeline.hpp"
#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// What each block adds to the error of the residual stream, and what it makes of the error that comes in, for one
/// sequence that the spiking network has been through. ids: the whole sequence, prefix tokens included; state: of the
/// network after it; the first `prefix` positions are in full precision and left out. All in the coordinates of the
/// QANN's dense model. Runs the dense model once, and each block twice more.
std::vector<BlockErrors> measure_depth(const Pipeline& pipeline, std::span<const models::TokenId> ids,
                                       std::size_t prefix, const NetworkState& state);

/// How the errors of blocks come together over the depth.
struct DepthBound {
  double factor = 0;  // ρ = |f(ĥ') - f(h')| / |ĥ' - h'|; 0 where nothing comes in
  double bound = 0;   // Σ_k (Π_{τ>k} ρ_τ) (unevenness_k + quantization_k) up to this block, relative to |h|
  double error = 0;   // |ĥ - h| / |h|, never above the bound but for rounding
};

/// The bound of Theorem 3 behind each block, from sums over all segments.
std::vector<DepthBound> depth_bounds(const std::vector<BlockErrors>& blocks);

}  // namespace snnsim::experiments
