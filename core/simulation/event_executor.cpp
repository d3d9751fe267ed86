#include <numeric>
#include <vector>

#include "core/simulation/executor.hpp"
#include "core/simulation/scheduler.hpp"

namespace snnsim {

namespace {

class EventExecutor final : public Executor {
 public:
  EventExecutor(const SpikingGraph& graph, std::uint32_t timesteps) : graph_(graph), timesteps_(timesteps) {}

  std::string_view name() const override { return "event"; }

  SimulationTiming run(NetworkState& state, Position first, Position end, Probe* probe) const override {
    SimulationTiming timing;
    Scheduler scheduler(graph_.size());
    std::vector<Position> all(end - first);
    std::iota(all.begin(), all.end(), first);
    for (const NodeId id : graph_.order()) wake_by_clock(scheduler, 1, id, all);
    while (!scheduler.empty()) {
      const Scheduler::Batch batch = scheduler.pop();
      wake_by_clock(scheduler, batch.key.tick + 1, batch.key.node, all);
      deliver(state, batch, scheduler, probe, end, timing);
    }
    return timing;
  }

 private:
  void wake_by_clock(Scheduler& scheduler, Tick tick, NodeId id, std::span<const Position> all) const {
    if (wakes_by_clock(graph_.node(id), static_cast<std::uint32_t>(tick))) wake_at(scheduler, tick, id, all);
  }

  /// Schedules a wake-up unless the horizon is past.
  void wake_at(Scheduler& scheduler, Tick tick, NodeId id, std::span<const Position> rows) const {
    if (tick <= timesteps_) scheduler.schedule({tick, graph_.rank(id), id}, rows);
  }

  void deliver(NetworkState& state, const Scheduler::Batch& batch, Scheduler& scheduler, Probe* probe, Position end,
               SimulationTiming& timing) const {
    const NodeId id = batch.key.node;
    const Tick tick = batch.key.tick;
    std::vector<Position> pending;
    const std::vector<Position> changed = state.update(id, batch.positions, static_cast<std::uint32_t>(tick), &pending);
    if (probe != nullptr && std::holds_alternative<Population>(graph_.node(id)))
      probe->on_update({id, tick, batch.positions, state.drive(id), state.spikes(id)});
    wake_at(scheduler, tick + 1, id, pending);
    if (changed.empty()) return;
    timing.quiescence = tick;
    if (id == graph_.output() && timing.first_output == 0) timing.first_output = tick;
    for (const SpikingGraph::Successor next : graph_.successors(id))
      scheduler.schedule({tick, graph_.rank(next.node), next.node}, state.dependents(next, changed, end));
  }

  const SpikingGraph& graph_;
  std::uint32_t timesteps_;
};

}  // namespace

std::unique_ptr<const Executor> make_event_executor(const SpikingGraph& graph, std::uint32_t timesteps) {
  return std::make_unique<EventExecutor>(graph, timesteps);
}

}  // namespace snnsim
