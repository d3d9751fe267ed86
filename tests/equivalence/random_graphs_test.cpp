// Both executors on random small networks: the same spikes, values, counts, timing and calls of the probe.
#include <algorithm>
#include <cstring>

#include <doctest/doctest.h>

#include "core/simulation/executor.hpp"
#include "core/simulation/layered_run.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/random.hpp"

namespace snnsim::tests {
namespace {

/// y_i = 1 + Σ_{r<=i} a_r: like attention it reads earlier positions, and f(0) is not 0.
class RunningSum final : public Operator {
 public:
  explicit RunningSum(std::size_t width) : width_(width) {}
  std::size_t width() const override { return width_; }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override {
    for (const std::uint32_t i : rows)
      for (std::size_t j = 0; j < width_; ++j) {
        float sum = 1;
        for (std::uint32_t r = 0; r <= i; ++r) sum += inputs[0]->row(r)[j];
        y.row(i)[j] = sum;
      }
  }
  bool reads_earlier_positions(std::size_t) const override { return true; }
  AnalogCount count(std::size_t position) const override { return {.multiply_accumulates = position * width_}; }

 private:
  std::size_t width_;
};

constexpr std::size_t kSourceWidth = 5;
constexpr std::int32_t kMostPositions = 2 + 3 * 4;  // see random_case()

/// Adds one random node after another; every kind of node may drive every other.
class RandomGraph {
 public:
  RandomGraph(Random& random, std::int32_t timesteps, bool all_clocked)
      : random_(random), timesteps_(timesteps), all_clocked_(all_clocked) {
    for (int i = random_.between(1, 2); i > 0; --i)
      graph.add(Source{kSourceWidth, flip() ? SourceSchedule::constant : SourceSchedule::impulse});
    if (flip()) graph.add(signal_source(random_signal()));
    for (int i = random_.between(3, 14); i > 0; --i) add_node();
    graph.set_output(static_cast<NodeId>(graph.size() - 1));
    graph.finish();
  }

  SpikingGraph graph;

 private:
  bool flip() { return random_.between(0, 1) == 0; }
  bool spikes(NodeId id) const { return std::holds_alternative<Population>(graph.node(id)); }

  void add_node() {
    const auto input = static_cast<NodeId>(random_.between(0, static_cast<std::int32_t>(graph.size()) - 1));
    const std::size_t width = graph.width(input);
    switch (random_.between(0, 6)) {
      case 0:
        graph.add(std::make_shared<RunningSum>(width), {input});
        return;
      case 1:
        add_sum(input);
        return;
      case 2:
        graph.add(random_float_projection(width), input);
        return;
      case 3:
      case 4:
        if (spikes(input)) {
          graph.add(random_integer_projection(width), input);
          return;
        }
        [[fallthrough]];
      default:
        graph.add(random_population(width), input);
    }
  }

  void add_sum(NodeId a) {
    for (NodeId b = 0; b < graph.size(); ++b)
      if (graph.width(b) == graph.width(a) && (b != a || flip())) {
        graph.add(std::make_shared<Sum>(graph.width(a)), {a, b});
        return;
      }
  }

  std::shared_ptr<const InputSignal> random_signal() {
    if (flip()) return std::make_shared<SteadyCurrent>(std::vector<float>{0.1F, -0.7F, 0, 1.3F});
    std::vector<SpikeEvent> events;
    for (int i = random_.between(0, 40); i > 0; --i)
      events.push_back({static_cast<std::uint32_t>(random_.between(1, timesteps_)),
                        static_cast<std::uint32_t>(random_.between(0, kMostPositions - 1)),
                        static_cast<std::uint32_t>(random_.between(0, 2)), random_.between(-2, 3)});
    return std::make_shared<SpikeTrains>(3, timesteps_, kMostPositions, std::move(events));
  }

  Projection random_float_projection(std::size_t in) {
    Matrix<float> weights(static_cast<std::size_t>(random_.between(1, 9)), in);
    for (float& w : weights.values()) w = random_.normal();
    return float_projection(std::move(weights));
  }

