#include "experiments/exports/nir_graph.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::experiments {
namespace {

bool any_nonzero(const PerNeuron& values) {
  return std::ranges::any_of(values.values, [](double value) { return value != 0; });
}

/// scale × weight, (targets × sources).
Matrix<float> real_weights(const Projection& projection) {
  Matrix<float> weights(projection.out(), projection.in());
  if (const auto* dense = std::get_if<IntegerSynapses>(&projection.synapses)) {
    for (std::size_t i = 0; i < weights.rows(); ++i)
      for (std::size_t j = 0; j < weights.columns(); ++j)
        weights.row(i)[j] = dense->scale[i] * static_cast<float>(dense->weights->weight(i, j));
    return weights;
  }
  const auto& sparse = std::get<SparseSynapses>(projection.synapses);
  for (std::size_t block = 0; block < sparse.weights->blocks(); ++block)
    for (std::size_t j = 0; j < weights.columns(); ++j) {
      const SparseWeights::Synapses synapses = sparse.weights->synapses(block, j);
      for (std::size_t k = 0; k < synapses.size; ++k) {
        const std::size_t i = sparse.weights->first_target(block) + synapses.targets[k];
        weights.row(i)[j] += sparse.scale[i] * static_cast<float>(synapses.weights[k]);
      }
    }
  return weights;
}

class GraphWriter {
 public:
  GraphWriter(const NetworkDescription& network, const BuiltNetwork& built) : network_(network), built_(built) {}

  NirGraph write() {
    for (const InputSection& input : network_.inputs) add_input(input);
    for (const PopulationSection& population : network_.populations) add_population(population);
    if (graph_.nodes.size() == network_.inputs.size())
      throw ConfigurationError("NIR has none of the neurons of this network",
                               "it knows leaky_integrate_and_fire, with or without a leak");
    for (std::size_t i = 0; i < network_.projections.size(); ++i) add_projection(i);
    for (const PopulationSection& population : network_.populations) end_population(population);
    for (const InputSection& input : network_.inputs)
      leave_out("{}: its spikes; NIR has networks, not what they are given", input.name);
    return std::move(graph_);
  }

 private:
  template <class... Values>
  void leave_out(fmt::format_string<Values...> text, Values&&... values) {
    graph_.left_out.push_back(fmt::format(text, std::forward<Values>(values)...));
  }

  /// A name that no node has.
  std::string free_name(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; !names_.insert(name).second; ++i) name = fmt::format("{}_{}", wanted, i);
    return name;
  }

  void add_input(const InputSection& input) {
    names_.insert(input.name);
    graph_.nodes.push_back({input.name, "Input", {{"shape", std::vector{static_cast<std::int64_t>(input.size)}}}});
  }

  void add_population(const PopulationSection& p) {
    if (p.neuron != NetworkNeuron::leaky_integrate_and_fire)
      return leave_out("{}: NIR has no neuron {}", p.name, name(p.neuron));
    names_.insert(p.name);
    const auto all = [&](double value) { return std::vector<float>(p.size, static_cast<float>(value)); };
    NirNode node{p.name, p.leak == 1 ? "IF" : "LIF", {}};
    node.parameters.emplace_back("r", all(p.leak == 1 ? 1 : 1 / (1 - p.leak)));
    if (p.leak != 1) {
      node.parameters.emplace_back("tau", all(-1 / std::log(p.leak)));
      node.parameters.emplace_back("v_leak", all(0));
    }
    node.parameters.emplace_back("v_threshold", p.threshold.of(p.size));
    node.parameters.emplace_back("v_reset", all(0));
    graph_.nodes.push_back(std::move(node));
    note_differences(p);
  }

  void note_differences(const PopulationSection& p) {
    leave_out("{}: it fires where the potential reaches the threshold; NIR: where it exceeds it", p.name);
    if (p.reset == Reset::subtract)
      leave_out("{}: a spike takes the threshold off the potential; NIR resets to 0", p.name);
    if (p.refractory > 0) leave_out("{}: refractory, {} steps", p.name, p.refractory);
    if (any_nonzero(p.initial_potential)) leave_out("{}: initial_potential", p.name);
    const bool fed = std::ranges::any_of(network_.projections, [&](const auto& from) { return from.to == p.name; });
    if (!fed && any_nonzero(p.current)) leave_out("{}: current, for want of a projection to it", p.name);
  }

  void add_projection(std::size_t index) {
    const ProjectionSection& section = network_.projections[index];
    const std::string whole = section.name();
    if (!names_.contains(section.from) || !names_.contains(section.to))
      return leave_out("{}: one of its ends is left out", whole);
    if (section.jitter > 0) leave_out("{}: jitter, {} ticks", whole, section.jitter);
    const auto& projection = std::get<Projection>(built_.graph.node(built_.projections[index]));
    std::string from = section.from;
    if (section.delay > 0) from = add_delay(section, projection.in());
    const std::string node = free_name(whole);
    graph_.nodes.push_back({node, "Linear", {{"weight", real_weights(projection)}}});
    add_current(section.to, graph_.nodes.back());
    graph_.edges.emplace_back(from, node);
    graph_.edges.emplace_back(node, section.to);
    senders_.insert(section.from);
  }

  std::string add_delay(const ProjectionSection& section, std::size_t width) {
    const std::string node = free_name(section.name() + " delay");
    const float steps = static_cast<float>(section.delay) / static_cast<float>(network_.ticks_per_step);
    graph_.nodes.push_back({node, "Delay", {{"delay", std::vector<float>(width, steps)}}});
    graph_.edges.emplace_back(section.from, node);
    return node;
  }

  /// The first projection to a population brings its constant current along.
  void add_current(const std::string& target, NirNode& node) {
    const auto population = std::ranges::find(network_.populations, target, &PopulationSection::name);
    if (!any_nonzero(population->current) || !fed_.insert(target).second) return;
    node.type = "Affine";
    node.parameters.emplace_back("bias", population->current.of(population->size));
  }

  void end_population(const PopulationSection& population) {
    if (!names_.contains(population.name) || senders_.contains(population.name)) return;
    const std::string node = free_name(population.name + " output");
    graph_.nodes.push_back({node, "Output", {{"shape", std::vector{static_cast<std::int64_t>(population.size)}}}});
    graph_.edges.emplace_back(population.name, node);
  }

  const NetworkDescription& network_;
  const BuiltNetwork& built_;
  NirGraph graph_;
  std::set<std::string> names_, senders_, fed_;
};

}  // namespace

NirGraph nir_graph(const NetworkDescription& network, const BuiltNetwork& built) {
  return GraphWriter(network, built).write();
}

}  // namespace snnsim::experiments
