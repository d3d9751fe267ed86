#pragma once

#include <vector>

#include "core/spiking_graph.hpp"

namespace snnsim {

/// A core of a 2-D mesh.
struct MeshCore {
  std::uint32_t x = 0, y = 0;
  bool operator==(const MeshCore&) const = default;
};

/// Populations placed on a 2-D mesh of cores, one to a core, in the order of the graph, row after row and back again,
/// so that neighbours in the graph are neighbours on the mesh. The network's output has the core after the last
/// population.
class Placement {
 public:
  /// width: cores in a row; 0: the least square that holds all.
  Placement(const SpikingGraph& graph, std::uint32_t width);

  std::uint32_t width() const { return width_; }
  std::uint32_t height() const { return static_cast<std::uint32_t>(graph_.populations().size() / width_ + 1); }
  MeshCore core(NodeId population) const { return core_at(place_[population]); }
  /// Hops (Manhattan distance) of spikes from the input of a projection to its synapses, which are where the first
  /// population is that they drive, directly or through operators; 0 if the input is no population.
  std::uint32_t hops(NodeId projection) const;
  /// Hops from a population to each projection that carries its spikes, together.
  std::uint32_t hops_of_spikes(NodeId population) const;

 private:
  MeshCore core_at(std::uint32_t place) const;
  std::uint32_t place_of_synapses(NodeId projection) const;

  const SpikingGraph& graph_;
  std::uint32_t width_;
  std::vector<std::uint32_t> place_;  // per node
};

/// Adds `hop` ticks per hop to the delay of every projection of a graph.
void add_hop_delays(SpikingGraph& graph, const Placement& placement, std::uint32_t hop);

}  // namespace snnsim
