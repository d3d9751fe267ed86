#include "core/placement.hpp"

#include <algorithm>
#include <cmath>

namespace snnsim {

namespace {

std::uint32_t distance(std::uint32_t a, std::uint32_t b) {
  return a > b ? a - b : b - a;
}

std::uint32_t least_square(std::size_t cores) {
  auto side = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(cores)));
  while (std::size_t{side} * side < cores) ++side;
  return side;
}

}  // namespace

Placement::Placement(const SpikingGraph& graph, std::uint32_t width)
    : graph_(graph), width_(width != 0 ? width : least_square(graph.populations().size() + 1)), place_(graph.size()) {
  for (std::uint32_t place = 0; const NodeId id : graph.populations()) place_[id] = place++;
}

MeshCore Placement::core_at(std::uint32_t place) const {
  const std::uint32_t y = place / width_, x = place % width_;
  return {y % 2 == 0 ? x : width_ - 1 - x, y};
}

std::uint32_t Placement::place_of_synapses(NodeId projection) const {
  auto nearest = static_cast<std::uint32_t>(graph_.populations().size());  // the output's
  std::vector<NodeId> open{projection};
  std::vector<bool> seen(graph_.size());
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    for (const SpikingGraph::Successor next : graph_.successors(id)) {
      if (std::holds_alternative<Population>(graph_.node(next.node)))
        nearest = std::min(nearest, place_[next.node]);
      else if (!seen[next.node])
        open.push_back(next.node);
      seen[next.node] = true;
    }
  }
  return nearest;
}

std::uint32_t Placement::hops(NodeId projection) const {
  const NodeId input = graph_.inputs(projection)[0];
  if (!std::holds_alternative<Population>(graph_.node(input))) return 0;
  const MeshCore from = core(input), to = core_at(place_of_synapses(projection));
  return distance(from.x, to.x) + distance(from.y, to.y);
}

std::uint32_t Placement::hops_of_spikes(NodeId population) const {
  std::uint32_t sum = 0;
  for (const SpikingGraph::Successor next : graph_.successors(population))
    if (std::holds_alternative<Projection>(graph_.node(next.node))) sum += hops(next.node);
  return sum;
}

void add_hop_delays(SpikingGraph& graph, const Placement& placement, std::uint32_t hop) {
  for (NodeId id = 0; id < graph.size(); ++id) {
    const auto* projection = std::get_if<Projection>(&graph.node(id));
    if (projection == nullptr) continue;
    Axon axon = projection->axon;
    axon.delay += hop * placement.hops(id);
    graph.set_axon(id, axon);
  }
}

}  // namespace snnsim
