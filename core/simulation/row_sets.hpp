#pragma once

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "core/position.hpp"

namespace snnsim {

/// Adds rows to others, both ascending and without duplicates, as the result is.
inline void add_rows(std::span<const Position> rows, std::vector<Position>& to) {
  std::vector<Position> merged;
  merged.reserve(to.size() + rows.size());
  std::ranges::set_union(to, rows, std::back_inserter(merged));
  to = std::move(merged);
}

}  // namespace snnsim
