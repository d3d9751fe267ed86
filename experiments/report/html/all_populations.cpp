#include <array>

#include <fmt/format.h>

#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {
namespace {

struct Column {
  const char *heading, *key;
  Format format;
  const char* group = "";
};

constexpr std::array<Column, 13> columns = {
    {{"neurons", "neurons", whole},
     {"mean θ", "threshold", significant},
     {"spikes per neuron and token", "spikes_per_neuron_per_token", significant},
     {"firing rate", "firing_rate", percents},
     {"uneven neurons", "unevenness_rate", percents},
     {"arrival unevenness", "arrival_unevenness", significant},
     {"late input", "late_input", percents},
     {"clipping", "clipping", percents, "errors"},
     {"quantization", "quantization", percents, "errors"},
     {"propagated", "propagated", percents, "errors"},
     {"unevenness", "unevenness", percents, "errors"},
     {"cross terms", "cross", percents, "errors"},
     {"total error", "total", percents, "errors"}}};

std::string row(const Value& population) {
  std::string out = "<tr><th scope=\"row\">" + escape(population["name"].text()) + "</th><td>" +
                    escape(population["neuron"].text()) + "</td>";
  for (const Column& column : columns)
    out +=
        "<td>" +
        number(column.group[0] == '\0' ? population[column.key] : population[column.group][column.key], column.format) +
        "</td>";
  return out + "</tr>\n";
}

}  // namespace

Section all_populations(const Value& report) {
  const Value populations = report["populations"];
  if (populations.size() == 0) return {"populations", ""};
  std::string table = "<table class=\"wide\"><thead><tr><th scope=\"col\">population</th><th scope=\"col\">neuron</th>";
  for (const Column& column : columns) table += fmt::format("<th scope=\"col\">{}</th>", column.heading);
  table += "</tr></thead><tbody>\n";
  for (std::size_t i = 0; i < populations.size(); ++i) table += row(populations[i]);
  return {"populations", "All populations",
          details(fmt::format("{} populations in numbers", populations.size()), scrolling(table + "</tbody></table>"))};
}

}  // namespace snnsim::experiments::html
