#pragma once

#include <span>
#include <vector>

#include "core/position.hpp"
#include "core/simulation/radix_heap.hpp"
#include "core/spiking_graph.hpp"
#include "core/time.hpp"

namespace snnsim {

/// Event queue in batches: at a tick, after everything of lower rank, a node has new input at some positions. There is
/// one entry per (tick, node), never one per spike, and positions travel in ascending order, so (tick, rank, node,
/// position) is a total order: the same on any number of threads.
class Scheduler {
 public:
  explicit Scheduler(const SpikingGraph& graph);

  struct Batch {
    NodeId node = 0;
    std::vector<Position> positions;  // ascending, no duplicates
  };
  /// The batches of one tick and rank: independent of each other, by ascending node.
  struct Group {
    Tick tick = 0;
    std::vector<Batch> batches;
  };

  bool empty() const { return queue_.empty(); }
  /// Batches that wait.
  std::size_t size() const { return queue_.size(); }
  /// Adds positions (ascending) to the batch of a tick and node; a position that already waits there is kept once.
  /// Precondition: (tick, rank) lies after that of the last group popped.
  void schedule(Tick tick, NodeId node, std::span<const Position> positions);
  /// Takes the group that comes first. Precondition: not empty().
  Group pop();

 private:
  static constexpr unsigned kRankBits = 24;
  struct Waiting {
    Tick tick = 0;
    std::vector<Position> positions;
  };

  const SpikingGraph& graph_;
  RadixHeap queue_;                            // (tick, rank) as one number, once for every node that waits then
  std::vector<std::vector<NodeId>> of_rank_;   // nodes, ascending
  std::vector<std::vector<Waiting>> waiting_;  // per node, the ticks at which it has work, latest first
};

}  // namespace snnsim
