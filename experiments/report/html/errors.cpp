#include <algorithm>

#include <fmt/format.h>

#include "experiments/report/html/line_chart.hpp"
#include "experiments/report/html/page_sections.hpp"
#include "experiments/report/html/stacked_bars.hpp"

namespace snnsim::experiments::html {
namespace {

const std::vector<std::string> kinds{"clipping", "quantization", "propagated", "unevenness"};

Bar bar(const std::string& label, const Value& errors) {
  Bar out{.label = label, .parts = {}, .total = number(errors["total"], percents)};
  for (const std::string& kind : kinds) out.parts.push_back(errors[kind].number());
  return out;
}

std::string in_words(const Value& errors) {
  return fmt::format(
      "<dl class=\"terms\">"
      "<dt>clipping {}</dt><dd>values beyond the largest level</dd>"
      "<dt>quantization {}</dt><dd>rounding to levels</dd>"
      "<dt>propagated {}</dt><dd>what arrives is off already, from upstream or from rounded weights</dd>"
      "<dt>unevenness {}</dt><dd>T steps emit something else than the quantizer would for the same total</dd></dl>\n",
      number(errors["clipping"], percents), number(errors["quantization"], percents),
      number(errors["propagated"], percents), number(errors["unevenness"], percents));
}

/// The four terms of the whole network after each step; two of them do not depend on it.
std::string steps_chart(const Value& errors, const Value& steps) {
  LineChart chart{.description = "error by cause after each step"};
  std::vector<double> all;
  for (const std::string kind : {"clipping", "quantization", "propagated", "unevenness", "total"}) {
    Series series{.name = kind, .colour = chart.series.size()};
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const bool constant = kind == "clipping" || kind == "quantization";
      series.points.push_back({steps[i].number(), (constant ? errors[kind] : errors[kind][i]).number()});
      all.push_back(series.points.back().y);
    }
    chart.series.push_back(std::move(series));
  }
  chart.x = {.label = "step", .low = 1, .high = steps[steps.size() - 1].number()};
  chart.y = Axis::around("mean square / mean x²", all);
  return line_chart(chart);
}

std::string by_input(const Value& kinds) {
  const auto share = [&](const char* kind) { return number(kinds[kind]["unevenness"], percents); };
  return "<dl class=\"terms\"><dt>late " + share("late") +
         "</dt><dd>of the unevenness: all input came one way, too much of it in the last steps</dd><dt>overshooting " +
         share("overshooting") + "</dt><dd>it turned once</dd><dt>alternating " + share("alternating") +
         "</dt><dd>it turned more often</dd><dt>slow " + share("slow") +
         "</dt><dd>no step brought more than half a threshold</dd></dl>\n";
}

/// How the terms come about over the steps; nothing for a single step, or a report without them.
std::string over_steps(const Value& report) {
  const Value network = report["network"], steps = report["settings"]["arrival_steps"];
  if (steps.size() < 2 || network["step_errors"]["total"].size() != steps.size()) return "";
  return figure(steps_chart(network["step_errors"], steps),
                "The terms were the network read after each step from a population's start, at 16 positions of each "
                "segment. What has not arrived by then is propagated.") +
         (network["errors"]["unevenness"].number() > 0 ? by_input(network["uneven_by_input"]) : "");
}

constexpr std::size_t kMostPoints = 128;  // of a line

/// The mean of the numbers of a list from `first` on, at most `count` of them.
double mean_of(const Value& list, std::size_t first, std::size_t count) {
  const std::size_t end = std::min(list.size(), first + count);
  double sum = 0;
  for (std::size_t i = first; i < end; ++i) sum += list[i].number();
  return sum / static_cast<double>(end - first);
}

/// The terms at each position, or the means of neighbours where there are many.
std::string positions_chart(const Value& errors, std::size_t positions) {
  LineChart chart{.description = "error by cause at each position"};
  std::vector<double> all;
  const std::size_t together = (positions + kMostPoints - 1) / kMostPoints;
  for (const std::string kind : {"clipping", "quantization", "propagated", "unevenness", "total"}) {
    Series series{.name = kind, .colour = chart.series.size()};
    for (std::size_t first = 0; first < positions; first += together) {
      series.points.push_back({static_cast<double>(first + 1), mean_of(errors[kind], first, together)});
      all.push_back(series.points.back().y);
    }
    chart.series.push_back(std::move(series));
  }
  chart.x = {.label = "position", .low = 1, .high = static_cast<double>(positions)};
  chart.y = Axis::around("mean square / mean x²", all);
  return line_chart(chart);
}

/// Nothing for a single position, or a report without them.
std::string over_positions(const Value& report) {
  const Value errors = report["network"]["position_errors"];
  if (errors["total"].size() < 2) return "";
  return figure(positions_chart(errors, errors["total"].size()),
                "The terms at each position behind the full-precision prefix, over all populations, relative to the "
                "dense values there.");
}

}  // namespace

Section errors(const Value& report) {
  const Value populations = report["populations"], network = report["network"]["errors"];
  if (populations.size() == 0 || network.is_null()) return {"errors", ""};
  StackedBars chart{.description = "error by cause", .kinds = kinds, .bars = {}};
  chart.bars.push_back(bar("all populations", network));
  chart.bars.back().emphasized = true;
  for (std::size_t i = 0; i < populations.size(); ++i)
    chart.bars.push_back(bar(populations[i]["name"].text(), populations[i]["errors"]));
  return {
      "errors", "Where the error comes from",
      "<p>Mean squares of what a neuron emits in place of the dense model's value x, relative to the mean x² of its "
      "population. The four terms add up to the difference element by element.</p>\n" +
          in_words(network) +
          figure(stacked_bars(chart),
                 "Bars: the four mean squares. Numbers: the mean square of the whole difference, which is smaller or "
                 "larger than their sum as the terms cancel or agree.") +
          over_steps(report) + over_positions(report)};
}

}  // namespace snnsim::experiments::html
