#include <algorithm>

#include "experiments/report/number.hpp"
#include "experiments/report/sections.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

ordered_json field(const ordered_json& object, const char* key) {
  return object.value(key, ordered_json(nullptr));
}

}  // namespace

ordered_json timing_section(const StoredRun& run) {
  std::uint64_t tokens = 0, operations = 0, peak = 0;
  double wall = 0;
  for (const SegmentResult& result : run.results) {
    tokens += result.tokens;
    operations += result.operations.synaptic_operations;
    wall += result.wall_s;
  }
  const ordered_json calibration = calibration_costs(run);
  double calibrating = 0;
  for (const ordered_json& block : calibration)
    if (block["seconds"].is_number()) calibrating += block["seconds"].get<double>();
  const auto most = [&](std::uint64_t SegmentResult::*member) {
    std::uint64_t value = 0;
    for (const SegmentResult& result : run.results) value = std::max(value, result.*member);
    return value;
  };
  for (const ordered_json& session : run.manifest.at("sessions"))
    if (const ordered_json bytes = field(session, "peak_rss_bytes"); bytes.is_number_unsigned())
      peak = std::max(peak, bytes.get<std::uint64_t>());
  return {{"ticks_to_first_output", most(&SegmentResult::ticks_to_first_output)},
          {"ticks_to_quiescence", most(&SegmentResult::ticks_to_quiescence)},
          {"ticks_to_horizon", most(&SegmentResult::ticks_to_horizon)},
          {"peak_events", most(&SegmentResult::peak_events)},
          {"peak_in_flight_bytes", most(&SegmentResult::peak_in_flight_bytes)},
          {"wall_s", number(wall)},
          {"calibration_s", number(calibrating)},
          {"calibration_blocks", calibration},
          {"tokens_per_s", number(static_cast<double>(tokens) / wall)},
          {"synaptic_operations_per_s", number(static_cast<double>(operations) / wall)},
          {"peak_rss_bytes", peak}};
}

ordered_json provenance_section(const StoredRun& run) {
  const ordered_json& sessions = run.manifest.at("sessions");
  ordered_json last = ordered_json::object();
  for (const ordered_json& session : sessions)  // the last one that computed something
    if (last.empty() || field(session, "segments") != 0) last = session;
  ordered_json out;
  for (const char* key : {"version", "git", "compiler", "flags", "cpu", "host", "threads"}) out[key] = field(last, key);
  out["executor"] = name(run.experiment.simulation.executor);
  out["seed"] = run.experiment.seed;
  out["sessions"] = sessions.size();
  for (const char* key : {"start", "stop", "inputs"}) out[key] = field(run.manifest, key);
  return out;
}

}  // namespace snnsim::experiments
