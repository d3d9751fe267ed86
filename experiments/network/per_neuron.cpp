#include "experiments/network/per_neuron.hpp"

#include <cassert>

namespace snnsim::experiments {

std::vector<float> PerNeuron::of(std::size_t neurons) const {
  assert(fits(neurons));
  if (is_list) return {values.begin(), values.end()};
  return std::vector<float>(neurons, static_cast<float>(values[0]));
}

void read(const Node& node, PerNeuron& out, const Rule& rule) {
  out.is_list = node.value.is_array();
  if (!out.is_list) {
    out.values = {read_number(node, rule)};
    return;
  }
  out.values.clear();
  for (std::size_t i = 0; i < node.value.size(); ++i) out.values.push_back(read_number(node.at(i), rule));
}

nlohmann::ordered_json write(const PerNeuron& value) {
  return value.is_list ? nlohmann::ordered_json(value.values) : nlohmann::ordered_json(value.values[0]);
}

}  // namespace snnsim::experiments
