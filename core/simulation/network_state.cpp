#include "core/simulation/network_state.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "core/parallel.hpp"
#include "core/simulation/row_updates.hpp"

namespace snnsim {

namespace {

constexpr std::size_t kGrain = 4;  // rows of a task

std::size_t state_columns(const Population& population) {
  return state_words(population.neuron) * population.width();
}

/// Net emitted count of one neuron row, offsets not yet taken off.
void net_count(const Population& population, const std::int32_t* state, std::span<std::int32_t> out) {
  std::copy_n(state, out.size(), out.begin());
  if (counts_signs_apart(population.neuron))
    for (std::size_t j = 0; j < out.size(); ++j) out[j] -= state[out.size() + j];
}

void add(AnalogCount& to, const AnalogCount& from) {
  to.multiply_accumulates += from.multiply_accumulates;
  to.exponentials += from.exponentials;
  to.divisions += from.divisions;
}

/// How accumulators become a drive.
struct DriveRule {
  std::span<const float> scale;
  std::span<const std::int32_t> row_sums;  // of the weights
};

DriveRule drive_rule(const Projection& projection) {
  if (const auto* sparse = std::get_if<SparseSynapses>(&projection.synapses))
    return {sparse->scale, sparse->weights->row_sums()};
  const auto& dense = std::get<IntegerSynapses>(projection.synapses);
  return {dense.scale, dense.weights->row_sums()};
}

}  // namespace

NetworkState::NetworkState(const SpikingGraph& graph, std::uint32_t timesteps)
    : graph_(graph), timesteps_(timesteps), nodes_(graph.size()) {
  for (const NodeId id : graph.populations()) {
    const auto reads_values = [&](SpikingGraph::Successor next) {
      const auto* projection = std::get_if<Projection>(&graph.node(next.node));
      return projection == nullptr || !projection->counts_spikes();
    };
    nodes_[id].has_readers = id == graph.output() || std::ranges::any_of(graph.successors(id), reads_values);
  }
  resize(0);
}

void NetworkState::clear() {
  for (NodeState& state : nodes_) {
    const bool has_readers = state.has_readers;
    state = NodeState{};
    state.has_readers = has_readers;
  }
  simulated_positions_ = 0;
  resize(0);
}

void NetworkState::resize(std::size_t positions) {
  const auto grow = [&](auto& matrix, std::size_t columns) {
    if (matrix.columns() != columns) matrix = std::remove_reference_t<decltype(matrix)>(0, columns);
    matrix.resize_rows(positions);
  };
  for (NodeId id = 0; id < graph_.size(); ++id) {
    NodeState& state = nodes_[id];
    if (state.has_readers) grow(state.value, graph_.width(id));
    if (const auto* source = std::get_if<Source>(&graph_.node(id)))
      grow(state.input, source->schedule == SourceSchedule::signal ? 0 : source->width);
    if (const auto* projection = std::get_if<Projection>(&graph_.node(id))) {
      if (projection->counts_spikes()) grow(state.accumulators, padded_outputs(projection->out()));
      if (graph_.travels(id) && !projection->counts_spikes()) {
        grow(state.accumulators, projection->in());
        grow(state.input, projection->in());
      }
      if (offsets_travel(id)) grow(state.offsets, state.accumulators.columns());
    }
    if (const auto* population = std::get_if<Population>(&graph_.node(id))) {
      grow(state.accumulators, state_columns(*population));
      grow(state.spikes, padded_inputs(population->width()));
      state.steps.resize(positions, 0);
    }
  }
  positions_ = positions;
}

void NetworkState::append(const Matrix<float>& input) {
  const std::size_t first = positions_;
  resize(first + input.rows());
  simulated_positions_ += input.rows();
  for (NodeId id = 0; id < graph_.size(); ++id) {
    const auto* source = std::get_if<Source>(&graph_.node(id));
    if (source == nullptr || source->schedule == SourceSchedule::signal) continue;
    for (std::size_t r = 0; r < input.rows(); ++r)
      std::copy_n(input.row(r), input.columns(), nodes_[id].input.row(first + r));
  }
}

void NetworkState::append_settled(std::size_t count) {
  resize(positions_ + count);
}

void NetworkState::set_value(NodeId node, Position position, std::span<const float> values) {
  assert(nodes_[node].has_readers && values.size() == nodes_[node].value.columns());
  std::ranges::copy(values, nodes_[node].value.row(position));
}

NodeUpdate NetworkState::as_it_is(NodeId id, std::span<const Position> rows, const Moment& now) {
  NodeUpdate update{rows, now, {}, &nodes_[id]};
  for (const NodeId input : graph_.inputs(id)) update.inputs.push_back(&nodes_[input]);
  return update;
}

NetworkState::Updated NetworkState::update(NodeId id, std::span<const Position> rows, const Moment& now) {
  if (const auto* source = std::get_if<Source>(&graph_.node(id)))
    return {update_source(nodes_[id], *source, rows, now.step), {}};
  const NodeUpdate update = as_it_is(id, rows, now);
  return std::move(this->update(id, {&update, 1})[0]);
}

std::vector<NetworkState::Updated> NetworkState::update(NodeId id, std::span<const NodeUpdate> updates,
                                                        const StepSpikes* spikes) {
  const SpikingGraph::Node& node = graph_.node(id);
  if (const auto* population = std::get_if<Population>(&node)) return update_population(id, *population, updates);
  if (const auto* op = std::get_if<std::shared_ptr<const Operator>>(&node)) update_operator(id, **op, updates);
  if (const auto* projection = std::get_if<Projection>(&node)) {
    if (spikes != nullptr) receive(id, *projection, updates, *spikes);
    for (std::size_t k = 0; spikes == nullptr && k < updates.size(); ++k)
      update_projection(id, *projection, updates[k]);
  }
  std::vector<Updated> updated;
  for (const NodeUpdate& update : updates) updated.push_back({{update.rows.begin(), update.rows.end()}, {}});
  return updated;
}

std::vector<Position> NetworkState::update_source(NodeState& state, const Source& source,
                                                  std::span<const Position> rows, std::uint32_t step) {
  if (source.schedule == SourceSchedule::impulse && step > 1) return {};
  if (source.schedule == SourceSchedule::signal) {
    std::vector<Position> changed;
    for (const Position r : rows)
      if (source.signal->advance(r, step, {state.value.row(r), source.width})) changed.push_back(r);
    return changed;
  }
  const bool whole = source.schedule == SourceSchedule::impulse || step == timesteps_;
  const float share = static_cast<float>(step) / static_cast<float>(timesteps_);
  for (const Position r : rows)
    for (std::size_t i = 0; i < source.width; ++i)
      state.value.row(r)[i] = whole ? state.input.row(r)[i] : state.input.row(r)[i] * share;
  return {rows.begin(), rows.end()};
}

void NetworkState::write_values(const Population& population, const NodeState& state, Position row,
                                Frame& shown) const {
  const Offset taken_off{timesteps_, shown.steps[row], offset(population.neuron)};
  if (!counts_signs_apart(population.neuron))
    return scale_counts(population.threshold, state.accumulators.row(row), taken_off, shown.value.row(row));
  thread_local std::vector<std::int32_t> counts;
  counts.resize(population.width());
  net_count(population, state.accumulators.row(row), counts);
  scale_counts(population.threshold, counts.data(), taken_off, shown.value.row(row));
}

std::vector<NetworkState::Updated> NetworkState::update_population(NodeId id, const Population& population,
                                                                   std::span<const NodeUpdate> updates) {
  struct RowResult {
    PopulationActivity activity;
    std::int32_t next_update = 0;
  };
  NodeState& state = nodes_[id];
  const std::span<const Position> rows = updates[0].rows;
  Matrix<RowResult> results(updates.size(), rows.size());
  parallel_for(
      rows.size(),
      [&](std::size_t k) {
        const Position r = rows[k];
        for (std::size_t u = 0; u < updates.size(); ++u) {
          Frame& shown = *updates[u].shown;
          if (u > 0) shown.steps[r] = updates[u - 1].shown->steps[r];
          const std::uint32_t step = ++shown.steps[r];
          const NeuronRow row{population.width(),
                              updates[u].inputs[0]->value.row(r),
                              population.threshold.data(),
                              population.initial_potential.data(),
                              state.accumulators.row(r),
                              shown.spikes.row(r),
                              step,
                              static_cast<std::int32_t>(updates[u].now.tick),
                              population.added_potential(step)};
          results.row(u)[k] = {update_neurons(population.neuron, row), next_update(population.neuron, row)};
          if (state.has_readers) write_values(population, state, r, shown);
        }
      },
      kGrain);
  state.batch.reset();
  std::vector<Updated> updated(updates.size());
  for (std::size_t u = 0; u < updates.size(); ++u) {
    count_reached(id, updates[u]);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const RowResult& row = results.row(u)[k];
      state.activity += row.activity;
      if (row.activity.spikes > 0 || offset(population.neuron) != 0) updated[u].changed.push_back(rows[k]);
      if (row.next_update > 0) updated[u].again.push_back({static_cast<Tick>(row.next_update), rows[k]});
    }
  }
  return updated;
}

