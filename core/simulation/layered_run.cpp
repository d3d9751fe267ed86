#include "core/simulation/layered_run.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <vector>

#include "core/simulation/row_sets.hpp"

namespace snnsim {

namespace {

/// What a node did in a window of steps.
struct Past {
  std::vector<Frame> frames;                   // before the window, and after each update
  std::vector<std::uint32_t> since;            // the step after which frames[k] shows; the first: before the window
  std::vector<std::vector<Position>> changed;  // per step of the window
  std::optional<StepSpikes> spikes;            // population: of all changed rows, made when asked for
  std::size_t readers = 0;                     // successors that have not run yet

  Frame& at(std::uint32_t step) {
    return frames[static_cast<std::size_t>(std::ranges::upper_bound(since, step) - since.begin()) - 1];
  }
};

/// Steps [begin, end) of all nodes.
struct Window {
  std::uint32_t begin = 1, end = 1;
  std::size_t size() const { return end - begin; }
};

template <typename T>
void take_over(const Matrix<T>& from, std::size_t rows, Matrix<T>& to) {
  to.reshape(from.rows(), from.columns());
  std::ranges::copy(from.values().first(rows * from.columns()), to.values().begin());
}

template <typename T>
void copy_row(const Matrix<T>& from, Position row, Matrix<T>& to) {
  if (from.columns() > 0) std::copy_n(from.row(row), from.columns(), to.row(row));
}

/// Counts of inputs that are not there, which kernels read.
void clear_padding(std::size_t width, Matrix<std::int16_t>& spikes) {
  for (std::size_t r = 0; width < spikes.columns() && r < spikes.rows(); ++r)
    std::fill(spikes.row(r) + width, spikes.row(r) + spikes.columns(), std::int16_t{0});
}

class LayeredRun {
 public:
  LayeredRun(const SpikingGraph& graph, const Timetable& timetable, NetworkState& state, Position first, Position end,
             std::uint32_t at_once, Probe* probe)
      : graph_(graph),
        timetable_(timetable),
        state_(state),
        probe_(probe),
        first_(first),
        end_(end),
        all_(end - first),
        at_once_(at_once),
        pasts_(graph.size()),
        waiting_(graph.size()) {
    std::iota(all_.begin(), all_.end(), first);
  }

  SimulationTiming finish() {
    const std::uint32_t steps = timetable_.steps();
    timing_.horizon = timetable_.boundary(steps);
    for (window_.begin = 1; window_.begin <= steps; window_.begin = window_.end) {
      window_.end = window_.begin + std::min(at_once_, steps + 1 - window_.begin);
      for (const NodeId id : graph_.order()) run(id);
    }
    return timing_;
  }

 private:
  void run(NodeId id) {
    Past& past = pasts_[id];
    past.readers = graph_.successors(id).size();
    past.changed.assign(window_.size(), {});
    past.since.assign(1, 0);
    past.frames.reserve(window_.size() + 1);  // updates point to them
    past.frames.emplace_back();
    state_.exchange(id, past.frames[0]);
    const auto* population = std::get_if<Population>(&graph_.node(id));
    if (std::holds_alternative<Source>(graph_.node(id)))
      run_source(id, past);
    else
      population != nullptr ? run_population(id, *population, past) : run_steps(id, past);
    for (std::size_t k = 0; k < window_.size(); ++k)
      if (!past.changed[k].empty()) note_change(id, timetable_.boundary(window_.begin + static_cast<std::uint32_t>(k)));
    for (const NodeId input : graph_.inputs(id))
      if (--pasts_[input].readers == 0) settle(input);
    if (past.readers == 0) settle(id);
  }

  void note_change(NodeId id, Tick tick) {
    timing_.quiescence = std::max(timing_.quiescence, tick);
    if (id == graph_.output() && (timing_.first_output == 0 || tick < timing_.first_output))
      timing_.first_output = tick;
  }

  /// Nobody reads what a node showed before: it shows the last of it.
  void settle(NodeId id) {
    state_.exchange(id, pasts_[id].frames.back());
    pasts_[id] = {};
  }

  std::vector<Position>& changed(NodeId id, std::uint32_t step) { return pasts_[id].changed[step - window_.begin]; }

