#pragma once

#include <string>
#include <string_view>

#include "experiments/report/html/markup.hpp"

namespace snnsim::experiments::html {

/// One number of every population, blocks downwards and sites to the right: a table whose cells have the more
/// colour the larger they are. Populations that are not named blocks.<k>.<site> are left out. Projections, which are
/// named blocks.<k>.<matrix>, may take their place.
struct HeatMap {
  std::string caption{};        // plain text
  std::string_view key{};       // of the number in a population of the report
  std::string_view group = {};  // the object it is in, if it is not in the population itself
  double darkest = 0;           // full colour at that number; 0: the largest of all
};

/// Numbers in percent. Empty where no population has the number.
std::string heat_map(const Value& populations, const HeatMap& map);

}  // namespace snnsim::experiments::html