  Projection random_integer_projection(std::size_t in) {
    const auto out = static_cast<std::size_t>(random_.between(1, 40));
    std::vector<std::int8_t> weights(out * in);
    for (std::int8_t& w : weights) w = static_cast<std::int8_t>(random_.between(-7, 7));
    Projection projection = flip() ? integer_projection(out, in, weights) : sparse_projection(out, in, weights);
    auto* sparse = std::get_if<SparseSynapses>(&projection.synapses);
    auto& scales = sparse != nullptr ? sparse->scale : std::get<IntegerSynapses>(projection.synapses).scale;
    for (float& scale : scales) scale = 0.05F + random_.uniform();
    return projection;
  }

  Population random_population(std::size_t width) {
    const LevelRange range{-random_.between(1, 9), random_.between(1, 9)};
    const NeuronModel neurons[] = {
        SigmaDelta{range}, StBif{range, random_.between(1, 3), timesteps_, random_.between(1, 3)},
        IntegerSpiking{range, timesteps_}, IntegrateAndFire{range, timesteps_},
        LeakyIntegrateAndFire{random_.uniform(),
                              flip() ? LeakyIntegrateAndFire::Reset::zero : LeakyIntegrateAndFire::Reset::subtract,
                              random_.between(0, 2)}};
    Population result =
        population(neurons[random_.between(all_clocked_ ? 2 : 0, 4)], range, width, 0.1F + random_.uniform());
    if (random_.between(0, 3) == 0)
      for (float& start : result.initial_potential) start = 3 * random_.uniform() - 1;
    if (random_.between(0, 3) == 0) result.phase = static_cast<std::uint32_t>(random_.between(0, 3));
    if (random_.between(0, 5) == 0) result.phase.reset();
    return result;
  }

  Random& random_;
  std::int32_t timesteps_;
  bool all_clocked_;
};

/// Remembers every call and the drives it saw.
class Recorder final : public Probe {
 public:
  void on_update(const PopulationUpdate& update) override {
    calls.push_back({update.population,
                     update.tick,
                     {update.rows.begin(), update.rows.end()},
                     {update.drive.values().begin(), update.drive.values().end()},
                     {update.spikes.values().begin(), update.spikes.values().end()}});
  }
  struct Call {
    NodeId id;
    Tick tick;
    std::vector<Position> rows;
    std::vector<float> drive;
    std::vector<std::int16_t> spikes;
    bool operator==(const Call&) const = default;
  };
  void on_late(const PopulationUpdate& update) override { on_update(update); }
  /// Of one population after the other.
  std::vector<Call> sorted() const {
    std::vector<Call> result = calls;
    std::ranges::stable_sort(result, {}, &Call::id);
    return result;
  }
  std::vector<Call> calls;
};

Matrix<float> random_input(Random& random, std::size_t positions) {
  Matrix<float> input(positions, kSourceWidth);
  for (float& x : input.values()) x = random.between(0, 3) == 0 ? 0 : 2 * random.normal();
  return input;
}

/// Some settled positions, then the rest in one or more appends.
struct Case {
  std::int32_t timesteps;
  std::size_t settled;
  std::vector<Matrix<float>> appended;
};

struct Finished {
  NetworkState state;
  Recorder recorder;
  std::vector<Tick> timing;
};

/// Layers, whatever the number of earlier positions.
class Layers final : public Executor {
 public:
  Layers(const SpikingGraph& graph, const TimeSettings& settings, std::uint32_t at_once)
      : graph_(graph), timetable_(graph, settings), at_once_(at_once) {}
  std::string_view name() const override { return "layers"; }
  SimulationTiming run(NetworkState& state, Position first, Position end, Probe* probe) const override {
    return run_in_layers(graph_, timetable_, state, first, end, at_once_, probe);
  }