/// Adds what the spikes of rows reach in every sparse projection of a population.
void NetworkState::count_reached(NodeId population, const NodeUpdate& update) {
  for (const SpikingGraph::Successor next : graph_.successors(population)) {
    const auto* projection = std::get_if<Projection>(&graph_.node(next.node));
    const auto* sparse = projection == nullptr ? nullptr : std::get_if<SparseSynapses>(&projection->synapses);
    if (sparse == nullptr) continue;
    std::vector<PopulationActivity> reached(update.rows.size());
    parallel_for(update.rows.size(), [&](std::size_t k) {
      reached[k] = sparse->weights->reach({update.shown->spikes.row(update.rows[k]), sparse->weights->in()});
    });
    for (const PopulationActivity& row : reached) nodes_[next.node].activity += row;
  }
}

void NetworkState::update_projection(NodeId id, const Projection& projection, const NodeUpdate& update) {
  NodeState& state = nodes_[id];
  if (const auto* sparse = std::get_if<SparseSynapses>(&projection.synapses))
    accumulate(*sparse->weights, update.inputs[0]->spikes, update.rows, update.rows, state.accumulators);
  if (const auto* synapses = std::get_if<IntegerSynapses>(&projection.synapses)) {
    prepare(id, update.rows);
    accumulate(*synapses->weights, *nodes_[graph_.inputs(id)[0]].batch, state.accumulators);
  }
  write_drives(id, projection, update);
}

