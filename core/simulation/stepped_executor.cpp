#include <vector>

#include "core/simulation/executor.hpp"

namespace snnsim {

namespace {

class SteppedExecutor final : public Executor {
 public:
  SteppedExecutor(const SpikingGraph& graph, std::uint32_t timesteps) : graph_(graph), timesteps_(timesteps) {}

  std::string_view name() const override { return "stepped"; }

  SimulationTiming run(NetworkState& state, Position first, Position end, Probe* probe) const override {
    SimulationTiming timing;
    Due due(graph_.size(), std::vector<char>(state.positions(), 0));
    for (std::uint32_t step = 1; step <= timesteps_; ++step) {
      Due later(due.size(), std::vector<char>(state.positions(), 0));
      for (const NodeId id : graph_.order()) {
        const std::vector<Position> rows = due_rows(id, step, due[id], first, end);
        if (rows.empty()) continue;
        update(state, id, rows, step, due, later, probe, end, timing);
      }
      due = std::move(later);
    }
    return timing;
  }

 private:
  using Due = std::vector<std::vector<char>>;  // (nodes × positions)

  std::vector<Position> due_rows(NodeId id, std::uint32_t step, const std::vector<char>& marked, Position first,
                                 Position end) const {
    const bool always = wakes_by_clock(graph_.node(id), step);
    std::vector<Position> rows;
    for (Position r = first; r < end; ++r)
      if (always || marked[r] != 0) rows.push_back(r);
    return rows;
  }

  void update(NetworkState& state, NodeId id, const std::vector<Position>& rows, std::uint32_t step, Due& due,
              Due& later, Probe* probe, Position end, SimulationTiming& timing) const {
    std::vector<Position> pending;
    const std::vector<Position> changed = state.update(id, rows, step, &pending);
    if (probe != nullptr && std::holds_alternative<Population>(graph_.node(id)))
      probe->on_update({id, step, rows, state.drive(id), state.spikes(id)});
    for (const Position r : pending) later[id][r] = 1;
    if (changed.empty()) return;
    timing.quiescence = step;
    if (id == graph_.output() && timing.first_output == 0) timing.first_output = step;
    for (const SpikingGraph::Successor next : graph_.successors(id))
      for (const Position r : state.dependents(next, changed, end)) due[next.node][r] = 1;
  }

  const SpikingGraph& graph_;
  std::uint32_t timesteps_;
};

}  // namespace

std::unique_ptr<const Executor> make_stepped_executor(const SpikingGraph& graph, std::uint32_t timesteps) {
  return std::make_unique<SteppedExecutor>(graph, timesteps);
}

}  // namespace snnsim
