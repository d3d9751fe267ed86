#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/kernels/count_batch.hpp"
#include "core/matrix.hpp"
#include "core/operation_count.hpp"
#include "core/simulation/population_activity.hpp"
#include "core/simulation/volley.hpp"
#include "core/spiking_graph.hpp"

namespace snnsim {

/// Rows of a population that were updated at one tick; valid during a call of a Probe.
struct PopulationUpdate {
  NodeId population = 0;
  Tick tick = 0;
  std::span<const Position> rows;      // ascending
  const Matrix<float>& drive;          // X(t) (positions × width)
  const Matrix<std::int16_t>& spikes;  // s(t) of the rows' last update (positions × at least width)
};

/// Watches a running simulation; called on the simulating thread, for each population in the order of ticks.
class Probe {
 public:
  virtual ~Probe() = default;
  /// After each update of rows of a population.
  virtual void on_update(const PopulationUpdate& update) = 0;
  /// When input reaches rows of a clocked population after its last step; the spikes are those of that step.
  virtual void on_late(const PopulationUpdate& /*update*/) {}
  /// After each update of the network's output; value: (positions × width), of which rows that are simulated count.
  virtual void on_output(Tick /*tick*/, const Matrix<float>& /*value*/) {}
};

/// What a node shows to the others at a moment.
struct Frame {
  Matrix<float> value;               // (positions × width): see NetworkState::value
  Matrix<std::int16_t> spikes;       // population: s of the row's last update (positions × padded width)
  std::vector<std::uint32_t> steps;  // population: updates of each row
};

/// An update of rows of a node: what its inputs show at that moment, and where it writes what it shows itself.
struct NodeUpdate {
  std::span<const Position> rows;  // ascending
  Moment now;
  std::vector<const Frame*> inputs;  // by slot
  Frame* shown = nullptr;
};

/// Spikes of a population in several steps, position after position and of each step after step: dense integer synapses
/// meet them together.
struct StepSpikes {
  struct Row {
    Position position = 0;
    std::uint32_t update = 0;  // which of those of the synapses
  };
  std::vector<Row> rows;
  CountBatch batch;  // of these; a position is a sequence
};

/// The arrays of a running network, one row per token position, and the one rule by which each kind of node is updated.
/// Executors decide when; what happens is here, so they cannot disagree about it.
class NetworkState {
 public:
  NetworkState(const SpikingGraph& graph, std::uint32_t timesteps);

  std::size_t positions() const { return positions_; }
  /// Forgets all positions and counts.
  void clear();
  /// Appends `count` positions with the given external input (count × source width).
  void append(const Matrix<float>& input);
  /// Appends `count` positions that are settled from the start and emit nothing.
  void append_settled(std::size_t count);
  /// The cumulative value that a settled position shows to the readers of a node; values: (width).
  void set_value(NodeId node, Position position, std::span<const float> values);

  /// What an update did.
  struct Updated {
    std::vector<Position> changed;  // rows whose output changed, ascending
    struct Again {
      Tick tick = 0;
      Position row = 0;
    };
    std::vector<Again> again;  // rows that must be updated at a later tick without new input, ascending by row
  };
  /// Brings rows of a node up to date. Nodes of one rank may be updated at the same time, after prepare() of each.
  Updated update(NodeId node, std::span<const Position> rows, const Moment& now);
  /// Brings the input of rows of a projection into the form that it shares with other projections.
  void prepare(NodeId node, std::span<const Position> rows);

  /// What rows of a population emitted at their last update.
  std::shared_ptr<const Volley> volley(NodeId population, const std::vector<Position>& rows, FlightMeter& meter) const;
  /// Spikes that have travelled (SpikingGraph::travels) arrive at a projection. Returns the rows whose value changed.
  std::vector<Position> deliver(NodeId projection, std::span<const Arrival> arrivals);

