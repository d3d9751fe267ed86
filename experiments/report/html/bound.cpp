#include <algorithm>

#include <fmt/format.h>

#include "experiments/report/html/line_chart.hpp"
#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {
namespace {

std::string chart_of(const Value& blocks) {
  LineChart chart{.description = "error of the residual stream and its bound behind each block"};
  std::vector<double> all;
  for (const std::string kind : {"bound", "error", "quantization", "unevenness"}) {
    Series series{.name = kind, .colour = chart.series.size()};
    for (std::size_t k = 0; k < blocks.size(); ++k) {
      series.points.push_back({static_cast<double>(k + 1), blocks[k][kind].number()});
      all.push_back(series.points.back().y);
    }
    chart.series.push_back(std::move(series));
  }
  chart.x = {.label = "block", .low = 1, .high = static_cast<double>(std::max<std::size_t>(2, blocks.size()))};
  chart.y = Axis::around("norm / norm of the dense stream", all);
  return line_chart(chart);
}

std::string table_of(const Value& blocks) {
  std::string rows;
  for (std::size_t k = 0; k < blocks.size(); ++k)
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        breakable(blocks[k]["name"].text()), number(blocks[k]["unevenness"], percents),
                        number(blocks[k]["quantization"], percents), number(blocks[k]["factor"], significant),
                        number(blocks[k]["error"], percents), number(blocks[k]["bound"], percents));
  return scrolling(
      "<table><thead><tr><th scope=\"col\">block</th><th scope=\"col\">unevenness</th>"
      "<th scope=\"col\">quantization</th><th scope=\"col\">factor</th><th scope=\"col\">error</th>"
      "<th scope=\"col\">bound</th></tr></thead><tbody>\n" +
      rows + "</tbody></table>");
}

}  // namespace

Section bound(const Value& report) {
  const Value blocks = report["bound"];
  if (blocks.size() == 0) return {"bound", ""};
  return {"bound", "How errors grow with depth",
          figure(chart_of(blocks),
                 "The residual stream behind each block, relative to the dense one: what the block adds by unevenness "
                 "and quantization, the whole error, and the bound: what comes in times the factor by which the dense "
                 "block passes it on, and the two on top. The bound is above the error by what cancels.") +
              details("Every block", table_of(blocks))};
}

}  // namespace snnsim::experiments::html
