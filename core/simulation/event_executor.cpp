#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "core/parallel.hpp"
#include "core/simulation/executor.hpp"
#include "core/simulation/layered_run.hpp"
#include "core/simulation/scheduler.hpp"

namespace snnsim {

namespace {

/// One run: the queue, and the spikes on their way.
class EventRun {
 public:
  EventRun(const SpikingGraph& graph, const Timetable& timetable, NetworkState& state, Position first, Position end,
           Probe* probe)
      : graph_(graph),
        timetable_(timetable),
        state_(state),
        probe_(probe),
        end_(end),
        all_(end - first),
        scheduler_(graph),
        arrivals_(graph.size()) {
    std::iota(all_.begin(), all_.end(), first);
  }

  SimulationTiming finish() {
    timing_.horizon = timetable_.boundary(timetable_.steps());
    for (const NodeId id : graph_.order()) wake_by_clock(id, 1);
    while (!scheduler_.empty()) {
      timing_.peak_events = std::max(timing_.peak_events, scheduler_.size());
      const Scheduler::Group group = scheduler_.pop();
      if (is_past_horizon(group.tick)) break;
      run(group);
    }
    timing_.peak_in_flight = meter_.peak;
    return timing_;
  }

 private:
  bool is_past_horizon(Tick tick) const {
    const Horizon& horizon = timetable_.settings().horizon;
    return horizon.kind == Horizon::Kind::tick && tick > horizon.tick;
  }

  /// Schedules the next step from `step` on at which the node is clocked.
  void wake_by_clock(NodeId id, std::uint32_t step) {
    if (const auto next = timetable_.next_wake(id, step)) scheduler_.schedule(timetable_.boundary(*next), id, all_);
  }

  /// Nodes of one rank do not depend on each other; what follows from them is done in their order.
  void run(const Scheduler::Group& group) {
    const Moment now = timetable_.moment(group.tick);
    std::vector<NetworkState::Updated> updated(group.batches.size());
    for (const Scheduler::Batch& batch : group.batches)
      if (!graph_.travels(batch.node)) state_.prepare(batch.node, batch.positions);
    parallel_for(updated.size(), [&](std::size_t k) { updated[k] = update(group.batches[k], now); });
    for (std::size_t k = 0; k < updated.size(); ++k) follow(group.batches[k], now, updated[k]);
  }

  NetworkState::Updated update(const Scheduler::Batch& batch, const Moment& now) {
    if (!graph_.travels(batch.node)) return state_.update(batch.node, batch.positions, now);
    return {state_.deliver(batch.node, arrivals_[batch.node].at(now.tick)), {}};
  }

  void follow(const Scheduler::Batch& batch, const Moment& now, const NetworkState::Updated& updated) {
    const NodeId id = batch.node;
    if (graph_.travels(id)) arrivals_[id].erase(now.tick);
    if (timetable_.boundary(now.step) == now.tick && timetable_.wakes(id, now.step)) wake_by_clock(id, now.step + 1);
    if (probe_ != nullptr && std::holds_alternative<Population>(graph_.node(id)))
      probe_->on_update({id, now.tick, batch.positions, state_.drive(id), state_.spikes(id)});
    if (probe_ != nullptr && id == graph_.output()) probe_->on_output(now.tick, state_.value(id));
    for (const NetworkState::Updated::Again& again : updated.again)
      if (timetable_.may_catch_up(id, again.tick)) scheduler_.schedule(again.tick, id, {&again.row, 1});
    if (updated.changed.empty()) return;
    timing_.quiescence = now.tick;
    if (id == graph_.output() && timing_.first_output == 0) timing_.first_output = now.tick;
    std::shared_ptr<const Volley> volley;
    for (const SpikingGraph::Successor next : graph_.successors(id)) {
      if (!graph_.travels(next.node)) {
        reach(next.node, now.tick, state_.dependents(next, updated.changed, end_));
        continue;
      }
      if (!volley) volley = state_.volley(id, updated.changed, meter_);
      send(volley, next.node, now);
    }
  }

  /// New input of a node at this tick.
  void reach(NodeId id, Tick tick, const std::vector<Position>& rows) {
    const auto* population = std::get_if<Population>(&graph_.node(id));
    if (population == nullptr) return scheduler_.schedule(tick, id, rows);
    if (!clocked(population->neuron))
      return scheduler_.schedule(std::max(tick, timetable_.boundary(timetable_.first_step(id))), id, rows);
    if (tick <= timetable_.boundary(timetable_.last_step(id))) return;  // its clock wakes it
    state_.note_late(id, rows.size());
    if (probe_ != nullptr) probe_->on_late({id, tick, rows, state_.drive(id), state_.spikes(id)});
  }

  /// Spikes set out for the synapses of a projection.
  void send(const std::shared_ptr<const Volley>& volley, NodeId id, const Moment& now) {
    const auto& projection = std::get<Projection>(graph_.node(id));
    const std::uint16_t jitter = projection.axon.jitter;
    const auto late =
        jitter == 0
            ? nullptr
            : std::make_shared<const Lags>(lags(timetable_.settings().seed, id, now.step, projection.in(), jitter));
    for (std::uint32_t lag = 0; lag <= jitter; ++lag) {
      const Tick tick = now.tick + projection.axon.delay + lag;
      arrivals_[id][tick].push_back({volley, late, static_cast<std::uint16_t>(lag)});
      scheduler_.schedule(tick, id, volley->rows());
    }
  }

  const SpikingGraph& graph_;
  const Timetable& timetable_;
  NetworkState& state_;
  Probe* probe_;
  Position end_;
  std::vector<Position> all_;
  Scheduler scheduler_;
  FlightMeter meter_;                                           // outlives the volleys in arrivals_
  std::vector<std::map<Tick, std::vector<Arrival>>> arrivals_;  // per projection
  SimulationTiming timing_;
};

class EventExecutor final : public Executor {
 public:
  EventExecutor(const SpikingGraph& graph, const TimeSettings& settings, bool in_layers)
      : graph_(graph), timetable_(graph, settings), in_layers_(in_layers) {
    for (NodeId id = 0; id < graph.size(); ++id) widest_ = std::max(widest_, graph.width(id));
  }

  std::string_view name() const override { return "event"; }
  SimulationTiming run(NetworkState& state, Position first, Position end, Probe* probe) const override {
    // Layers carry the rows of earlier positions along from step to step.
    if (in_layers_ && end - first >= first)
      return run_in_layers(graph_, timetable_, state, first, end, steps_at_once(widest_, end - first), probe);
    return EventRun(graph_, timetable_, state, first, end, probe).finish();
  }

 private:
  const SpikingGraph& graph_;
  Timetable timetable_;
  bool in_layers_;
  std::size_t widest_ = 1;
};

}  // namespace

std::unique_ptr<const Executor> make_event_executor(const SpikingGraph& graph, const TimeSettings& settings) {
  return std::make_unique<EventExecutor>(graph, settings, runs_in_layers(graph, settings));
}

std::unique_ptr<const Executor> make_queue_executor(const SpikingGraph& graph, const TimeSettings& settings) {
  return std::make_unique<EventExecutor>(graph, settings, false);
}

}  // namespace snnsim
