#pragma once

#include <map>
#include <string>
#include <string_view>

#include "experiments/json_source.hpp"

namespace snnsim::experiments {

/// A key that its object already has.
struct DuplicateKey {
  std::string path;
  std::size_t offset = 0;
};

/// A value inside more than `deepest` others: refused, because printing and reading values recurses.
struct NestedTooDeep {
  std::size_t offset = 0;
};

/// Where every key and value of a text stands that a JSON parser has accepted. Throws DuplicateKey, NestedTooDeep.
std::map<std::string, JsonSource::Place> find_places(std::string_view valid_json, std::size_t deepest = 64);

}  // namespace snnsim::experiments
