#include <fmt/format.h>

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
                 "larger than their sum as the terms cancel or agree.")};
}

}  // namespace snnsim::experiments::html