/// Adds the spikes of several steps to what has reached integer synapses, and writes the drive after each.
class Receiver : public ProductSink {
 public:
  /// steps: of each row of the batch.
  Receiver(const DriveRule& rule, std::vector<DriveStep> steps) : rule_(rule), steps_(std::move(steps)) {}

  void take(const ProductTile& tile) override { receive_products(tile, steps_, rule_.scale, rule_.row_sums.data()); }

  void expect(std::uint32_t row, std::size_t first_output) override {
    const DriveStep& step = steps_[row];
    fetch(step.drive + first_output);
    if (row == 0 || steps_[row - 1].sums != step.sums) fetch(step.sums + first_output);
  }

 private:
  /// The part of a row that belongs to a tile.
  template <typename T>
  static void fetch(const T* part) {
    for (std::size_t i = 0; i < IntegerWeights::kTile; i += 64 / sizeof(T)) __builtin_prefetch(part + i, 1);
  }

  DriveRule rule_;
  std::vector<DriveStep> steps_;
};

void NetworkState::receive(NodeId id, const Projection& projection, std::span<const NodeUpdate> updates,
                           const StepSpikes& spikes) {
  const std::int32_t taken_off = offset(graph_.population(graph_.inputs(id)[0]).neuron);
  std::vector<DriveStep> steps;
  for (const auto& [position, update] : spikes.rows) {
    const NodeUpdate& now = updates[update];
    steps.push_back({nodes_[id].accumulators.row(position),
                     {timesteps_, now.inputs[0]->steps[position], taken_off},
                     now.shown->value.row(position)});
  }
  Receiver receiver(drive_rule(projection), std::move(steps));
  multiply(*std::get<IntegerSynapses>(projection.synapses).weights, spikes.batch, receiver);
}

/// The cumulative value of rows of a projection, from the counts that have reached its synapses.
void NetworkState::write_drives(NodeId id, const Projection& projection, const NodeUpdate& update) {
  NodeState& state = nodes_[id];
  const bool travels = graph_.travels(id);
  const auto* floating = std::get_if<FloatSynapses>(&projection.synapses);
  if (floating == nullptr)
    return parallel_for(
        update.rows.size(), [&](std::size_t k) { write_drive(id, projection, update, update.rows[k]); }, kGrain);
  if (travels) {
    const Population& population = graph_.population(graph_.inputs(id)[0]);
    const bool with_offsets = offsets_travel(id);
    for (const Position r : update.rows)
      scale_counts(population.threshold, state.accumulators.row(r), {timesteps_, 1, offset(population.neuron)},
                   with_offsets ? state.offsets.row(r) : nullptr, state.input.row(r));
  }
  multiply(*floating->weights, travels ? state.input : update.inputs[0]->value, update.rows, update.shown->value,
           OutputRows::scattered);
}

