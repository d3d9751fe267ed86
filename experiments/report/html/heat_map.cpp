#include "experiments/report/html/heat_map.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "experiments/report/html/population_name.hpp"

namespace snnsim::experiments::html {
namespace {

struct Grid {
  std::vector<std::string> sites;                              // in the order of the graph
  std::map<std::size_t, std::map<std::string, Value>> blocks;  // numbers by block and site
  double largest = 0;
};

Grid grid_of(const Value& populations, const HeatMap& map) {
  Grid grid;
  for (std::size_t i = 0; i < populations.size(); ++i) {
    const Value population = populations[i];
    const auto place = block_and_site(population["name"].text());
    const Value value = map.group.empty() ? population[map.key] : population[map.group][map.key];
    if (!place || !std::isfinite(value.number())) continue;
    if (std::ranges::find(grid.sites, place->site) == grid.sites.end()) grid.sites.push_back(place->site);
    grid.blocks[place->block].emplace(place->site, value);
    grid.largest = std::max(grid.largest, value.number());
  }
  return grid;
}

/// "95.1" of 0.951: the caption says that these are percents. Cells are narrow.
std::string hundredths(double share) {
  const double value = 100 * share;
  if (value == 0) return "0";
  if (value < 0.005) return "<0.01";
  return fmt::format("{:.{}f}", value, value < 0.995 ? 2 : value < 99.95 ? 1 : 0);
}

std::string cell(const Value& value, double darkest) {
  const double share = darkest > 0 ? std::clamp(value.number() / darkest, 0.0, 1.0) : 0;
  return fmt::format(R"(<td style="--heat:{:.3f}">{}</td>)", share, number(value, hundredths));
}

}  // namespace

std::string heat_map(const Value& populations, const HeatMap& map) {
  const Grid grid = grid_of(populations, map);
  if (grid.blocks.empty()) return "";
  const double darkest = map.darkest > 0 ? map.darkest : grid.largest;
  std::string out = "<table class=\"heat\"><caption>" + escape(map.caption) + "</caption><thead><tr><th>block</th>";
  for (const std::string& site : grid.sites) out += "<th scope=\"col\">" + breakable(site) + "</th>";
  out += "</tr></thead><tbody>\n";
  for (const auto& [block, numbers] : grid.blocks) {
    out += fmt::format("<tr><th scope=\"row\">{}</th>", block);
    for (const std::string& site : grid.sites) {
      const auto found = numbers.find(site);
      out += found == numbers.end() ? "<td></td>" : cell(found->second, darkest);
    }
    out += "</tr>\n";
  }
  return scrolling(out + "</tbody></table>");
}

}  // namespace snnsim::experiments::html
