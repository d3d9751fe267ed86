#include "core/simulation/scheduler.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace snnsim {

void Scheduler::schedule(const EventKey& key, std::span<const Position> positions) {
  if (positions.empty()) return;
  std::vector<Batch>& batches = waiting_[key.node];
  const auto batch = std::ranges::find(batches, key, &Batch::key);
  if (batch == batches.end()) {
    batches.push_back({key, {positions.begin(), positions.end()}});
    queue_.push(key);
    return;
  }
  std::vector<Position> merged;
  merged.reserve(batch->positions.size() + positions.size());
  std::ranges::set_union(batch->positions, positions, std::back_inserter(merged));
  batch->positions = std::move(merged);
}

Scheduler::Batch Scheduler::pop() {
  assert(!queue_.empty());
  const EventKey key = queue_.top();
  queue_.pop();
  std::vector<Batch>& batches = waiting_[key.node];
  const auto batch = std::ranges::find(batches, key, &Batch::key);
  Batch result = std::move(*batch);
  batches.erase(batch);
  return result;
}

}  // namespace snnsim
