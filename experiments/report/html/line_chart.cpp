#include "experiments/report/html/line_chart.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include <fmt/format.h>

#include "experiments/report/html/markup.hpp"

namespace snnsim::experiments::html {
namespace {

constexpr double width = 360, height = 230;
constexpr double left = 46, right = 10, top = 10, bottom = 38;
constexpr std::size_t colours = 6;

double scaled(const Axis& axis, double value) {
  if (axis.logarithmic) return std::log(value / axis.low) / std::log(axis.high / axis.low);
  return (value - axis.low) / (axis.high - axis.low);
}

/// Coordinates of the drawing from numbers of the chart.
struct Frame {
  const LineChart& chart;
  double x(double value) const { return left + scaled(chart.x, value) * (width - left - right); }
  double y(double value) const { return height - bottom - scaled(chart.y, value) * (height - top - bottom); }
  bool shows(const Point& point) const {
    const auto good = [](const Axis& axis, double value) {
      return std::isfinite(value) && (!axis.logarithmic || value > 0);
    };
    return good(chart.x, point.x) && good(chart.y, point.y);
  }
};

std::string tick_text(double value) {
  const double magnitude = std::abs(value);
  if (magnitude == 0 || (magnitude >= 1e-3 && magnitude < 1e4)) return fmt::format("{:.4g}", value);
  return magnitude >= 1e4 ? prefixed(value) : fmt::format("{:.2g}", value);
}

std::string horizontal_axis(const Frame& frame) {
  std::string out;
  for (const double tick : ticks(frame.chart.x)) {
    const double x = frame.x(tick);
    out += fmt::format(R"(<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>)", x, top, height - bottom);
    out += fmt::format(R"(<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>)", x, height - bottom + 14,
                       tick_text(tick));
  }
  return out + fmt::format(R"(<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>)",
                           (left + width - right) / 2, height - 5, escape(frame.chart.x.label));
}

std::string vertical_axis(const Frame& frame) {
  std::string out;
  for (const double tick : ticks(frame.chart.y)) {
    const double y = frame.y(tick);
    out += fmt::format(R"(<line class="grid" x1="{1}" x2="{2}" y1="{0:.1f}" y2="{0:.1f}"/>)", y, left, width - right);
    out += fmt::format(R"(<text x="{}" y="{:.1f}" text-anchor="end">{}</text>)", left - 4, y + 4, tick_text(tick));
  }
  return out +
         fmt::format(R"x(<text class="axis" transform="translate(11 {}) rotate(-90)" text-anchor="middle">{}</text>)x",
                     (top + height - bottom) / 2, escape(frame.chart.y.label));
}

std::string style_of(const Series& series) {
  std::string out = fmt::format(R"(class="l{}")", series.colour % colours);
  if (series.dashed || series.colour >= colours) out += R"( stroke-dasharray="5 3")";
  if (series.opacity < 1) out += fmt::format(R"( opacity="{:.2f}")", series.opacity);
  return out;
}

std::string drawing(const Frame& frame, const Series& series) {
  std::string line, marks;
  for (const Point& point : series.points) {
    if (!frame.shows(point)) continue;
    const std::string at = fmt::format("{:.1f},{:.1f}", frame.x(point.x), frame.y(point.y));
    line += (line.empty() ? "" : " ") + at;
    marks += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="3"><title>{}: {:.4g}, {:.4g}</title></circle>)",
                         frame.x(point.x), frame.y(point.y), escape(series.name), point.x, point.y);
  }
  std::string out = "<g " + style_of(series) + ">";
  if (series.lines && !line.empty()) out += "<polyline points=\"" + line + "\"/>";
  return out + (series.marks ? marks : "") + "</g>\n";
}

std::string names(const std::vector<Series>& all) {
  std::string out = "<ul class=\"legend\">";
  for (const Series& series : all)
    out += fmt::format(R"(<li><svg aria-hidden="true" width="20" height="12"><g {}>{}{}</g></svg>{}</li>)",
                       style_of(series), series.lines ? R"(<polyline points="0,6 20,6"/>)" : "",
                       series.marks ? R"(<circle cx="10" cy="6" r="3"/>)" : "", escape(series.name));
  return out + "</ul>";
}

/// The least of 1, 2, 5, 10, … that divides a span into at most `most` parts.
double step_for(double span, double most) {
  const double rough = span / most, power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (power * factor >= rough * (1 - 1e-9)) return power * factor;
  return power * 10;
}

/// Powers of a base, times each of the factors, between the ends of an axis.
std::vector<double> powers(const Axis& axis, double base, std::initializer_list<double> factors) {
  std::vector<double> out;
  const auto first = static_cast<int>(std::floor(std::log(axis.low) / std::log(base)));
  for (int power = first; std::pow(base, power) <= axis.high * (1 + 1e-9); ++power)
    for (const double factor : factors)
      if (const double tick = factor * std::pow(base, power);
          tick >= axis.low * (1 - 1e-9) && tick <= axis.high * (1 + 1e-9))
        out.push_back(tick);
  return out;
}

/// Every second, until there is room for them.
std::vector<double> thinned(std::vector<double> ticks) {
  while (ticks.size() > 8) {
    std::vector<double> fewer;
    for (std::size_t i = 0; i < ticks.size(); i += 2) fewer.push_back(ticks[i]);
    ticks = fewer;
  }
  return ticks;
}

std::vector<double> logarithmic_ticks(const Axis& axis) {
  if (axis.doubling) return thinned(powers(axis, 2, {1}));
  return axis.high > 300 * axis.low ? thinned(powers(axis, 10, {1})) : powers(axis, 10, {1, 2, 5});
}

}  // namespace

Axis Axis::around(std::string label, const std::vector<double>& values, bool logarithmic) {
  double low = INFINITY, high = -INFINITY;
  for (const double value : values) {
    if (!std::isfinite(value) || (logarithmic && value <= 0)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return {std::move(label), logarithmic ? 1.0 : 0.0, logarithmic ? 2.0 : 1.0, logarithmic, false};
  if (logarithmic) return {std::move(label), low / 1.1, high * 1.1, true, false};
  const double room = low == high ? std::max(std::abs(low) * 0.1, 1e-12) : 0.06 * (high - low);
  const bool near_zero = low >= 0 && low < 0.4 * high;
  return {std::move(label), near_zero ? 0 : low - room, high + room, false, false};
}

std::vector<double> ticks(const Axis& axis) {
  if (axis.logarithmic) return logarithmic_ticks(axis);
  const double step = step_for(axis.high - axis.low, 6);
  std::vector<double> out;
  const auto last = static_cast<long long>(std::floor(axis.high / step + 1e-9));
  for (auto i = static_cast<long long>(std::ceil(axis.low / step - 1e-9)); i <= last; ++i)
    out.push_back(static_cast<double>(i) * step);
  return out;
}

std::string line_chart(const LineChart& chart) {
  const Frame frame{chart};
  std::string out = "<div class=\"plot\">";
  if (!chart.title.empty()) out += "<h4>" + escape(chart.title) + "</h4>";
  out += fmt::format(R"(<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}">)", escape(chart.description),
                     width, height);
  out += horizontal_axis(frame) + vertical_axis(frame);
  for (const Series& series : chart.series) out += drawing(frame, series);
  return out + "</svg>" + (chart.legend ? names(chart.series) : "") + "</div>\n";
}

}  // namespace snnsim::experiments::html
