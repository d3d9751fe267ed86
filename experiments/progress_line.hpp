#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "experiments/perplexity.hpp"

namespace snnsim::experiments {

/// How far a run is: what its progress line is made of.
struct ProgressCount {
  std::size_t total = 0, timesteps = 1;     // segments wanted, T
  std::size_t done = 0, done_here = 0;      // segments finished in all, and since this process started
  double within = 0;                        // share of the running segment
  std::uint64_t spikes = 0, instances = 0;  // of all finished segments
  std::uint64_t operations_here = 0;        // synaptic operations of the segments finished here
  std::size_t text = 0;                     // the text of the latest segment, and the perplexity on it so far
  Perplexity perplexity{};
  std::string_view network = "SNN";  // whose perplexity: the last one that is evaluated
  std::string note{};                // of the latest chunk of a zero-shot task

  void add(const SegmentResult& result, bool here);
  /// A chunk of a zero-shot task counts as a segment.
  void add_chunk(std::string what);
  /// Seconds left, after `elapsed` seconds of simulating here; NaN while nothing tells.
  double left(double elapsed) const;
};

/// "44 % | segment 8 of 16 | SNN PPL 9.12 ± 0.05 | firing 12.3 % | 1.23 G SOP/s | 1 min 20 s left"; what is not known
/// yet is left out. The perplexity is exp(mean NLL) over the predictions so far, whatever the protocol.
std::string progress_line(const ProgressCount& count, double elapsed);

/// The first `columns` characters (code points) of UTF-8.
std::string_view cut(std::string_view line, std::size_t columns);

}  // namespace snnsim::experiments
