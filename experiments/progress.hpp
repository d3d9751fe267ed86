#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

enum class ProgressMode { automatic, live, lines, quiet };  // automatic: live on a terminal, else a line a minute

/// Time between two drawings; the first one comes after as long.
struct ProgressPace {
  std::chrono::milliseconds live{200}, lines{std::chrono::minutes(1)};
};

/// Tells people how far a run is: share done, running PPL ± standard error, firing rate, SOPs/s, time left. Draws from
/// a thread of its own, so a long segment does not silence it. Member functions may be called from several threads.
class Progress {
 public:
  explicit Progress(ProgressMode mode = ProgressMode::automatic, std::FILE* out = stderr, ProgressPace pace = {});
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What is going on before the first segment: "calibrating, document 3 of 16".
  void stage(std::string_view what);
  /// `total` segments and chunks of zero-shot tasks are wanted in all; `done` and `chunks` of them are there already.
  void start(std::size_t total, std::size_t timesteps, std::span<const SegmentResult> done, std::size_t chunks = 0);
  /// Share (0..1) of the running segment.
  void within_segment(double share);
  void segment_done(const SegmentResult& result);
  /// `what` is shown: "piqa, 48 of 200 items".
  void chunk_done(std::string what);
  /// A line that stays, above the live one. Nothing in quiet mode.
  void note(std::string_view line);
  /// Stops drawing and removes the live line; nothing the second time. From one thread only.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace snnsim::experiments
