#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "experiments/report/html/line_chart.hpp"
#include "experiments/report/html/page_sections.hpp"
#include "models/llama/sites.hpp"

namespace snnsim::experiments::html {
namespace {

constexpr std::size_t kMostNamed = 6;  // blocks that a legend can tell apart

/// Loss of a block before, then after each round.
Series loss_of(const Value& block) {
  Series series{.name = block["name"].text(), .points = {{0, block["loss_before"].number()}}};
  const Value curve = block["curve"];
  for (std::size_t i = 0; i < curve.size(); ++i)
    series.points.push_back({static_cast<double>(i + 1), curve[i].number()});
  return series;
}

std::string chart_of(const Value& blocks) {
  LineChart chart{.description = "loss of each block before calibration and after each round"};
  std::vector<double> losses;
  std::size_t rounds = 1;
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    Series series = loss_of(blocks[k]);
    for (const Point& point : series.points) losses.push_back(point.y);
    rounds = std::max(rounds, series.points.size() - 1);
    series.colour = blocks.size() <= kMostNamed ? k : 0;
    if (blocks.size() > kMostNamed)
      series.opacity = 0.25 + 0.75 * static_cast<double>(k) / static_cast<double>(blocks.size() - 1);
    chart.series.push_back(std::move(series));
  }
  chart.x = {.label = "round", .low = 0, .high = static_cast<double>(rounds)};
  chart.y = Axis::around("loss", losses);
  chart.legend = blocks.size() <= kMostNamed;
  return line_chart(chart);
}

/// "mlp_in 1, v 2": the populations whose start calibration has chosen.
std::string waits(const Value& phases) {
  std::string list;
  for (const models::Site site : models::kAllSites)
    if (const Value phase = phases[std::string(models::name(site))]; !phase.is_null())
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", models::name(site), number(phase, whole));
  return list;
}

std::string table_of(const Value& blocks, const Value& costs) {
  std::string rows;
  for (std::size_t k = 0; k < blocks.size(); ++k)
    rows += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        breakable(blocks[k]["name"].text()), number(blocks[k]["loss_before"], percents),
        number(blocks[k]["loss_after"], percents), number(costs[k]["seconds"], significant),
        number(blocks[k]["tokens"], whole), number(costs[k]["peak_memory_bytes"], prefixed),
        waits(blocks[k]["phases"]));
  return scrolling(
      "<table><thead><tr><th scope=\"col\">block</th><th scope=\"col\">before</th>"
      "<th scope=\"col\">after</th><th scope=\"col\">seconds</th><th scope=\"col\">tokens</th>"
      "<th scope=\"col\">peak memory, bytes</th><th scope=\"col\">waits, steps</th></tr></thead><tbody>\n" +
      rows + "</tbody></table>");
}

}  // namespace

Section calibration(const Value& report) {
  const Value calibration = report["calibration"], blocks = calibration["blocks"];
  if (calibration.is_null() || blocks.size() == 0) return {"calibration", ""};
  const std::string caption = fmt::format(
      "{} on {} documents, {} s. The loss of a block: how far its output after T steps is from that of the dense "
      "block, "
      "Σ |ŷ - y|² / Σ |y|² on the calibration text. A block keeps what it had where no round lowered it{}.",
      escape(calibration["method"].text()), number(calibration["documents"], whole),
      number(report["timing"]["calibration_s"], whole),
      blocks.size() > kMostNamed ? "; the first block is faint, the last strong" : "");
  return {"calibration", "Calibration",
          figure(chart_of(blocks), caption) +
              details("Loss of every block", table_of(blocks, report["timing"]["calibration_blocks"]))};
}

}  // namespace snnsim::experiments::html
