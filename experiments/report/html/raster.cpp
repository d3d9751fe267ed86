#include <fmt/format.h>

#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const PopulationExcerpt& population) {
  return {{"name", population.name},
          {"neurons", population.neurons_shown},
          {"first", population.first_position},
          {"positions", population.positions},
          {"position", population.position},
          {"tick", population.tick},
          {"neuron", population.neuron},
          {"count", population.count}};
}

ordered_json to_json(const SpikeExcerpt& excerpt) {
  auto populations = ordered_json::array();
  for (const PopulationExcerpt& population : excerpt.populations) populations.push_back(to_json(population));
  return {{"ticks", excerpt.last_tick}, {"populations", std::move(populations)}};
}

std::string options(const SpikeExcerpt& excerpt) {
  std::string out;
  for (std::size_t i = 0; i < excerpt.populations.size(); ++i)
    out += fmt::format("<option value=\"{}\">{}</option>", i, escape(excerpt.populations[i].name));
  return out;
}

/// What of each population is drawn, for those who do not see it.
std::string in_words(const SpikeExcerpt& excerpt) {
  std::string out =
      "<table><thead><tr><th scope=\"col\">population</th><th scope=\"col\">neurons</th><th "
      "scope=\"col\">positions</th>"
      "<th scope=\"col\">spikes drawn</th></tr></thead><tbody>\n";
  for (const PopulationExcerpt& population : excerpt.populations)
    out += fmt::format("<tr><th scope=\"row\">{}</th><td>0–{}{}</td><td>{}–{}</td><td>{}</td></tr>\n",
                       escape(population.name), population.neurons_shown - 1,
                       population.neurons > population.neurons_shown ? fmt::format(" of {}", population.neurons) : "",
                       population.first_position, population.first_position + population.positions - 1,
                       whole(static_cast<double>(population.tick.size())));
  return scrolling(out + "</tbody></table>");
}

}  // namespace

Section raster(const std::string& run, const SpikeExcerpt& excerpt) {
  const char* const heading = "Spikes";
  if (!excerpt.unreadable.empty())
    return {"spikes", heading, fmt::format("<p>No spikes to draw: {}</p>\n", escape(excerpt.unreadable))};
  if (excerpt.populations.empty()) return {"spikes", heading};
  const std::string canvas = fmt::format(
      "<div class=\"raster\" data-spikes=\"{0}-data\"><p class=\"controls\"><select "
      "aria-label=\"population\">{1}</select> "
      "<button type=\"button\" data-zoom=\"in\" aria-label=\"zoom in\">+</button> "
      "<button type=\"button\" data-zoom=\"out\" aria-label=\"zoom out\">−</button> "
      "<button type=\"button\" data-zoom=\"all\">whole</button></p>"
      "<canvas role=\"img\" aria-label=\"spike raster: neurons upwards, token positions and their steps to the right\">"
      "</canvas><p class=\"reading\" aria-live=\"polite\">&nbsp;</p></div>\n"
      "<script type=\"application/json\" id=\"{0}-data\">{2}</script>\n",
      escape(run), options(excerpt), script_json(to_json(excerpt)));
  return {"spikes", heading,
          figure(canvas,
                 fmt::format(
                     "A part of <code>spikes.h5</code>: the first segment, {} of {} recorded populations. Each token "
                     "position is {} ticks wide. Blue: positive counts, orange: negative ones; the larger, the "
                     "stronger. Drag to move; wheel, pinch or buttons to zoom.",
                     excerpt.populations.size(), excerpt.recorded, excerpt.last_tick)) +
              details("What is drawn", in_words(excerpt))};
}

}  // namespace snnsim::experiments::html
