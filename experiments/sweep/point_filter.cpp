#include "experiments/sweep/point_filter.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

std::size_t index_of(const std::string& key, const Sweep& sweep, const std::string& condition) {
  const auto found = std::ranges::find(sweep.keys, key);
  if (found != sweep.keys.end()) return static_cast<std::size_t>(found - sweep.keys.begin());
  const std::vector<std::string_view> keys(sweep.keys.begin(), sweep.keys.end());
  throw ConfigurationError(fmt::format("--where {}: the sweep does not change {}", condition, key),
                           suggest(key, keys, "keys of the sweep"));
}

std::string values_of(const Sweep& sweep, std::size_t key) {
  std::vector<ordered_json> seen;
  std::string out;
  for (const SweepPoint& point : sweep.points) {
    if (std::ranges::find(seen, point.values[key]) != seen.end()) continue;
    seen.push_back(point.values[key]);
    out += (out.empty() ? "" : ", ") + point.values[key].dump();
  }
  return out;
}

ordered_json value_in(const std::string& text) {
  return ordered_json::accept(text) ? ordered_json::parse(text) : ordered_json(text);
}

}  // namespace

std::vector<std::size_t> select_points(const Sweep& sweep, std::span<const std::string> conditions) {
  std::map<std::size_t, std::vector<ordered_json>> wanted;  // by key
  for (const std::string& condition : conditions) {
    const std::size_t equals = condition.find('=');
    if (equals == std::string::npos)
      throw ConfigurationError(fmt::format("--where {}: not of the form key=value", condition),
                               "write it as in --where conversion.timesteps=8");
    const std::size_t key = index_of(condition.substr(0, equals), sweep, condition);
    const ordered_json value = value_in(condition.substr(equals + 1));
    if (std::ranges::none_of(sweep.points, [&](const SweepPoint& point) { return point.values[key] == value; }))
      throw ConfigurationError(fmt::format("--where {}: no point has this value", condition),
                               fmt::format("values of {}: {}", sweep.keys[key], values_of(sweep, key)));
    wanted[key].push_back(value);
  }
  std::vector<std::size_t> selected;
  for (std::size_t i = 0; i < sweep.points.size(); ++i)
    if (std::ranges::all_of(wanted, [&](const auto& entry) {
          return std::ranges::find(entry.second, sweep.points[i].values[entry.first]) != entry.second.end();
        }))
      selected.push_back(i);
  return selected;
}

}  // namespace snnsim::experiments
