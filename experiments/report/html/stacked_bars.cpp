#include "experiments/report/html/stacked_bars.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/report/html/markup.hpp"

namespace snnsim::experiments::html {
namespace {

double length(double part) {
  return std::isfinite(part) ? std::max(0.0, part) : 0;
}

double length(const Bar& bar) {
  double sum = 0;
  for (const double part : bar.parts) sum += length(part);
  return sum;
}

std::string rectangles(const StackedBars& chart, const Bar& bar, double longest) {
  std::string out;
  double left = 0;
  for (std::size_t kind = 0; kind < bar.parts.size(); ++kind) {
    const double width = longest > 0 ? 100 * length(bar.parts[kind]) / longest : 0;
    if (width > 0)
      out += fmt::format(R"(<rect class="k{}" x="{:.3f}%" width="{:.3f}%" height="100%"><title>{}</title></rect>)",
                         kind, left, width, escape(chart.kinds[kind]));
    left += width;
  }
  return out;
}

}  // namespace

std::string legend(const std::vector<std::string>& names) {
  std::string out = "<ul class=\"legend\">";
  for (std::size_t i = 0; i < names.size(); ++i)
    out += fmt::format(
        R"(<li><svg aria-hidden="true" width="12" height="12"><rect class="k{}" width="12" height="12"/></svg>{}</li>)",
        i, escape(names[i]));
  return out + "</ul>\n";
}

std::string stacked_bars(const StackedBars& chart) {
  double longest = 0;
  for (const Bar& bar : chart.bars) longest = std::max(longest, length(bar));
  std::string out = legend(chart.kinds) + "<div class=\"bars\">\n";
  for (const Bar& bar : chart.bars)
    out += fmt::format(
        R"(<div class="bar{}"><span class="name">{}</span><svg class="chart" role="img" aria-label="{}" height="14">{}</svg><span class="total">{}</span></div>)"
        "\n",
        bar.emphasized ? " strong" : "", escape(bar.label), escape(chart.description + ": " + bar.label),
        rectangles(chart, bar, longest), bar.total);
  return out + "</div>\n";
}

}  // namespace snnsim::experiments::html
