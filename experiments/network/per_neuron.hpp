#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/field_reader.hpp"

namespace snnsim::experiments {

/// A number for all neurons of a population, or a list with one for each.
struct PerNeuron {
  std::vector<double> values;
  bool is_list = false;

  PerNeuron() = default;
  explicit PerNeuron(double value) : values{value} {}
  bool fits(std::size_t neurons) const { return !is_list || values.size() == neurons; }
  /// (neurons), whose number it fits.
  std::vector<float> of(std::size_t neurons) const;
  bool operator==(const PerNeuron&) const = default;
};

void read(const Node& node, PerNeuron& out, const Rule& rule);
nlohmann::ordered_json write(const PerNeuron& value);

}  // namespace snnsim::experiments
