#pragma once

#include <string>
#include <vector>

namespace snnsim::experiments::html {

struct Point {
  double x = 0, y = 0;
};

struct Series {
  std::string name{};           // plain text
  std::vector<Point> points{};  // those that are not finite, or not positive on a logarithmic axis, are left out
  std::size_t colour = 0;       // 0 to 5; beyond that the line is dashed as well
  double opacity = 1;
  bool lines = true, marks = false, dashed = false;
};

struct Axis {
  std::string label{};  // with its unit
  double low = 0, high = 1;
  bool logarithmic = false;
  bool doubling = false;  // logarithmic: powers of two have numbers

  /// From the least to the largest of the numbers, with a little room; from zero if that is near.
  static Axis around(std::string label, const std::vector<double>& values, bool logarithmic = false);
};

struct LineChart {
  std::string title{};        // plain text, may be empty
  std::string description{};  // plain text: what a reader who does not see the chart is told
  Axis x{}, y{};
  std::vector<Series> series{};
  bool legend = true;  // names of the series below
};

/// Lines or marks in an inline SVG that fits a phone and grows to some width on larger screens.
std::string line_chart(const LineChart& chart);

/// Where an axis has its numbers: 1, 2 or 5 times powers of ten, or powers of one number on a logarithmic axis that
/// spans many.
std::vector<double> ticks(const Axis& axis);

}  // namespace snnsim::experiments::html
