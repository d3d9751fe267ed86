#pragma once

#include <functional>
#include <vector>

#include "experiments/evaluation/segments.hpp"
#include "experiments/pipeline.hpp"
#include "experiments/run_directory.hpp"
#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// Seconds of wall time per stage of a segment: where the time goes.
struct StageTimes {
  double dense = 0, qann = 0, spiking = 0, scoring = 0, anatomy = 0;
};

/// Is told how much of a segment is done, 0..1.
using ShareObserver = std::function<void(double)>;

/// What else is wanted of a segment; each may be null.
struct SegmentObservers {
  std::vector<TokenLikelihood>* tokens = nullptr;
  StageTimes* times = nullptr;
  Probe* recorder = nullptr;  // watches the spiking network
  ShareObserver share{};
};

/// Runs one segment through the networks of evaluation.networks and measures everything the report needs.
/// Positions below the prefix stay in full precision.
SegmentResult evaluate_segment(const Pipeline& pipeline, const Experiment& experiment, const Segment& segment,
                               const SegmentObservers& observers = {});

}  // namespace snnsim::experiments
