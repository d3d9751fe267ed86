#include "experiments/progress_line.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "experiments/readable.hpp"

namespace snnsim::experiments {

void ProgressCount::add(const SegmentResult& result, bool here) {
  if (result.text != text) perplexity = {};
  text = result.text;
  const bool dense = result.qann == Likelihood{}, qann = !dense && result.snn == Likelihood{};
  network = dense ? "dense" : qann ? "QANN" : "SNN";
  perplexity.add(dense ? result.dense : qann ? result.qann : result.snn, result.tokens);
  for (const PopulationTally& tally : result.populations) {
    spikes += tally.spikes;
    instances += tally.instances;
  }
  ++done;
  within = 0;
  if (!here) return;
  ++done_here;
  operations_here += result.operations.synaptic_operations;
}

void ProgressCount::add_chunk(std::string what) {
  ++done;
  ++done_here;
  within = 0;
  note = std::move(what);
}

double ProgressCount::left(double elapsed) const {
  const double worked = static_cast<double>(done_here) + within;
  if (worked <= 0) return std::numeric_limits<double>::quiet_NaN();
  return elapsed / worked * (static_cast<double>(total) - static_cast<double>(done) - within);
}

std::string progress_line(const ProgressCount& count, double elapsed) {
  const double share =
      count.total == 0 ? 0 : (static_cast<double>(count.done) + count.within) / static_cast<double>(count.total);
  std::string line =
      fmt::format("{:.0f} % | segment {} of {}", 100 * share, std::min(count.done + 1, count.total), count.total);
  if (!count.note.empty())
    line += " | " + count.note;
  else if (count.perplexity.tokens() > 1)
    line += fmt::format(" | {} PPL {:.2f} ± {:.2f}", count.network, count.perplexity.value(Protocol::documents),
                        count.perplexity.standard_error(Protocol::documents));
  if (count.instances > 0)
    line += fmt::format(" | firing {}", percent(static_cast<double>(count.spikes) /
                                                static_cast<double>(count.instances * count.timesteps)));
  if (count.operations_here > 0)
    line += fmt::format(" | {} SOP/s", with_prefix(static_cast<double>(count.operations_here) / elapsed));
  if (count.done_here > 0 || count.within > 0) line += fmt::format(" | {} left", duration(count.left(elapsed)));
  return line;
}

std::string_view cut(std::string_view line, std::size_t columns) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool continues = (static_cast<unsigned char>(line[i]) & 0xC0U) == 0x80U;  // within a code point
    if (!continues && seen++ == columns) return line.substr(0, i);
  }
  return line;
}

}  // namespace snnsim::experiments
