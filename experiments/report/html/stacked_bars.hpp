#pragma once

#include <string>
#include <vector>

namespace snnsim::experiments::html {

/// One bar: its parts from left to right, in the order of StackedBars::kinds.
struct Bar {
  std::string label{};          // plain text
  std::vector<double> parts{};  // not negative; what is not finite is left out
  std::string total{};          // markup, to the right of the bar
  bool emphasized = false;
};

struct StackedBars {
  std::string description{};         // plain text: what a reader who does not see the bars is told
  std::vector<std::string> kinds{};  // plain text, at most 6
  std::vector<Bar> bars{};
};

/// Bars of one scale, as wide as the page allows, with a legend above: the longest is full.
std::string stacked_bars(const StackedBars& chart);

/// Names with the colours that charts give to the first, second, …
std::string legend(const std::vector<std::string>& names);

}  // namespace snnsim::experiments::html