  /// Rows of which an input changed at a step, or all of a node that its clock wakes.
  std::vector<Position> due_rows(NodeId id, std::uint32_t step) {
    if (timetable_.wakes(id, step)) return all_;
    std::vector<Position> due;
    for (std::uint32_t slot = 0; slot < graph_.inputs(id).size(); ++slot)
      add_rows(state_.dependents({id, slot}, changed(graph_.inputs(id)[slot], step), end_), due);
    return due;
  }

  /// A frame in which the first `kept` positions are those of the one before.
  Frame& next_frame(NodeId id, std::size_t kept, std::uint32_t step, Past& past) {
    Frame next;
    const Frame& previous = past.frames.back();
    take_over(previous.value, kept, next.value);
    take_over(previous.spikes, kept, next.spikes);
    clear_padding(graph_.width(id), next.spikes);
    next.steps = previous.steps;
    past.since.push_back(step);
    return past.frames.emplace_back(std::move(next));
  }

  /// Its rows may stay as they are although its clock wakes them.
  void run_source(NodeId id, Past& past) {
    for (std::uint32_t step = window_.begin; step < window_.end; ++step) {
      if (!timetable_.wakes(id, step)) continue;
      Frame& frame = next_frame(id, end_, step, past);
      state_.exchange(id, frame);
      changed(id, step) = state_.update(id, all_, {timetable_.boundary(step), step}).changed;
      state_.exchange(id, frame);
    }
  }

  void run_population(NodeId id, const Population& population, Past& past) {
    if (clocked(population.neuron)) {
      run_steps(id, past);
      return come_late(id);
    }
    for (std::uint32_t step = window_.begin; step < window_.end; ++step) {
      const std::vector<Position> rows = awake_rows(id, step);
      if (rows.empty()) continue;
      const NodeUpdate update = next_update(id, rows, step, past);
      update_all(id, {&update, 1}, past);
    }
  }

  /// Rows of an event-driven population that act at a step: input before its first step waits for that.
  std::vector<Position> awake_rows(NodeId id, std::uint32_t step) {
    std::map<Tick, std::vector<Position>>& waiting = waiting_[id];
    const std::vector<Position> due = due_rows(id, step);
    if (!due.empty()) add_rows(due, waiting[std::max(step, timetable_.first_step(id))]);
    const auto now = waiting.extract(step);
    return now.empty() ? std::vector<Position>() : now.mapped();
  }

  /// All steps of a node together.
  void run_steps(NodeId id, Past& past) {
    const bool population = std::holds_alternative<Population>(graph_.node(id));
    std::vector<std::vector<Position>> rows(window_.size());
    std::vector<NodeUpdate> updates;
    for (std::uint32_t step = window_.begin; step < window_.end; ++step) {
      if (population && !timetable_.wakes(id, step)) continue;
      std::vector<Position>& due = rows[step - window_.begin] = due_rows(id, step);
      if (!due.empty()) updates.push_back(next_update(id, due, step, past));
    }
    if (!updates.empty()) update_all(id, updates, past);
  }

  NodeUpdate next_update(NodeId id, std::span<const Position> rows, std::uint32_t step, Past& past) {
    NodeUpdate update{rows, {timetable_.boundary(step), step}, {}, &next_frame(id, first_, step, past)};
    for (const NodeId input : graph_.inputs(id)) update.inputs.push_back(&pasts_[input].at(step));
    return update;
  }

  void update_all(NodeId id, std::span<const NodeUpdate> updates, Past& past) {
    auto updated = state_.update(id, updates, spikes_for(id));
    const std::size_t first = past.frames.size() - updates.size();
    for (std::size_t u = 0; u < updates.size(); ++u) {
      keep_others(updates[u].rows, past.frames[first + u - 1], past.frames[first + u]);
      changed(id, updates[u].now.step) = std::move(updated[u].changed);
      for (const NetworkState::Updated::Again& again : updated[u].again)
        if (timetable_.may_catch_up(id, again.tick))
          add_rows({&again.row, 1}, waiting_[id][timetable_.moment(again.tick).step]);
      if (probe_ != nullptr && std::holds_alternative<Population>(graph_.node(id)))
        probe_->on_update(
            {id, updates[u].now.tick, updates[u].rows, updates[u].inputs[0]->value, updates[u].shown->spikes});
      if (probe_ != nullptr && id == graph_.output())
        probe_->on_output(updates[u].now.tick, past.frames[first + u].value);
    }
  }

