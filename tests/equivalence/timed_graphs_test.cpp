// The event engine with delays, jitter, phases and cycles against a simulator of single spikes: the same spikes.
#include <algorithm>

#include <doctest/doctest.h>

#include "core/simulation/executor.hpp"
#include "tests/equivalence/brute_force.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/random.hpp"

namespace snnsim::tests {
namespace {

using Kind = SmallNetwork::Kind;
using Group = SmallNetwork::Group;
using Link = SmallNetwork::Link;

/// One network twice: in whole numbers, and as a graph of the library with `kTrials` rows of input.
class RandomNetwork {
 public:
  static constexpr std::size_t kTrials = 2;

  explicit RandomNetwork(std::uint64_t seed) : random_{seed}, seed_(seed) {
    n_.timesteps = std::int64_t{1} << random_.between(0, 2);
    n_.ticks_per_step = random_.between(1, 4);
    n_.cyclic = random_.between(0, 3) == 0;
    n_.settles = !n_.cyclic && random_.between(0, 3) == 0;
    for (int g = random_.between(1, 4); g > 0; --g) n_.groups.push_back(random_group());
    for (int l = random_.between(1, 6); l > 0; --l) n_.links.push_back(random_link());
    n_.end = n_.cyclic ? 12 * n_.ticks_per_step : 400;  // acyclic: longer than anything lasts
    build();
  }

  /// What the brute force emits for one row of input.
  std::vector<Emission> expected(std::size_t trial) {
    for (Group& group : n_.groups)
      if (!group.input.empty())
        std::rotate(group.input.begin(), group.input.begin() + (trial > 0 ? 1 : 0), group.input.end());
    return simulate_by_brute_force(n_);
  }

  std::vector<std::vector<Emission>> simulated() {
    Horizon horizon{n_.settles ? Horizon::Kind::quiescence : Horizon::Kind::steps};
    if (n_.cyclic) horizon = {Horizon::Kind::tick, static_cast<Tick>(n_.end)};
    const TimeSettings settings{.timesteps = static_cast<std::uint32_t>(n_.timesteps),
                                .ticks_per_step = static_cast<std::uint32_t>(n_.ticks_per_step),
                                .seed = seed_,
                                .horizon = horizon};
    NetworkState state(graph_, settings.timesteps);
    state.append(input());
    Recorder recorder(graph_);
    make_event_executor(graph_, settings)->run(state, 0, kTrials, &recorder);
    for (auto& emissions : recorder.emissions) std::ranges::sort(emissions);
    return recorder.emissions;
  }

 private:
  class Recorder final : public Probe {
   public:
    explicit Recorder(const SpikingGraph& graph) : graph_(graph) {}
    void on_update(const PopulationUpdate& update) override {
      const auto group = std::ranges::find(graph_.populations(), update.population) - graph_.populations().begin();
      for (const Position r : update.rows)
        for (std::size_t j = 0; j < graph_.width(update.population); ++j)
          if (update.spikes.row(r)[j] != 0)
            emissions[r].push_back(
                {static_cast<std::int64_t>(update.tick), group, static_cast<std::int64_t>(j), update.spikes.row(r)[j]});
    }
    std::vector<std::vector<Emission>> emissions = std::vector<std::vector<Emission>>(kTrials);

   private:
    const SpikingGraph& graph_;
  };

  Group random_group() {
    Group group{.kind = static_cast<Kind>(random_.between(0, 3)), .size = random_.between(1, 5)};
    group.threshold = std::int64_t{1} << random_.between(0, 3);
    group.low = -random_.between(1, 8);
    group.high = random_.between(1, 8);
    group.max_spikes = random_.between(1, 3);
    group.refractory = random_.between(1, 5);
    group.phase = std::max(0, random_.between(-3, 3));
    if (n_.groups.empty() || random_.between(0, 2) == 0)
      for (std::int64_t i = 0; i < group.size; ++i) group.input.push_back(random_.between(-6, 6));
    return group;
  }

  Link random_link() {
    const auto last = static_cast<std::int32_t>(n_.groups.size()) - 1;
    Link link{.from = static_cast<std::size_t>(random_.between(0, last)),
              .to = static_cast<std::size_t>(random_.between(0, last))};
    link.delay = random_.between(0, 7);
    if (n_.cyclic && n_.links.empty()) link.from = link.to;  // at least one cycle
    const bool backwards = link.from >= link.to;
    if (backwards && n_.cyclic) link.delay += 1;
    if (backwards && !n_.cyclic && last > 0)
      link.from = 0, link.to = static_cast<std::size_t>(random_.between(1, last));
    if (backwards && !n_.cyclic && last == 0) link.delay = -1;  // no place for it
    link.weights.assign(n_.groups[link.to].size, std::vector<std::int64_t>(n_.groups[link.from].size));
    for (auto& row : link.weights)
      for (std::int64_t& w : row) w = random_.between(-3, 3);
    return link;
  }

