#include "experiments/report/merge_tallies.hpp"
#include "experiments/report/sections.hpp"

namespace snnsim::experiments {

using nlohmann::ordered_json;

std::vector<ProjectionTally> merged_projections(const std::vector<SegmentResult>& results) {
  return merged(results, &SegmentResult::projections);
}

ordered_json projections_section(const Experiment& experiment, const std::vector<ProjectionTally>& projections) {
  auto section = ordered_json::array();
  for (const ProjectionTally& tally : projections)
    section.push_back(
        {{"name", tally.name},
         {"from", tally.from},
         {"synapses", tally.synapses},
         {"spikes", tally.spikes},
         {"spike_hops", experiment.simulation.hop > 0 ? ordered_json(tally.spike_hops) : ordered_json(nullptr)},
         {"synaptic_operations", tally.synaptic_operations},
         {"synaptic_magnitude", tally.synaptic_magnitude},
         {"synaptic_shift_adds", tally.synaptic_shift_adds},
         {"weight_bytes", tally.weight_bytes},
         {"multiply_accumulates", tally.multiply_accumulates}});
  return section;
}

}  // namespace snnsim::experiments
