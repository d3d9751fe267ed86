#include "core/spiking_graph.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/topological_sort.hpp>
#include <fmt/format.h>

namespace snnsim {

NodeId SpikingGraph::add_node(Node node, std::span<const NodeId> inputs) {
  const bool is_population = std::holds_alternative<Population>(node);
  const auto id = static_cast<NodeId>(boost::add_vertex(graph_));
  graph_[id] = std::move(node);
  std::uint32_t slot = 0;
  for (const NodeId input : inputs) {
    if (input > id) throw std::logic_error(fmt::format("node {}: input {} does not exist", id, input));
    boost::add_edge(input, id, Edge{slot++}, graph_);
  }
  if (is_population) populations_.push_back(id);
  return id;
}

std::size_t SpikingGraph::width(NodeId id) const {
  struct Width {
    std::size_t operator()(const Source& s) const { return s.width; }
    std::size_t operator()(const std::shared_ptr<const Operator>& o) const { return o->width(); }
    std::size_t operator()(const Population& p) const { return p.width(); }
    std::size_t operator()(const Projection& p) const { return p.out(); }
  };
  return std::visit(Width(), node(id));
}

void SpikingGraph::check_widths(NodeId id) const {
  if (inputs_[id].empty() && !std::holds_alternative<Source>(node(id)))
    throw std::logic_error(fmt::format("node {} has no input", id));
  const auto expect = [&](std::size_t wanted) {
    const std::size_t got = width(inputs_[id][0]);
    if (got != wanted) throw std::logic_error(fmt::format("node {}: input of width {}, expected {}", id, got, wanted));
  };
  if (const auto* population = std::get_if<Population>(&node(id))) {
    expect(population->width());
    if (population->initial_potential.size() != population->width())
      throw std::logic_error(fmt::format("node {}: initial potentials and thresholds differ in number", id));
    if (!population->step_potential.empty() && !std::holds_alternative<IntegerSpiking>(population->neuron))
      throw std::logic_error(fmt::format("node {}: only integer_spiking neurons have offsets of their steps", id));
  }
  if (const auto* projection = std::get_if<Projection>(&node(id))) {
    expect(projection->in());
    const bool spiking_input = std::holds_alternative<Population>(node(inputs_[id][0]));
    if (projection->counts_spikes() && !spiking_input)
      throw std::logic_error(fmt::format("node {}: integer synapses need a population", id));
  }
}

bool SpikingGraph::travels(NodeId id) const {
  const auto* projection = std::get_if<Projection>(&node(id));
  return projection != nullptr && projection->axon.travels() &&
         std::holds_alternative<Population>(node(inputs_[id][0]));
}

void SpikingGraph::connect(NodeId input, NodeId projection) {
  boost::add_edge(input, projection, Edge{}, graph_);
}

void SpikingGraph::list_edges() {
  inputs_.assign(size(), {});
  successors_.assign(size(), {});
  for (NodeId id = 0; id < size(); ++id) {
    inputs_[id].resize(boost::in_degree(id, graph_));
    for (const auto edge : boost::make_iterator_range(boost::in_edges(id, graph_)))
      inputs_[id][graph_[edge].slot] = static_cast<NodeId>(boost::source(edge, graph_));
    for (const auto edge : boost::make_iterator_range(boost::out_edges(id, graph_)))
      successors_[id].push_back({static_cast<NodeId>(boost::target(edge, graph_)), graph_[edge].slot});
  }
  for (NodeId id = 0; id < size(); ++id) check_widths(id);
}

/// Orders the nodes by what they depend on at the same tick; `over_delays`: and earlier. False if there is a cycle.
bool SpikingGraph::sort(bool over_delays) {
  const auto counts = [&](NodeId target) {
    return over_delays || !travels(target) || std::get<Projection>(graph_[target]).axon.delay == 0;
  };
  const std::function is_kept = [&](const Graph::edge_descriptor& edge) {
    return counts(static_cast<NodeId>(boost::target(edge, graph_)));
  };
  const boost::filtered_graph kept(graph_, is_kept);
  order_.clear();
  try {
    boost::topological_sort(kept, std::back_inserter(order_));  // successors first
  } catch (const boost::not_a_dag&) {
    return false;
  }
  rank_.assign(size(), 0);
  std::ranges::reverse(order_);
  for (const NodeId id : order_)
    for (const Successor& next : successors_[id])
      if (counts(next.node)) rank_[next.node] = std::max(rank_[next.node], rank_[id] + 1);
  return true;
}

void SpikingGraph::finish() {
  list_edges();
  cyclic_ = !sort(true);
  if (cyclic_ && !sort(false)) throw std::logic_error("the spiking graph has a cycle without a delay");
  std::sort(order_.begin(), order_.end(),
            [this](NodeId a, NodeId b) { return std::pair(rank_[a], a) < std::pair(rank_[b], b); });
}

NodeId SpikingGraph::find_population(std::string_view name) const {
  for (const NodeId id : populations_)
    if (population(id).name == name) return id;
  throw std::out_of_range(fmt::format("no population {}", name));
}

}  // namespace snnsim
