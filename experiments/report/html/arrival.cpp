#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "experiments/report/html/line_chart.hpp"
#include "experiments/report/html/page_sections.hpp"
#include "experiments/report/html/population_name.hpp"

namespace snnsim::experiments::html {
namespace {

/// Curves of one site, block by block.
struct Site {
  std::string name;
  std::vector<Series> curves;
};

Series curve_of(const Value& population, const Value& steps) {
  Series series{.name = population["name"].text(), .points = {{0, 0}}};
  const Value curve = population["arrival_curve"];
  for (std::size_t i = 0; i < curve.size(); ++i) series.points.push_back({steps[i].number(), curve[i].number()});
  return series;
}

std::vector<Site> sites_of(const Value& report) {
  std::vector<Site> sites;
  for (std::size_t i = 0; i < report["populations"].size(); ++i) {
    const Value population = report["populations"][i];
    if (population["arrival_curve"].size() == 0) continue;
    const auto place = block_and_site(population["name"].text());
    const std::string site = place ? place->site : "other";
    auto found = std::ranges::find(sites, site, &Site::name);
    if (found == sites.end()) found = sites.insert(sites.end(), {site, {}});
    found->curves.push_back(curve_of(population, report["settings"]["arrival_steps"]));
  }
  return sites;
}

double highest(const std::vector<Site>& sites) {
  double high = 1;
  for (const Site& site : sites)
    for (const Series& curve : site.curves)
      for (const Point& point : curve.points)
        if (std::isfinite(point.y)) high = std::max(high, point.y);
  return std::min(high * 1.04, 2.0);
}

std::string description(const Site& site) {
  double least = 1, most = 0;
  for (const Series& curve : site.curves)
    if (const double half = curve.points[curve.points.size() / 2].y; std::isfinite(half)) {
      least = std::min(least, half);
      most = std::max(most, half);
    }
  return fmt::format("{}: at the middle step {:.0f} % to {:.0f} % of the input has arrived, depending on the block",
                     site.name, 100 * least, 100 * most);
}

std::string chart_of(Site site, double last_step, double high) {
  const std::string about = description(site);
  const double blocks = std::max<double>(1, static_cast<double>(site.curves.size()) - 1);
  for (std::size_t i = 0; i < site.curves.size(); ++i)
    site.curves[i].opacity = 0.25 + 0.75 * static_cast<double>(i) / blocks;
  site.curves.insert(site.curves.begin(),
                     Series{.name = "even", .points = {{0, 0}, {last_step, 1}}, .colour = 1, .dashed = true});
  return line_chart({.title = site.name,
                     .description = about,
                     .x = {.label = "step", .low = 0, .high = last_step},
                     .y = {.label = "share received", .low = 0, .high = high},
                     .series = std::move(site.curves),
                     .legend = false});
}

}  // namespace

Section arrival(const Value& report) {
  const std::vector<Site> sites = sites_of(report);
  const Value steps = report["settings"]["arrival_steps"];
  if (sites.empty() || steps.size() == 0) return {"arrival", ""};
  const double high = highest(sites);
  std::string charts;
  for (const Site& site : sites) charts += chart_of(site, steps[steps.size() - 1].number(), high);
  return {
      "arrival", "When input arrives",
      figure("<div class=\"multiples\">\n" + charts + "</div>",
             "The share of its whole input X that a population has received after each step, Σ X(t) X / Σ X². Solid: "
             "the blocks, the first faint, the last strong. Dashed: even arrival, t/T. Neurons that cannot take back "
             "what they have emitted make errors where curves leave the dashed line.")};
}

}  // namespace snnsim::experiments::html
