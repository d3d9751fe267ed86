#include "experiments/report/html/heat_map.hpp"
#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {

Section activity(const Value& report) {
  const Value populations = report["populations"];
  std::string body = heat_map(populations, {.caption = "Firing rate, %: the share of steps at which a neuron spikes. "
                                                       "Strongest colour at 100.",
                                            .key = "firing_rate",
                                            .darkest = 1});
  body += heat_map(populations, {.caption = "Unevenness, % of the mean x². Strongest colour at the largest.",
                                 .key = "unevenness",
                                 .group = "errors"});
  body += heat_map(populations, {.caption = "Uneven neurons, %: their total is another than the quantizer's for what "
                                            "they received. Strongest colour at the largest.",
                                 .key = "unevenness_rate"});
  if (!body.empty()) body = "<div class=\"maps\">\n" + body + "</div>\n";
  return {"activity", "Firing rate and unevenness, block by site", body};
}

}  // namespace snnsim::experiments::html