  /// The same of a node that is no source for several moments, one after the other; of a population, with the same
  /// rows in each. Dense integer synapses take all `spikes` of their input at once.
  std::vector<Updated> update(NodeId node, std::span<const NodeUpdate> updates, const StepSpikes* spikes = nullptr);
  /// What a node shows; another frame of that shape may be put in its place.
  const Frame& frame(NodeId node) const { return nodes_[node]; }
  void exchange(NodeId node, Frame& frame) { std::swap(static_cast<Frame&>(nodes_[node]), frame); }

  /// The rows of a successor that depend on changed rows of its input; `end` is one past the last active position.
  std::vector<Position> dependents(SpikingGraph::Successor successor, std::span<const Position> changed,
                                   Position end) const;

  /// Cumulative value (positions × width) that a source, operator or projection hands on, and a population too where an
  /// operator or float synapses read it, or it is the output.
  const Matrix<float>& value(NodeId node) const { return nodes_[node].value; }
  /// X of a population: the value of its input.
  const Matrix<float>& drive(NodeId population) const { return nodes_[graph_.inputs(population)[0]].value; }
  /// s of each row's last update (positions × padded width).
  const Matrix<std::int16_t>& spikes(NodeId population) const { return nodes_[population].spikes; }
  /// Emitted count Σ (s - α) of one neuron row after the last step, an integer there; out: (width).
  void emitted(NodeId population, Position position, std::span<std::int32_t> out) const;

  /// Counts input that reached rows of a clocked population after its last step.
  void note_late(NodeId population, std::size_t rows) {
    nodes_[population].activity.late += rows * graph_.width(population);
  }

  const PopulationActivity& activity(NodeId population) const { return nodes_[population].activity; }
  /// Counts since the last clear(), derived from the activities; see OperationCount. Of the whole network: those of its
  /// projections, the updates of neurons and the analog operators.
  OperationCount operations() const;
  /// The part of one projection.
  OperationCount operations(NodeId projection) const;

 private:
  struct NodeState : Frame {
    Matrix<float> input;                // source: the whole external input; float synapses: what has travelled there
    Matrix<std::int32_t> accumulators;  // integer synapses: (positions × padded out); population: (· × words * width);
                                        // float synapses: counts that have travelled there (positions × in)
    Matrix<std::int32_t> offsets;  // projection to which offsets have travelled: how many, weighted; as accumulators
    PopulationActivity activity;   // population; sparse synapses: what they were reached by
    AnalogCount analog;
    bool has_readers = true;  // population: somebody reads its value
    // population: spikes of these rows as the kernels read them, made for the first projection that asks
    std::optional<CountBatch> batch;
    std::vector<Position> batch_rows;
  };

  NodeUpdate as_it_is(NodeId id, std::span<const Position> rows, const Moment& now);
  std::vector<Position> update_source(NodeState& state, const Source& source, std::span<const Position> rows,
                                      std::uint32_t step);
  std::vector<Updated> update_population(NodeId id, const Population& population, std::span<const NodeUpdate> updates);
  void count_reached(NodeId population, const NodeUpdate& update);
  PopulationActivity reached(NodeId projection) const;
  void update_operator(NodeId id, const Operator& op, std::span<const NodeUpdate> updates);
  void update_projection(NodeId id, const Projection& projection, const NodeUpdate& update);
  void receive(NodeId id, const Projection& projection, std::span<const NodeUpdate> updates, const StepSpikes& spikes);
  void write_drives(NodeId id, const Projection& projection, const NodeUpdate& update);
  void write_drive(NodeId id, const Projection& projection, const NodeUpdate& update, Position row);
  void write_values(const Population& population, const NodeState& state, Position row, Frame& shown) const;
  std::vector<Position> accept(NodeId id, NodeState& state, const Projection& projection, const Arrival& arrival);
  bool offsets_travel(NodeId projection) const;
  void resize(std::size_t positions);

  const SpikingGraph& graph_;
  std::uint32_t timesteps_;
  std::size_t positions_ = 0, simulated_positions_ = 0;
  std::vector<NodeState> nodes_;
};

}  // namespace snnsim
