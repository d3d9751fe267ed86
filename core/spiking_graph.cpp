#include "core/spiking_graph.hpp"

#include <algorithm>
#include <stdexcept>

#include <boost/graph/topological_sort.hpp>
#include <fmt/format.h>

namespace snnsim {

NodeId SpikingGraph::add_node(Node node, std::initializer_list<NodeId> inputs) {
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
  const auto expect = [&](std::size_t wanted) {
    const std::size_t got = width(inputs_[id][0]);
    if (got != wanted) throw std::logic_error(fmt::format("node {}: input of width {}, expected {}", id, got, wanted));
  };
  if (const auto* population = std::get_if<Population>(&node(id))) {
    expect(population->width());
    if (population->initial_potential.size() != population->width())
      throw std::logic_error(fmt::format("node {}: initial potentials and thresholds differ in number", id));
  }
  if (const auto* projection = std::get_if<Projection>(&node(id))) {
    expect(projection->in());
    const bool spiking_input = std::holds_alternative<Population>(node(inputs_[id][0]));
    if (projection->counts_spikes() && !spiking_input)
      throw std::logic_error(fmt::format("node {}: integer synapses need a population", id));
  }
}

void SpikingGraph::finish() {
  inputs_.assign(size(), {});
  successors_.assign(size(), {});
  for (NodeId id = 0; id < size(); ++id) {
    inputs_[id].resize(boost::in_degree(id, graph_));
    for (const auto edge : boost::make_iterator_range(boost::in_edges(id, graph_)))
      inputs_[id][graph_[edge].slot] = static_cast<NodeId>(boost::source(edge, graph_));
    for (const auto edge : boost::make_iterator_range(boost::out_edges(id, graph_)))
      successors_[id].push_back({static_cast<NodeId>(boost::target(edge, graph_)), graph_[edge].slot});
    check_widths(id);
  }
  order_.clear();
  try {
    boost::topological_sort(graph_, std::back_inserter(order_));  // successors first
  } catch (const boost::not_a_dag&) {
    throw std::logic_error("the spiking graph has a cycle");
  }
  rank_.assign(size(), 0);
  std::ranges::reverse(order_);
  for (const NodeId id : order_)
    for (const Successor& next : successors_[id]) rank_[next.node] = std::max(rank_[next.node], rank_[id] + 1);
  std::sort(order_.begin(), order_.end(),
            [this](NodeId a, NodeId b) { return std::pair(rank_[a], a) < std::pair(rank_[b], b); });
}

NodeId SpikingGraph::find_population(std::string_view name) const {
  for (const NodeId id : populations_)
    if (population(id).name == name) return id;
  throw std::out_of_range(fmt::format("no population {}", name));
}

}  // namespace snnsim