  void build() {
    std::erase_if(n_.links, [](const Link& link) { return link.delay < 0; });
    for (std::size_t l = 0; l < n_.links.size(); ++l) projections_.push_back(add_projection(n_.links[l]));
    const NodeId source = graph_.add(Source{kWidth});
    std::vector<NodeId> populations;
    for (std::size_t g = 0; g < n_.groups.size(); ++g) populations.push_back(add_population(g, source));
    for (std::size_t l = 0; l < n_.links.size(); ++l) graph_.connect(populations[n_.links[l].from], projections_[l]);
    graph_.set_output(populations.back());
    graph_.finish();
  }

  NodeId add_projection(Link& link) {
    const std::size_t in = link.weights[0].size(), out = link.weights.size();
    std::vector<std::int8_t> weights;
    for (const auto& row : link.weights) weights.insert(weights.end(), row.begin(), row.end());
    Projection projection =
        random_.between(0, 2) == 0 ? sparse_projection(out, in, weights) : integer_projection(out, in, weights);
    projection.axon = {static_cast<std::uint32_t>(link.delay),
                       static_cast<std::uint16_t>(std::max(0, random_.between(-2, 3)))};
    if (random_.between(0, 4) == 0) {  // the same weights in floating point
      Matrix<float> values(out, in);
      std::ranges::copy(weights, values.values().begin());
      const Axon axon = projection.axon;
      projection = float_projection(std::move(values));
      projection.axon = axon;
    }
    const auto id = static_cast<NodeId>(graph_.size());
    if (projection.axon.jitter > 0)
      for (std::uint32_t step = 1; step <= 450; ++step) {
        const Lags late = lags(seed_, id, step, in, projection.axon.jitter);
        link.lag.emplace_back(late.begin(), late.end());
      }
    const std::int64_t threshold = n_.groups[link.from].threshold;  // a spike of value θ
    const std::vector<float> scale(out, static_cast<float>(threshold));
    if (auto* synapses = std::get_if<IntegerSynapses>(&projection.synapses)) synapses->scale = scale;
    if (auto* synapses = std::get_if<SparseSynapses>(&projection.synapses)) synapses->scale = scale;
    for (auto& row : link.weights)
      for (std::int64_t& w : row) w *= threshold;
    return graph_.add(std::move(projection));
  }

  NodeId add_population(std::size_t g, NodeId source) {
    const Group& group = n_.groups[g];
    Matrix<float> select(group.size, kWidth);  // a group's part of the source; none: zeros
    for (std::size_t i = 0; i < group.input.size(); ++i) select.row(i)[g * 5 + i] = 1;
    NodeId drive = graph_.add(float_projection(std::move(select)), source);
    for (std::size_t l = 0; l < n_.links.size(); ++l)
      if (n_.links[l].to == g) drive = graph_.add(std::make_shared<Sum>(group.size), {drive, projections_[l]});
    const LevelRange range{static_cast<std::int32_t>(group.low), static_cast<std::int32_t>(group.high)};
    const auto timesteps = static_cast<std::int32_t>(n_.timesteps);
    const NeuronModel neurons[] = {IntegerSpiking{range, timesteps}, SigmaDelta{range},
                                   StBif{range, static_cast<std::int32_t>(group.max_spikes), timesteps,
                                         static_cast<std::int32_t>(group.refractory)},
                                   IntegrateAndFire{range, timesteps}};
    Population result = population(neurons[static_cast<std::size_t>(group.kind)], range,
                                   static_cast<std::size_t>(group.size), static_cast<float>(group.threshold));
    result.phase = static_cast<std::uint32_t>(group.phase);
    return graph_.add(std::move(result), drive);
  }

  Matrix<float> input() const {
    Matrix<float> rows(kTrials, kWidth);
    for (std::size_t trial = 0; trial < kTrials; ++trial)
      for (std::size_t g = 0; g < n_.groups.size(); ++g) {
        std::vector<std::int64_t> values = n_.groups[g].input;
        if (!values.empty()) std::rotate(values.begin(), values.begin() + (trial > 0 ? 1 : 0), values.end());
        for (std::size_t i = 0; i < values.size(); ++i)
          rows.row(trial)[g * 5 + i] = static_cast<float>(values[i] * n_.timesteps);
      }
    return rows;
  }

  static constexpr std::size_t kWidth = 20;  // of the source: up to 4 groups of up to 5 neurons

  Random random_;
  std::uint64_t seed_;
  SmallNetwork n_;
  SpikingGraph graph_;
  std::vector<NodeId> projections_;
};

}  // namespace

TEST_CASE("the event engine emits the spikes of a simulator of single spikes") {
  std::size_t emissions = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    CAPTURE(seed);
    RandomNetwork network(seed);
    const auto simulated = network.simulated();
    for (std::size_t trial = 0; trial < RandomNetwork::kTrials; ++trial) {
      const std::vector<Emission> expected = network.expected(trial);
      REQUIRE(simulated[trial] == expected);
      emissions += expected.size();
    }
  }
  CHECK(emissions > 50000);
}

}  // namespace snnsim::tests
