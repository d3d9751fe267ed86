#include <map>
#include <stdexcept>
#include <vector>

#include "core/simulation/executor.hpp"

namespace snnsim {

namespace {

/// One run, a step after another.
class SteppedRun {
 public:
  SteppedRun(const SpikingGraph& graph, const Timetable& timetable, NetworkState& state, Position first, Position end,
             Probe* probe)
      : graph_(graph), timetable_(timetable), state_(state), probe_(probe), first_(first), end_(end) {}

  SimulationTiming finish() {
    timing_.horizon = timetable_.steps();
    for (std::uint32_t step = 1; step <= timetable_.steps() || !due_.empty(); ++step) {
      for (const NodeId id : graph_.order()) {
        const std::vector<Position> rows = due_rows(id, step);
        if (!rows.empty()) update(id, rows, step);
      }
      due_.erase(step);
    }
    return timing_;
  }

 private:
  /// The marks of a step (nodes × positions).
  std::vector<std::vector<char>>& due(Tick step) {
    auto& marks = due_[step];
    if (marks.empty()) marks.assign(graph_.size(), std::vector<char>(state_.positions(), 0));
    return marks;
  }

  std::vector<Position> due_rows(NodeId id, std::uint32_t step) {
    const bool always = timetable_.wakes(id, step);
    const std::vector<char>& marked = due(step)[id];
    std::vector<Position> rows;
    for (Position r = first_; r < end_; ++r)
      if (always || marked[r] != 0) rows.push_back(r);
    return rows;
  }

  void update(NodeId id, const std::vector<Position>& rows, std::uint32_t step) {
    const NetworkState::Updated updated = state_.update(id, rows, {step, step});
    if (probe_ != nullptr && std::holds_alternative<Population>(graph_.node(id)))
      probe_->on_update({id, step, rows, state_.drive(id), state_.spikes(id)});
    if (probe_ != nullptr && id == graph_.output()) probe_->on_output(step, state_.value(id));
    for (const NetworkState::Updated::Again& again : updated.again)
      if (timetable_.may_catch_up(id, again.tick)) due(again.tick)[id][again.row] = 1;
    if (updated.changed.empty()) return;
    timing_.quiescence = step;
    if (id == graph_.output() && timing_.first_output == 0) timing_.first_output = step;
    for (const SpikingGraph::Successor next : graph_.successors(id))
      reach(next.node, step, state_.dependents(next, updated.changed, end_));
  }

  /// New input of a node at this step.
  void reach(NodeId id, std::uint32_t step, const std::vector<Position>& rows) {
    const auto* population = std::get_if<Population>(&graph_.node(id));
    if (population != nullptr && clocked(population->neuron)) {
      if (step <= timetable_.last_step(id)) return;  // its clock wakes it
      state_.note_late(id, rows.size());
      if (probe_ != nullptr) probe_->on_late({id, step, rows, state_.drive(id), state_.spikes(id)});
      return;
    }
    auto& marks = due(population == nullptr ? step : std::max(step, timetable_.first_step(id)))[id];
    for (const Position r : rows) marks[r] = 1;
  }

  const SpikingGraph& graph_;
  const Timetable& timetable_;
  NetworkState& state_;
  Probe* probe_;
  Position first_, end_;
  std::map<Tick, std::vector<std::vector<char>>> due_;
  SimulationTiming timing_;
};

class SteppedExecutor final : public Executor {
 public:
  SteppedExecutor(const SpikingGraph& graph, const TimeSettings& settings)
      : graph_(graph), timetable_(graph, settings) {
    bool travels = settings.ticks_per_step != 1 || settings.horizon.kind == Horizon::Kind::tick;
    for (NodeId id = 0; id < graph.size(); ++id) travels = travels || graph.travels(id);
    if (travels) throw std::logic_error("the stepped executor knows steps only, no ticks and no delays");
  }

  std::string_view name() const override { return "stepped"; }
  SimulationTiming run(NetworkState& state, Position first, Position end, Probe* probe) const override {
    return SteppedRun(graph_, timetable_, state, first, end, probe).finish();
  }

 private:
  const SpikingGraph& graph_;
  Timetable timetable_;
};

}  // namespace

std::unique_ptr<const Executor> make_stepped_executor(const SpikingGraph& graph, const TimeSettings& settings) {
  return std::make_unique<SteppedExecutor>(graph, settings);
}

}  // namespace snnsim
