#include "core/simulation/scheduler.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "core/simulation/row_sets.hpp"

namespace snnsim {

Scheduler::Scheduler(const SpikingGraph& graph) : graph_(graph), waiting_(graph.size()) {
  if (graph.size() >= std::size_t{1} << kRankBits) throw std::length_error("a graph of more than 2^24 nodes");
  for (const NodeId id : graph.order()) {
    of_rank_.resize(std::max<std::size_t>(of_rank_.size(), graph.rank(id) + 1));
    of_rank_[graph.rank(id)].push_back(id);
  }
}

void Scheduler::schedule(Tick tick, NodeId node, std::span<const Position> positions) {
  if (positions.empty()) return;
  assert(tick < Tick{1} << (64 - kRankBits));
  std::vector<Waiting>& waiting = waiting_[node];
  const auto at = std::ranges::lower_bound(waiting, tick, std::ranges::greater(), &Waiting::tick);
  if (at == waiting.end() || at->tick != tick) {
    waiting.insert(at, {tick, {positions.begin(), positions.end()}});
    queue_.push(tick << kRankBits | graph_.rank(node));
    return;
  }
  if (std::ranges::includes(at->positions, positions)) return;
  add_rows(positions, at->positions);
}

Scheduler::Group Scheduler::pop() {
  const std::uint64_t key = queue_.pop();
  while (queue_.repeats()) queue_.pop();
  Group group{key >> kRankBits, {}};
  for (const NodeId node : of_rank_[key & ((1U << kRankBits) - 1)]) {
    std::vector<Waiting>& waiting = waiting_[node];
    if (waiting.empty() || waiting.back().tick != group.tick) continue;
    group.batches.push_back({node, std::move(waiting.back().positions)});
    waiting.pop_back();
  }
  return group;
}

}  // namespace snnsim