 private:
  const SpikingGraph& graph_;
  Timetable timetable_;
  std::uint32_t at_once_;
};

Finished run(const SpikingGraph& graph, const Case& c, const Executor& executor) {
  Finished result{NetworkState(graph, static_cast<std::uint32_t>(c.timesteps)), {}, {}};
  result.state.append_settled(c.settled);
  for (NodeId id = 0; id < graph.size(); ++id)  // what settled positions show to operators that look back
    for (Position r = 0; r < c.settled; ++r)
      if (!std::holds_alternative<Population>(graph.node(id)))
        result.state.set_value(id, r, std::vector<float>(graph.width(id), 0.5F));
  for (const Matrix<float>& input : c.appended) {
    const auto first = static_cast<Position>(result.state.positions());
    result.state.append(input);
    const auto end = static_cast<Position>(result.state.positions());
    const SimulationTiming timing = executor.run(result.state, first, end, &result.recorder);
    result.timing.insert(result.timing.end(), {timing.first_output, timing.quiescence, timing.horizon});
  }
  return result;
}

std::vector<std::int32_t> emitted(const SpikingGraph& graph, const NetworkState& state, NodeId id, Position row) {
  std::vector<std::int32_t> counts(graph.width(id));
  state.emitted(id, row, counts);
  return counts;
}

void check_same(const SpikingGraph& graph, const Case& c, const Finished& a, const Finished& b) {
  for (NodeId id = 0; id < graph.size(); ++id) {
    const std::span<const float> x = a.state.value(id).values(), y = b.state.value(id).values();
    REQUIRE(x.size() == y.size());
    CHECK((x.empty() || std::memcmp(x.data(), y.data(), x.size_bytes()) == 0));
  }
  for (const NodeId id : graph.populations()) {
    CHECK(a.state.activity(id) == b.state.activity(id));
    for (auto r = static_cast<Position>(c.settled); r < a.state.positions(); ++r)
      CHECK(emitted(graph, a.state, id, r) == emitted(graph, b.state, id, r));
  }
  CHECK(a.state.operations() == b.state.operations());
  CHECK(a.timing == b.timing);
  CHECK(a.recorder.sorted() == b.recorder.sorted());
}

/// Exact populations emit what a quantizer with their initial potential gives for the drive they received in total.
void check_exact_populations(const SpikingGraph& graph, const Case& c, const NetworkState& state) {
  for (const NodeId id : graph.populations()) {
    const Population& p = graph.population(id);
    if (!std::holds_alternative<SigmaDelta>(p.neuron)) continue;
    for (auto r = static_cast<Position>(c.settled); r < state.positions(); ++r)
      for (std::size_t j = 0; j < p.width(); ++j)
        CHECK(emitted(graph, state, id, r)[j] ==
              SigmaDelta::target(state.drive(id).row(r)[j], p.threshold[j], p.initial_potential[j], p.range));
  }
}

Case random_case(Random& random) {
  Case c{random.between(1, 6), static_cast<std::size_t>(random.between(0, 2)), {}};
  for (int i = random.between(1, 3); i > 0; --i)
    c.appended.push_back(random_input(random, static_cast<std::size_t>(random.between(1, 4))));
  return c;
}

}  // namespace

TEST_CASE("executors agree on random networks, with and without a queue") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    Random random{seed};
    const Case c = random_case(random);
    const RandomGraph random_graph(random, c.timesteps, seed % 2 == 0);
    const SpikingGraph& graph = random_graph.graph;
    const TimeSettings settings{.timesteps = static_cast<std::uint32_t>(c.timesteps),
                                .horizon = {seed % 3 == 0 ? Horizon::Kind::quiescence : Horizon::Kind::steps}};
    const Finished stepped = run(graph, c, *make_stepped_executor(graph, settings));
    const Finished queued = run(graph, c, *make_queue_executor(graph, settings));
    check_same(graph, c, stepped, queued);
    CHECK(queued.recorder.calls == stepped.recorder.calls);
    check_same(graph, c, stepped, run(graph, c, *make_event_executor(graph, settings)));
    if (runs_in_layers(graph, settings))
      for (const std::uint32_t at_once : {1U, 2U, 5U})
        check_same(graph, c, stepped, run(graph, c, Layers(graph, settings, at_once)));
    check_exact_populations(graph, c, stepped.state);
  }
}

}  // namespace snnsim::tests