  /// Rows that an update did not write are those of the frame before.
  void keep_others(std::span<const Position> rows, const Frame& before, Frame& frame) const {
    if (rows.size() == all_.size()) return;
    for (const Position r : all_) {
      if (std::ranges::binary_search(rows, r)) continue;
      copy_row(before.value, r, frame.value);
      copy_row(before.spikes, r, frame.spikes);
      if (!frame.steps.empty()) frame.steps[r] = before.steps[r];
    }
  }

  /// Input that reaches a clocked population after its last step.
  void come_late(NodeId id) {
    for (std::uint32_t step = std::max(window_.begin, timetable_.last_step(id) + 1); step < window_.end; ++step) {
      const std::vector<Position> rows = due_rows(id, step);
      if (rows.empty()) continue;
      state_.note_late(id, rows.size());
      if (probe_ != nullptr)
        probe_->on_late({id, timetable_.boundary(step), rows, pasts_[graph_.inputs(id)[0]].at(step).value,
                         pasts_[id].frames.back().spikes});
    }
  }

  /// What dense integer synapses meet: the spikes of all steps together.
  const StepSpikes* spikes_for(NodeId id) {
    const auto* projection = std::get_if<Projection>(&graph_.node(id));
    if (projection == nullptr || !std::holds_alternative<IntegerSynapses>(projection->synapses)) return nullptr;
    const NodeId population = graph_.inputs(id)[0];
    Past& past = pasts_[population];
    if (!past.spikes) past.spikes.emplace(collect_spikes(population));
    return &*past.spikes;
  }

  StepSpikes collect_spikes(NodeId population) {
    struct Step {
      const Matrix<std::int16_t>* spikes;
      std::span<const Position> left;  // ascending
    };
    std::vector<Step> steps;
    for (std::uint32_t step = window_.begin; step < window_.end; ++step)
      if (const auto& changed = this->changed(population, step); !changed.empty())
        steps.push_back({&pasts_[population].at(step).spikes, changed});
    std::vector<StepSpikes::Row> rows;
    std::vector<std::uint32_t> starts;
    std::vector<const std::int16_t*> counts;
    for (const Position position : all_) {
      starts.push_back(static_cast<std::uint32_t>(rows.size()));
      for (std::uint32_t u = 0; u < steps.size(); ++u) {
        if (steps[u].left.empty() || steps[u].left.front() != position) continue;
        steps[u].left = steps[u].left.subspan(1);
        rows.push_back({position, u});
        counts.push_back(steps[u].spikes->row(position));
      }
    }
    return {std::move(rows), CountBatch(counts, pasts_[population].frames.back().spikes.columns(), starts)};
  }

  const SpikingGraph& graph_;
  const Timetable& timetable_;
  NetworkState& state_;
  Probe* probe_;
  Position first_, end_;
  std::vector<Position> all_;
  std::uint32_t at_once_;
  Window window_;
  std::vector<Past> pasts_;
  std::vector<std::map<Tick, std::vector<Position>>> waiting_;  // per population: rows that act at a later step
  SimulationTiming timing_;
};

}  // namespace

bool runs_in_layers(const SpikingGraph& graph, const TimeSettings& settings) {
  const Timetable timetable(graph, settings);
  if (settings.horizon.kind == Horizon::Kind::tick && settings.horizon.tick < timetable.boundary(timetable.steps()))
    return false;
  for (NodeId id = 0; id < graph.size(); ++id) {
    const auto* population = std::get_if<Population>(&graph.node(id));
    const bool by_step = population == nullptr || clocked(population->neuron) ||
                         (settings.ticks_per_step == 1 && settings.horizon.kind != Horizon::Kind::quiescence);
    if (graph.travels(id) || !by_step) return false;
  }
  return true;
}

std::uint32_t steps_at_once(std::size_t widest, std::size_t positions) {
  constexpr std::size_t bytes_in_cache = std::size_t{1} << 24;
  return static_cast<std::uint32_t>(std::max<std::size_t>(1, bytes_in_cache / (widest * positions * sizeof(float))));
}

SimulationTiming run_in_layers(const SpikingGraph& graph, const Timetable& timetable, NetworkState& state,
                               Position first, Position end, std::uint32_t at_once, Probe* probe) {
  return LayeredRun(graph, timetable, state, first, end, at_once, probe).finish();
}

}  // namespace snnsim
