#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/stored_run.hpp"

namespace snnsim::experiments {

/// Parts of report.json, one file each; their fields are described at make_report().

nlohmann::ordered_json perplexity_section(const StoredRun& run);
nlohmann::ordered_json zero_shot_section(const StoredRun& run);
nlohmann::ordered_json equality_section(const StoredRun& run);

/// The tallies of all texts and segments added up, one per population in the order of the graph.
std::vector<PopulationTally> merged_populations(const std::vector<SegmentResult>& results);
/// All populations as one tally.
PopulationTally whole_network(const std::vector<PopulationTally>& populations);
nlohmann::ordered_json populations_section(const Experiment& experiment,
                                           const std::vector<PopulationTally>& populations);
/// The errors by position of all texts and segments added up.
PositionErrors merged_positions(const std::vector<SegmentResult>& results);
nlohmann::ordered_json network_section(const Experiment& experiment, const PopulationTally& network,
                                       const PositionErrors& positions);

/// The tallies of all texts and segments added up, one per projection in the order of the graph.
std::vector<ProjectionTally> merged_projections(const std::vector<SegmentResult>& results);
nlohmann::ordered_json projections_section(const Experiment& experiment,
                                           const std::vector<ProjectionTally>& projections);

/// What blocks add to the error of the residual stream, and the bound on it; null without record.bound.
nlohmann::ordered_json bound_section(const StoredRun& run);

nlohmann::ordered_json cause_section(const StoredRun& run, const std::vector<PopulationTally>& populations);

/// How the calibration of each block went; null without one.
nlohmann::ordered_json calibration_section(const StoredRun& run);
/// Wall time of each block, and the most memory that the process has held by its end; null
/// without a calibration.
nlohmann::ordered_json calibration_costs(const StoredRun& run);

/// One object per table of experiment.energy.
nlohmann::ordered_json energy_section(const Experiment& experiment, const OperationCount& operations,
                                      const std::vector<PopulationTally>& populations,
                                      const std::vector<ProjectionTally>& projections);

nlohmann::ordered_json timing_section(const StoredRun& run);
nlohmann::ordered_json provenance_section(const StoredRun& run);

}  // namespace snnsim::experiments
