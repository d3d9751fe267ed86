#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/content_hash.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/sweep/sweep.hpp"

namespace snnsim::experiments {
namespace {

using Keys = std::vector<SweptKeys::Key>;

/// A key of the sweep and where its list stands.
struct Axis {
  std::string key, place;
  std::size_t values;
};

std::vector<Axis> axes_of(const SweptKeys& swept, std::string_view section) {
  std::vector<Axis> axes;
  for (const SweptKeys::Key& key : swept.keys)
    axes.push_back({key.name, child(fmt::format("sweep.{}", section), key.name), key.values.size()});
  return axes;
}

/// Values of one point, by the index in the list of each axis.
using Choice = std::vector<std::size_t>;

[[noreturn]] void complain(const JsonSource& source, const Axis& axis, std::string_view what, std::string remedy) {
  throw ConfigurationError(fmt::format("{}: {} {}", source.place_of_key(axis.place), axis.place, what),
                           std::move(remedy));
}

bool same_or_within(const std::string& key, const std::string& outer) {
  return key == outer || key.starts_with(outer + ".");
}

void check_axis(const JsonSource& source, const Axis& axis) {
  constexpr std::ptrdiff_t deepest = 8;
  if (same_or_within(axis.key, "sweep") || same_or_within(axis.key, "name") || axis.key == "$schema")
    complain(source, axis, "cannot be swept", "sweep keys that change what a run computes");
  if (axis.key.empty() || std::ranges::count(axis.key, '.') >= deepest)
    complain(source, axis, "is no key of an experiment", "see snnsim schema --keys");
}

void check_axes(const JsonSource& source, const std::vector<Axis>& axes) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    check_axis(source, axes[i]);
    for (std::size_t j = 0; j < i; ++j)
      if (same_or_within(axes[i].key, axes[j].key) || same_or_within(axes[j].key, axes[i].key))
        complain(source, axes[i], fmt::format("sets what {} sets too", axes[j].place), "keep one of the two");
  }
}

void check_lengths(const JsonSource& source, const std::vector<Axis>& zip) {
  for (const Axis& axis : zip)
    if (axis.values != zip[0].values)
      complain(source, axis, fmt::format("has {} values, and {} has {}", axis.values, zip[0].place, zip[0].values),
               "keys of sweep.zip take their values together, so their lists are as long");
}

std::size_t count_points(const JsonSource& source, const std::vector<Axis>& grid, const std::vector<Axis>& zip) {
  std::size_t count = zip.empty() ? 1 : zip[0].values;
  for (const Axis& axis : grid) {
    if (count * axis.values > most_sweep_points)
      complain(source, axis, fmt::format("makes more than {} runs", most_sweep_points), "give shorter lists");
    count *= axis.values;
  }
  return count;
}

/// The choice of point `index`: digits in a mixed base, the zip fastest.
Choice choice_of(std::size_t index, const std::vector<Axis>& grid, const std::vector<Axis>& zip) {
  Choice choice(grid.size() + zip.size());
  if (!zip.empty()) {
    std::fill(choice.begin() + static_cast<std::ptrdiff_t>(grid.size()), choice.end(), index % zip[0].values);
    index /= zip[0].values;
  }
  for (std::size_t axis = grid.size(); axis-- > 0; index /= grid[axis].values) choice[axis] = index % grid[axis].values;
  return choice;
}

SweepPoint point_of(JsonSource source, const std::vector<Axis>& axes, const Choice& choice) {
  SweepPoint point;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::string from = child(axes[i].place, choice[i]);
    point.values.emplace_back(*source.find(from));
    source.copy(from, axes[i].place, axes[i].key);
  }
  point.experiment = experiment_in(source);
  point.experiment.sweep = {};
  return point;
}

/// Names the run directories. Two points in one directory would be one run.
void name_runs(Sweep& sweep, const std::filesystem::path& file) {
  Fingerprints known;
  std::map<std::string, std::size_t> numbers;
  std::vector<std::string> runs;
  for (SweepPoint& point : sweep.points) {
    point.run = fmt::format("{}-{}", point.experiment.name, content_hash(point.experiment, known));
    const auto [first, added] = numbers.emplace(point.run, runs.size());
    if (!added)
      throw ConfigurationError(fmt::format("{}: points {} and {} of the sweep are the same experiment", file.string(),
                                           first->second + 1, runs.size() + 1),
                               "give each value once");
    runs.push_back(point.run);
  }
  sweep.hash = hash_of_list(runs);
}

}  // namespace

Sweep read_sweep(const std::filesystem::path& file, std::span<const std::string> settings) {
  const JsonSource source = open_experiment(file, settings);
  const Experiment experiment = experiment_in(source);
  if (experiment.sweep.empty())
    throw ConfigurationError(fmt::format("{}: holds no sweep", file.string()),
                             R"(give it one, as in "sweep": {"grid": {"conversion.timesteps": [2, 4, 8]}}, or use )"
                             "snnsim run");
  const std::vector<Axis> grid = axes_of(experiment.sweep.grid, "grid"), zip = axes_of(experiment.sweep.zip, "zip");
  std::vector<Axis> axes = grid;
  axes.insert(axes.end(), zip.begin(), zip.end());
  check_axes(source, axes);
  check_lengths(source, zip);
  Sweep sweep{.name = experiment.name, .hash = {}, .keys = {}, .points = {}};
  for (const Axis& axis : axes) sweep.keys.push_back(axis.key);
  for (std::size_t i = 0, count = count_points(source, grid, zip); i < count; ++i)
    sweep.points.push_back(point_of(source, axes, choice_of(i, grid, zip)));
  name_runs(sweep, file);
  return sweep;
}

}  // namespace snnsim::experiments
