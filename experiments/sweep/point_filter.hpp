#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "experiments/sweep/sweep.hpp"

namespace snnsim::experiments {

/// Indices of the points for which every "key=value" holds, in order. The value is JSON if it parses, else a string;
/// a key given several times holds for any of its values. Throws ConfigurationError for a key that the sweep does not
/// change and for a value that none of its points has.
std::vector<std::size_t> select_points(const Sweep& sweep, std::span<const std::string> conditions);

}  // namespace snnsim::experiments