/// The same of one row behind integer synapses.
void NetworkState::write_drive(NodeId id, const Projection& projection, const NodeUpdate& update, Position row) {
  NodeState& state = nodes_[id];
  const DriveRule rule = drive_rule(projection);
  const Offset taken_off{timesteps_, graph_.travels(id) ? 1 : update.inputs[0]->steps[row],
                         offset(graph_.population(graph_.inputs(id)[0]).neuron)};
  const std::int32_t* unit = offsets_travel(id) ? state.offsets.row(row) : rule.row_sums.data();
  scale_counts(rule.scale, state.accumulators.row(row), taken_off, unit, update.shown->value.row(row));
}

void NetworkState::prepare(NodeId id, std::span<const Position> rows) {
  const auto* projection = std::get_if<Projection>(&graph_.node(id));
  if (projection == nullptr || !std::holds_alternative<IntegerSynapses>(projection->synapses)) return;
  NodeState& input = nodes_[graph_.inputs(id)[0]];
  if (input.batch && std::ranges::equal(input.batch_rows, rows)) return;
  input.batch.emplace(input.spikes, rows);
  input.batch_rows.assign(rows.begin(), rows.end());
}

void NetworkState::update_operator(NodeId id, const Operator& op, std::span<const NodeUpdate> updates) {
  parallel_for(updates.size(), [&](std::size_t u) {
    std::vector<const Matrix<float>*> inputs;
    for (const Frame* input : updates[u].inputs) inputs.push_back(&input->value);
    op.evaluate(inputs, updates[u].rows, updates[u].shown->value);
  });
  AnalogCount work;  // of an update; mostly that of the one before
  for (std::size_t u = 0; u < updates.size(); ++u) {
    if (u == 0 || !std::ranges::equal(updates[u].rows, updates[u - 1].rows)) {
      work = {};
      for (const Position r : updates[u].rows) add(work, op.count(r));
    }
    add(nodes_[id].analog, work);
  }
}

std::vector<Position> NetworkState::dependents(SpikingGraph::Successor successor, std::span<const Position> changed,
                                               Position end) const {
  const auto* op = std::get_if<std::shared_ptr<const Operator>>(&graph_.node(successor.node));
  if (op == nullptr || changed.empty() || !(*op)->reads_earlier_positions(successor.slot))
    return {changed.begin(), changed.end()};
  std::vector<Position> rows(end - changed.front());
  std::iota(rows.begin(), rows.end(), changed.front());
  return rows;
}

void NetworkState::emitted(NodeId id, Position position, std::span<std::int32_t> out) const {
  const Population& population = graph_.population(id);
  const NodeState& state = nodes_[id];
  net_count(population, state.accumulators.row(position), out);
  const std::int32_t taken_off = offset(population.neuron);
  assert(taken_off == 0 || state.steps[position] == timesteps_);
  for (std::int32_t& count : out) count -= taken_off;
}

/// Spikes × the synapses of a projection that they reached.
PopulationActivity NetworkState::reached(NodeId id) const {
  const auto& projection = std::get<Projection>(graph_.node(id));
  if (std::holds_alternative<SparseSynapses>(projection.synapses)) return nodes_[id].activity;
  const PopulationActivity& input = nodes_[graph_.inputs(id)[0]].activity;
  const std::uint64_t synapses = projection.out();
  return {.spikes = input.spikes * synapses,
          .magnitude = input.magnitude * synapses,
          .shift_adds = input.shift_adds * synapses};
}

OperationCount NetworkState::operations(NodeId id) const {
  const auto& projection = std::get<Projection>(graph_.node(id));
  const PopulationActivity reached = this->reached(id);
  OperationCount count;
  count.synaptic_operations = reached.spikes;
  count.synaptic_magnitude = reached.magnitude;
  count.synaptic_shift_adds = reached.shift_adds;
  count.weight_bytes = reached.spikes * static_cast<unsigned>(projection.weight_bits) / 8;
  count.spike_messages = nodes_[graph_.inputs(id)[0]].activity.spikes;
  count.multiply_accumulates = simulated_positions_ * projection.synapse_count();
  return count;
}

OperationCount NetworkState::operations() const {
  OperationCount count;
  for (NodeId id = 0; id < graph_.size(); ++id) {
    const NodeState& state = nodes_[id];
    if (std::holds_alternative<Population>(graph_.node(id))) {
      count.neuron_updates += state.activity.updates;
      count.neurons_active += state.activity.spikes;
    }
    if (std::holds_alternative<Projection>(graph_.node(id))) count += operations(id);
    if (const auto* op = std::get_if<std::shared_ptr<const Operator>>(&graph_.node(id))) {
      add(count.analog, state.analog);
      for (std::size_t r = positions_ - simulated_positions_; r < positions_; ++r)
        add(count.analog_once, (*op)->count(r));
    }
  }
  return count;
}

}  // namespace snnsim
