#pragma once

#include "experiments/report/html/markup.hpp"
#include "experiments/report/html/spike_excerpt.hpp"

/// Parts of report.html, a file each. `report` is the root of report.json.
namespace snnsim::experiments::html {

/// Predictions scored in all texts: what "per token" divides by.
double tokens(const Value& report);

Section headline(const Value& report);
Section zero_shot(const Value& report);
Section errors(const Value& report);
Section activity(const Value& report);  // heat maps of firing rate and unevenness
Section arrival(const Value& report);
Section bound(const Value& report);        // of the error over the depth
Section calibration(const Value& report);  // loss of each block, round by round
/// `run` names the data of the raster on the page.
Section raster(const std::string& run, const SpikeExcerpt& excerpt);
Section energy(const Value& report);
Section operations(const Value& report);
Section what_is_a_spike(const Value& report);
Section all_populations(const Value& report);
Section all_projections(const Value& report);
Section provenance(const Value& report);

}  // namespace snnsim::experiments::html
