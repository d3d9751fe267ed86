#pragma once

#include <cstdint>
#include <vector>

#include "core/matrix.hpp"
#include "models/llama/sites.hpp"

namespace snnsim::models {

/// What a neuron's count did in a step, as far as its derivative goes.
enum class Response : std::uint8_t {
  follows,    // it is the floor of the level
  held,       // the neuron could not emit more, or less, in this step: it depends on the count before
  saturated,  // it is at the end of its range
};

/// One population after one step, rows being positions: (rows × width) each.
template <typename Real>
struct SiteRecord {
  Matrix<Real> drive;  // X(t)
  Matrix<Real> count;  // emitted so far, offsets taken off: value / θ
  Matrix<Response> response;
  std::uint32_t step = 0;  // of the population, counted from 1; 0 when it did not act
};

/// A block after one step: all that its derivative needs.
template <typename Real>
struct StepRecord {
  Matrix<Real> middle;    // residual stream between attention and MLP (rows × hidden)
  Matrix<Real> gate, up;  // (rows × intermediate)
  PerSite<SiteRecord<Real>> sites;
};

}  // namespace snnsim::models
