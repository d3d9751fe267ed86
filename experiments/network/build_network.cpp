#include "experiments/network/build_network.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/network/input_trains.hpp"
#include "experiments/network/network_neuron.hpp"
#include "experiments/network/synapses.hpp"

namespace snnsim::experiments {
namespace {

constexpr LevelRange kInputRange{-(1 << 24), 1 << 24};  // floats count exactly that far

/// Emits what a signal counts.
Population input_population(const InputSection& input) {
  return {.name = input.name,
          .neuron = SigmaDelta{kInputRange},
          .range = kInputRange,
          .threshold = std::vector<float>(input.size, 1.0F),
          .initial_potential = std::vector<float>(input.size, 0.0F)};
}

class NetworkBuilder {
 public:
  explicit NetworkBuilder(const NetworkDescription& network) : network_(network) {
    built_.projections.resize(network_.projections.size());
    built_.populations.resize(network_.populations.size());
    for (const PopulationSection& p : network_.populations)
      emitters_[p.name] = {p.size, most_emitted(p, static_cast<std::int64_t>(network_.timesteps)), {}};
  }

  BuiltNetwork build() {
    for (std::size_t i = 0; i < network_.inputs.size(); ++i) add_input(i);
    for (const std::size_t i : population_order()) add_population(i);
    for (std::size_t i = 0; i < network_.projections.size(); ++i)
      if (network_.projections[i].travels())
        built_.graph.connect(*emitters_.at(network_.projections[i].from).node, built_.projections[i]);
    built_.graph.set_output(built_.populations.back());
    built_.graph.finish();
    return std::move(built_);
  }

 private:
  /// What spikes.
  struct Emitter {
    std::size_t size = 0;
    std::int64_t most = 0;  // Σ |s| of a neuron
    std::optional<NodeId> node;
  };

  void add_input(std::size_t index) {
    const InputSection& input = network_.inputs[index];
    const InputTrains trains = make_trains(network_, index);
    built_.inputs.push_back(built_.graph.add(input_population(input), built_.graph.add(signal_source(trains.trains))));
    built_.left_out.push_back(trains.left_out);
    emitters_[input.name] = {input.size, trains.most, built_.inputs.back()};
  }

  /// True if a population needs the spikes that another, which is not placed yet, emits at the same tick.
  bool waits(std::size_t population, const std::vector<bool>& placed) const {
    return std::ranges::any_of(network_.projections, [&](const ProjectionSection& projection) {
      if (projection.to != network_.populations[population].name || projection.travels()) return false;
      const auto source = std::ranges::find(network_.populations, projection.from, &PopulationSection::name);
      return source != network_.populations.end() &&
             !placed[static_cast<std::size_t>(source - network_.populations.begin())];
    });
  }

  /// Populations, each after all whose spikes of the same tick it needs.
  std::vector<std::size_t> population_order() const {
    std::vector<std::size_t> order;
    std::vector<bool> placed(network_.populations.size(), false);
    while (order.size() < placed.size()) {
      const std::size_t before = order.size();
      for (std::size_t i = 0; i < placed.size(); ++i) {
        if (placed[i] || waits(i, placed)) continue;
        placed[i] = true;
        order.push_back(i);
      }
      if (order.size() == before) fail_on_cycle(placed);
    }
    return order;
  }

  [[noreturn]] void fail_on_cycle(const std::vector<bool>& placed) const {
    const auto first = static_cast<std::size_t>(std::ranges::find(placed, false) - placed.begin());
    throw ConfigurationError(fmt::format("population \"{}\" is on, or behind, a cycle of projections without a delay",
                                         network_.populations[first].name),
                             "give one projection of the cycle a delay of at least 1");
  }

  void add_population(std::size_t index) {
    const PopulationSection& section = network_.populations[index];
    std::vector<NodeId> drives;
    for (std::size_t i = 0; i < network_.projections.size(); ++i)
      if (network_.projections[i].to == section.name) drives.push_back(add_projection(i));
    if (drives.empty() || section.current != PerNeuron(0))
      drives.push_back(
          built_.graph.add(signal_source(std::make_shared<const SteadyCurrent>(section.current.of(section.size)))));
    const Population population{.name = section.name,
                                .neuron = make_neuron(section, network_),
                                .range = {section.low, section.high},
                                .threshold = section.threshold.of(section.size),
                                .initial_potential = section.initial_potential.of(section.size)};
    built_.populations[index] = built_.graph.add(population, sum_of(drives, section.size));
    emitters_.at(section.name).node = built_.populations[index];
  }

  NodeId sum_of(const std::vector<NodeId>& drives, std::size_t width) {
    if (drives.size() == 1) return drives[0];
    return built_.graph.add(std::make_shared<const Sum>(width, drives.size()), drives);
  }

  /// One whose spikes travel is connected last, as its source may not be there yet.
  NodeId add_projection(std::size_t index) {
    const ProjectionSection& section = network_.projections[index];
    const Emitter& source = emitters_.at(section.from);
    Projection projection = make_projection(network_, index, {emitters_.at(section.to).size, source.size});
    check_sums(projection, source);
    SpikingGraph& graph = built_.graph;
    built_.projections[index] =
        section.travels() ? graph.add(std::move(projection)) : graph.add(std::move(projection), *source.node);
    return built_.projections[index];
  }

  static void check_sums(const Projection& projection, const Emitter& source) {
    const std::int64_t magnitude = max_row_magnitude(projection);
    if (source.most == 0 || magnitude <= std::numeric_limits<std::int32_t>::max() / source.most) return;
    throw ConfigurationError(fmt::format("projection {}: sums may not fit into 32 bits: the weights into a neuron add "
                                         "up to {}, and a source neuron can spike {} times",
                                         projection.name, magnitude, source.most),
                             "simulate fewer steps, or use smaller weights and a larger scale");
  }

  const NetworkDescription& network_;
  BuiltNetwork built_;
  std::map<std::string, Emitter> emitters_;
};

}  // namespace

BuiltNetwork build_network(const NetworkDescription& network) {
  return NetworkBuilder(network).build();
}

}  // namespace snnsim::experiments
