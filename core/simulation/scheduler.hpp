#pragma once

#include <compare>
#include <queue>
#include <vector>

#include "core/simulation/network_state.hpp"

namespace snnsim {

/// Orders events: at this tick, after everything of lower rank, this node has new input. Positions of one key travel
/// together, in ascending order, so (tick, rank, node, position) is a total order.
struct EventKey {
  Tick tick = 0;
  std::uint32_t rank = 0;
  NodeId node = 0;
  auto operator<=>(const EventKey&) const = default;  // NOLINT(modernize-use-nullptr): not about this 0
};

/// Priority queue of event batches: one entry per (tick, rank, node), never one per spike.
class Scheduler {
 public:
  explicit Scheduler(std::size_t nodes) : waiting_(nodes) {}

  bool empty() const { return queue_.empty(); }
  /// Adds positions (ascending) to the batch of `key`; a position that already waits there is kept once.
  void schedule(const EventKey& key, std::span<const Position> positions);

  struct Batch {
    EventKey key;
    std::vector<Position> positions;  // ascending, no duplicates
  };
  /// Takes the batch with the least key. Precondition: not empty().
  Batch pop();

 private:
  std::priority_queue<EventKey, std::vector<EventKey>, std::greater<>> queue_;
  std::vector<std::vector<Batch>> waiting_;  // per node: the few ticks at which it has work
};

}  // namespace snnsim
