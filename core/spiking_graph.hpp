#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/graph/adjacency_list.hpp>

#include "core/input_signal.hpp"
#include "core/operator.hpp"
#include "core/population.hpp"
#include "core/projection.hpp"

namespace snnsim {

using NodeId = std::uint32_t;

/// How the external input reaches the network over T steps.
enum class SourceSchedule {
  constant,  // x·t/T after step t (the paper)
  impulse,   // all of x at t = 1
  signal,    // what the source's own signal says; there is no x
};

/// The external input: one row of `width` values per token position.
struct Source {
  std::size_t width = 0;
  SourceSchedule schedule = SourceSchedule::constant;
  std::shared_ptr<const InputSignal> signal = nullptr;  // for that schedule
};

/// A source that follows `signal`.
inline Source signal_source(std::shared_ptr<const InputSignal> signal) {
  const std::size_t width = signal->width();
  return {width, SourceSchedule::signal, std::move(signal)};
}

/// A network of sources, operators, populations and projections: a Boost.Graph whose edges carry the input slot,
/// acyclic but for projections whose spikes take time to arrive. Time and state belong to the Simulation; a graph is
/// const while it runs.
class SpikingGraph {
 public:
  using Node = std::variant<Source, std::shared_ptr<const Operator>, Population, Projection>;

  /// Inputs are nodes added before; throws std::logic_error if one does not exist.
  NodeId add(const Source& source) { return add_node(source, {}); }
  NodeId add(std::shared_ptr<const Operator> op, std::initializer_list<NodeId> inputs) {
    return add_node(std::move(op), {inputs.begin(), inputs.size()});
  }
  NodeId add(std::shared_ptr<const Operator> op, std::span<const NodeId> inputs) {
    return add_node(std::move(op), inputs);
  }
  NodeId add(Population population, NodeId drive) { return add_node(std::move(population), {&drive, 1}); }
  NodeId add(Projection projection, NodeId input) { return add_node(std::move(projection), {&input, 1}); }
  /// A projection whose input is added later, as a cycle needs; it is connected before finish().
  NodeId add(Projection projection) { return add_node(std::move(projection), {}); }
  void connect(NodeId input, NodeId projection);
  /// The node whose value is the result of the network.
  void set_output(NodeId node) { output_ = node; }

  /// How long spikes travel to the synapses of a projection; not to be changed once a simulation has begun.
  void set_axon(NodeId projection, const Axon& axon) { std::get<Projection>(graph_[projection]).axon = axon; }

  /// Ranks the nodes; call once, after the last add(). Throws std::logic_error on widths that disagree and on a cycle
  /// without an axonal delay.
  void finish();
  /// True if there is a cycle; its delayed projections then rank before what they depend on, at later ticks.
  bool cyclic() const { return cyclic_; }
  /// True if the input of a node are spikes that take time to arrive.
  bool travels(NodeId id) const;

  std::size_t size() const { return boost::num_vertices(graph_); }
  const Node& node(NodeId id) const { return graph_[id]; }
  NodeId output() const { return output_; }
  /// Longest path from a source: within a tick, nodes run in the order (rank, id).
  std::uint32_t rank(NodeId id) const { return rank_[id]; }
  /// All nodes by (rank, id).
  const std::vector<NodeId>& order() const { return order_; }
  /// The inputs by slot.
  const std::vector<NodeId>& inputs(NodeId id) const { return inputs_[id]; }

  struct Successor {
    NodeId node = 0;
    std::uint32_t slot = 0;
  };
  const std::vector<Successor>& successors(NodeId id) const { return successors_[id]; }

  /// The populations in the order in which they were added.
  const std::vector<NodeId>& populations() const { return populations_; }
  const Population& population(NodeId id) const { return std::get<Population>(node(id)); }
  /// The population of that name; throws std::out_of_range.
  NodeId find_population(std::string_view name) const;
  /// Values per position that a node hands on.
  std::size_t width(NodeId id) const;

 private:
  struct Edge {
    std::uint32_t slot = 0;
  };
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Node, Edge>;

  NodeId add_node(Node node, std::span<const NodeId> inputs);
  void list_edges();
  bool sort(bool over_delays);
  void check_widths(NodeId id) const;

  Graph graph_;
  NodeId output_ = 0;
  bool cyclic_ = false;
  std::vector<NodeId> populations_, order_;
  std::vector<std::uint32_t> rank_;
  std::vector<std::vector<NodeId>> inputs_;
  std::vector<std::vector<Successor>> successors_;
};

}  // namespace snnsim
