#pragma once

#include <cstddef>
#include <vector>

#include "experiments/evaluation/segments.hpp"
#include "experiments/pipeline.hpp"
#include "experiments/zero_shot/encoded_item.hpp"

namespace snnsim::experiments {

/// Everything that a run reads, opened and checked before anything is computed or written.
struct JobInputs {
  OpenedModel opened;
  CalibrationSequences calibration;
  std::vector<std::vector<Segment>> texts;          // the segments of each text of evaluation.perplexity
  std::vector<std::vector<EncodedItem>> zero_shot;  // the items of each task of evaluation.zero_shot

  std::size_t segments() const;
  /// Chunks that a zero-shot task is run in, and those of all tasks.
  std::size_t chunks(std::size_t task) const;
  std::size_t chunks() const;
  /// Inputs of all segments and requests.
  std::size_t positions() const;
};

/// Throws ConfigurationError (not runnable, unknown names, segments longer than the context) or DataError (missing or
/// damaged files, NaN weights, invalid UTF-8, empty texts).
JobInputs open_inputs(const Experiment& experiment);

}  // namespace snnsim::experiments
