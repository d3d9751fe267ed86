#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiments/job_inputs.hpp"
#include "experiments/pipeline.hpp"
#include "experiments/run_directory.hpp"

namespace snnsim::experiments {

/// The least part of a job that is computed, and kept, as a whole: a segment of a text, or a chunk of the items of a
/// zero-shot task.
struct WorkItem {
  bool zero_shot = false;
  std::size_t group = 0;  // text or task
  std::size_t index = 0;  // segment or chunk
  bool operator==(const WorkItem&) const = default;
};

/// Segments first, each kind in order.
std::vector<WorkItem> work_of(const JobInputs& inputs);

/// What came of an item: the one or the other.
struct WorkResult {
  std::optional<SegmentResult> segment;
  std::vector<TokenLikelihood> tokens;  // of the segment, with record.token_nll
  std::optional<ZeroShotResult> chunk;
};

/// Computes items, on any process that has the same experiment.
class JobWork {
 public:
  /// `directory`: of the run, where what is recorded in HDF5 goes.
  JobWork(const Experiment& experiment, const JobInputs& inputs, const Pipeline& pipeline,
          std::filesystem::path directory)
      : experiment_(experiment), inputs_(inputs), pipeline_(pipeline), directory_(std::move(directory)) {}

  WorkResult compute(const WorkItem& item, const std::function<void(double share)>& progress = {}) const;

 private:
  WorkResult segment(const WorkItem& item, const std::function<void(double share)>& progress) const;
  WorkResult chunk(const WorkItem& item) const;

  const Experiment& experiment_;
  const JobInputs& inputs_;
  const Pipeline& pipeline_;
  std::filesystem::path directory_;
};

/// A result as bytes for another process of the same program; it comes back bit for bit.
std::string to_message(const WorkResult& result);
WorkResult result_from(const std::string& message);

/// What the others have to do, as text, and back: the run directory and the items that are not finished.
struct WorkList {
  std::filesystem::path directory;
  std::vector<WorkItem> items;
  /// Those of one of several ranks: every size-th.
  std::vector<WorkItem> share(std::size_t rank, std::size_t size) const;
};
std::string to_message(const WorkList& list);
WorkList list_from(const std::string& message);

}  // namespace snnsim::experiments
