#include "experiments/network/run_network.hpp"

#include <array>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>

#include "core/error.hpp"
#include "experiments/network/network_file.hpp"
#include "experiments/network/network_report.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::experiments {
namespace {

/// Every spike of a run.
class Recorder final : public Probe {
 public:
  explicit Recorder(const SpikingGraph& graph) : graph_(graph) {}
  void on_update(const PopulationUpdate& update) override {
    for (const Position row : update.rows)
      for (std::size_t j = 0; j < graph_.width(update.population); ++j)
        if (const int s = update.spikes.row(row)[j]; s != 0)
          spikes.push_back({graph_.population(update.population).name, static_cast<std::int64_t>(update.tick), row,
                            static_cast<std::int64_t>(j), s});
  }
  struct Spike {
    std::string population;
    std::int64_t tick, trial, neuron, count;
    auto operator<=>(const Spike&) const = default;
  };
  std::vector<Spike> spikes;

 private:
  const SpikingGraph& graph_;
};

using Spikes = std::vector<Recorder::Spike>;

Spikes sorted_spikes(const NetworkDescription& network) {
  const BuiltNetwork built = build_network(network);
  Recorder recorder(built.graph);
  run_network(network, built, &recorder);
  std::ranges::sort(recorder.spikes);
  return recorder.spikes;
}

NetworkDescription parse(const std::string& text) {
  return parse_network(text, "/lab/net.json");
}

NetworkDescription example(const char* name) {
  return read_network(tests::source_dir() / "experiments" / "networks" / (std::string(name) + ".json"));
}

}  // namespace

// hidden: v = I/4 of weights (3 1 -1 2), (0 4 2 1), (1 1 1 1). Inputs at step 1: 0 1; 2: 2; 3: 0 3; 5: 1; 6: 2 3.
//   4 I      1         2        3        5        6          v, * fires
//   h0       4         -1       5        1        1          1* 0, -.25, 1* 0, .25, .5
//   h1       4         2        1        4        3          1* 0, .5, .75, 1.75* .75, 1.5* .5, then silent
//   h2       2         1        2        1        2          .5, .75, 1.25* .25, .5, 1* 0
// output: h0 -> o0 +1, o1 +1; h1 -> o1 -1; h2 -> o0 +2; times 1/2; θ = 1, 1/2.
//   step 1: o0 .5, o1 0; 3: o0 .5 + 1.5 = 2* 1, o1 .5* 0; 4: o0 1* 0; 5: o1 -.5; 6: o0 1* 0, o1 -1
TEST_CASE("the chain of IF neurons, worked by hand") {
  const Spikes expected{{"hidden", 1, 0, 0, 1}, {"hidden", 1, 0, 1, 1}, {"hidden", 3, 0, 0, 1}, {"hidden", 3, 0, 2, 1},
                        {"hidden", 5, 0, 1, 1}, {"hidden", 6, 0, 1, 1}, {"hidden", 6, 0, 2, 1}, {"output", 3, 0, 0, 1},
                        {"output", 3, 0, 1, 1}, {"output", 4, 0, 0, 1}, {"output", 6, 0, 0, 1}};
  Spikes got = sorted_spikes(example("if_chain"));
  std::erase_if(got, [](const Recorder::Spike& spike) { return spike.population == "input"; });
  CHECK(got == expected);
}

TEST_CASE("networks give the same spikes with both executors and on any number of threads") {
  NetworkDescription network = parse(R"({
    "timesteps": 20, "trials": 3, "seed": 5,
    "inputs": [{"name": "x", "size": 300, "spikes": {"random": {"density": 0.2}}},
               {"name": "y", "size": 700, "spikes": {"events": [[1, 2], [3, 699, -2], [7, 5, 3, 1]]}}],
    "populations": [{"name": "a", "size": 700, "leak": 0.9, "current": 0.01}, {"name": "b", "size": 1500, "neuron": "st_bif"},
                    {"name": "c", "size": 30, "neuron": "integrate_and_fire", "initial_potential": 0.5}],
    "projections": [{"from": "x", "to": "a", "scale": 0.002, "weights": {"random": {"density": 1}}},
                    {"from": "y", "to": "a", "weights": {"one_to_one": 1}},
                    {"from": "a", "to": "b", "scale": 0.1, "weights": {"random": {"density": 0.1}}},
                    {"from": "a", "to": "c", "scale": 0.01, "weights": {"random": {"density": 1, "low": -5, "high": 9}}},
                    {"from": "b", "to": "c", "scale": 0.01, "weights": {"random": {"density": 0.5, "low": -9, "high": 5}}}]
  })");
  const Spikes event = sorted_spikes(network);
  CHECK(event.size() > 10000);
  network.executor = Executor::stepped;
  CHECK(sorted_spikes(network) == event);
  for (const std::size_t threads : {1, 2, 7}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    CHECK(sorted_spikes(network) == event);
  }
}

TEST_CASE("a recurrent network with delays gives the same spikes on any number of threads") {
  const NetworkDescription network = example("balanced");
  const Spikes spikes = sorted_spikes(network);
  const auto of = [&](const char* name) { return std::ranges::count(spikes, name, &Recorder::Spike::population); };
  CHECK(of("excitatory") > 1000);
  CHECK(of("inhibitory") > 100);
  CHECK(std::ranges::max(spikes, {}, &Recorder::Spike::tick).tick <= 200 * 10);
  for (const std::size_t threads : {1, 2, 7}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    CHECK(sorted_spikes(network) == spikes);
  }
}

// Every population runs on the same clock, whatever its delays. a fires at every step (current 1); b hears it three
// ticks late: from the step at tick 4 on.
TEST_CASE("delays do not shift the clock of a population; a loop of its own keeps it going") {
  const NetworkDescription delayed = parse(R"({
    "timesteps": 4, "ticks_per_step": 2,
    "populations": [{"name": "a", "current": 1}, {"name": "b", "current": 0.25}],
    "projections": [{"from": "a", "to": "b", "delay": 3, "scale": 0.75, "weights": {"one_to_one": 1}}]
  })");
  // b: tick 2 .25, 4 .5, 6 (spike of tick 2 arrives at 5) 1.5* .5, 8 (of 4 at 7) 1.5*
  CHECK(sorted_spikes(delayed) == Spikes{{"a", 2, 0, 0, 1},
                                         {"a", 4, 0, 0, 1},
                                         {"a", 6, 0, 0, 1},
                                         {"a", 8, 0, 0, 1},
                                         {"b", 6, 0, 0, 1},
                                         {"b", 8, 0, 0, 1}});
  const NetworkDescription loop = parse(R"({
    "timesteps": 7,
    "inputs": [{"name": "x", "spikes": {"events": [[2, 0]]}}],
    "populations": [{"name": "a"}],
    "projections": [{"from": "x", "to": "a", "weights": {"one_to_one": 1}},
                    {"from": "a", "to": "a", "delay": 2, "weights": {"one_to_one": 1}}]
  })");
  CHECK(sorted_spikes(loop) == Spikes{{"a", 2, 0, 0, 1}, {"a", 4, 0, 0, 1}, {"a", 6, 0, 0, 1}, {"x", 2, 0, 0, 1}});
}

TEST_CASE("a cycle without a delay and sums beyond 32 bits are refused") {
  const NetworkDescription cycle = parse(R"({
    "populations": [{"name": "a"}, {"name": "b"}],
    "projections": [{"from": "a", "to": "b", "weights": {"one_to_one": 1}},
                    {"from": "b", "to": "a", "weights": {"one_to_one": 1}}]
  })");
  CHECK_THROWS_WITH_AS(build_network(cycle), doctest::Contains("cycle of projections without a delay"),
                       ConfigurationError);
  const NetworkDescription large = parse(R"({
    "timesteps": 1000000,
    "populations": [{"name": "a", "size": 20}, {"name": "b"}],
    "projections": [{"from": "a", "to": "b", "weights": {"random": {"low": 127, "high": 127, "density": 1}}}]
  })");
  CHECK_THROWS_WITH_AS(build_network(large), doctest::Contains("may not fit into 32 bits"), ConfigurationError);
}

TEST_CASE("random spikes and weights depend on the seed and on what they are for") {
  const char* text = R"({"timesteps": 50, "trials": 4, "seed": SEED,
    "inputs": [{"name": "x", "size": 100, "spikes": {"random": {"density": 0.3}}},
               {"name": "y", "size": 100, "spikes": {"random": {"density": 0.3}}}],
    "populations": [{"name": "a", "size": 64}],
    "projections": [{"from": "x", "to": "a", "weights": {"random": {"density": 0.25, "low": 1, "high": 3}}}]})";
  const auto with_seed = [&](const char* seed) {
    std::string filled = text;
    return parse(filled.replace(filled.find("SEED"), 4, seed));
  };
  const auto input = [](const Spikes& spikes, const char* name, std::int64_t trial) {
    std::vector<std::array<std::int64_t, 2>> found;
    for (const Recorder::Spike& s : spikes)
      if (s.population == name && s.trial == trial) found.push_back({s.tick, s.neuron});
    return found;
  };
  const Spikes spikes = sorted_spikes(with_seed("1"));
  CHECK(spikes == sorted_spikes(with_seed("1")));
  CHECK(input(spikes, "x", 0) != input(sorted_spikes(with_seed("2")), "x", 0));
  CHECK(input(spikes, "x", 0) != input(spikes, "y", 0));
  CHECK(input(spikes, "x", 0) != input(spikes, "x", 1));
  CHECK(input(spikes, "x", 2).size() == doctest::Approx(0.3 * 100 * 50).epsilon(0.1));
  const BuiltNetwork built = build_network(with_seed("1"));
  const auto& projection = std::get<Projection>(built.graph.node(built.projections[0]));
  CHECK(projection.synapse_count() == 100 * 16);
  const auto& weights = *std::get<SparseSynapses>(projection.synapses).weights;
  CHECK(weights.max_row_magnitude() <= 3 * 100);
  for (std::size_t j = 0; j < 100; ++j) CHECK(weights.degree(j) == 16);
}

TEST_CASE("the report counts what happened, inputs apart") {
  const NetworkDescription network = example("if_chain");
  const BuiltNetwork built = build_network(network);
  const NetworkRun run = run_network(network, built, nullptr);
  const nlohmann::ordered_json report = network_report(network, built, run, "0");
  CHECK(report["settings"]["synapses"] == 4 * 3 + 4);
  CHECK(report["inputs"][0]["spikes"] == 8);
  CHECK(report["populations"][0]["spikes"] == 7);
  CHECK(report["populations"][0]["firing_rate"] == 7 / 24.0);
  CHECK(report["projections"][0]["synaptic_operations"] == 8 * 3);
  CHECK(report["projections"][1]["synaptic_operations"] == 2 * 2 + 3 * 1 + 2 * 1);
  CHECK(report["operations"]["synaptic_operations"] == 8 * 3 + 9);
  CHECK(report["operations"]["neuron_updates"] == 8 * 5);
  CHECK(report["operations"]["spike_messages"] == 8 + 7);
  CHECK(report["energy"][0]["snn_pj"].get<double>() > 0);
  CHECK(report["timing"]["ticks"] == 8);
  CHECK(network_summary(report).find("if_chain: 5 neurons, 16 synapses; 8 steps, 1 trial") == 0);
}

// By hand, from the spikes of the first test of this file. Spikes: 8 of the input reach 3 synapses each; 2 of h0 reach
// 2, 3 of h1 and 2 of h2 one each: 24 + 9 = 33 synaptic operations, 15 messages. Updates: 5 neurons × 8 steps, 7 + 4
// spikes.
//   horowitz_45nm: 33 × 0.1; 33 bytes × 12.5; 40 × (2 × 0.1 + 8 × 1.25) + 11 × 0.1; 15 × 20
//   loihi1:        33 × 23.6; (in it); 11 × 81 + 29 × 52; 15 × 1.7 + 15 × 3.5, one hop a message
//   spinnaker2:    33 × 450; (in it); 40 × 2190; no constant
TEST_CASE("the energy of the chain of IF neurons, worked by hand to the last digit") {
  NetworkDescription network = example("if_chain");
  network.energy.tables = {{"horowitz_45nm"}, {"loihi1"}, {"spinnaker2"}};
  const BuiltNetwork built = build_network(network);
  const nlohmann::ordered_json energy =
      network_report(network, built, run_network(network, built, nullptr), "0")["energy"];
  const auto digits = [](const nlohmann::ordered_json& pj) { return fmt::format("{:.12g}", pj.get<double>()); };
  const char* expected[3][5] = {{"3.3", "412.5", "409.1", "300", "1124.9"},
                                {"778.8", "0", "2399", "78", "3255.8"},
                                {"14850", "0", "87600", "0", "102450"}};
  for (std::size_t table = 0; table < 3; ++table) {
    const nlohmann::ordered_json& parts = energy[table]["breakdown_pj"];
    CHECK(digits(parts["compute"]) == expected[table][0]);
    CHECK(digits(parts["weight_fetch"]) == expected[table][1]);
    CHECK(digits(parts["neurons"]) == expected[table][2]);
    CHECK(digits(parts["traffic"]) == expected[table][3]);
    CHECK(digits(energy[table]["snn_pj"]) == expected[table][4]);
  }
}

// The same network, by projection and population. Input to hidden: 8 spikes, 24 synaptic operations; hidden to output:
// 7 spikes, 9 operations. Hidden: 3 neurons × 8 steps, 7 spikes; output: 2 × 8, 4 spikes.
//   horowitz_45nm: 24 × 0.1, 24 × 12.5, 8 × 20 = 462.4; 9 × 0.1, 9 × 12.5, 7 × 20 = 253.4; 24 × 10.2 + 7 × 0.1; 16
//   × 10.2
//                  + 4 × 0.1
//   loihi1:        24 × 23.6, (in it), 8 × 5.2 = 608; 9 × 23.6, (in it), 7 × 5.2 = 248.8; 7 × 81 + 17 × 52; 4 × 81 + 12
//   ×
//                  52
//   spinnaker2:    24 × 450; 9 × 450; 24 × 2190; 16 × 2190
TEST_CASE("the energy of that chain by projection and population, worked by hand to the last digit") {
  NetworkDescription network = example("if_chain");
  network.energy.tables = {{"horowitz_45nm"}, {"loihi1"}, {"spinnaker2"}};
  const BuiltNetwork built = build_network(network);
  const nlohmann::ordered_json energy =
      network_report(network, built, run_network(network, built, nullptr), "0")["energy"];
  const auto digits = [](double pj) { return fmt::format("{:.12g}", pj); };
  const char* projections[3][2][4] = {{{"2.4", "300", "160", "462.4"}, {"0.9", "112.5", "140", "253.4"}},
                                      {{"566.4", "0", "41.6", "608"}, {"212.4", "0", "36.4", "248.8"}},
                                      {{"10800", "0", "0", "10800"}, {"4050", "0", "0", "4050"}}};
  const char* neurons[3][2] = {{"245.5", "163.6"}, {"1451", "948"}, {"52560", "35040"}};
  const char* kinds[4] = {"compute", "weight_fetch", "traffic", "total"};
  for (std::size_t table = 0; table < 3; ++table) {
    double sum = 0;
    for (std::size_t p = 0; p < 2; ++p) {
      const nlohmann::ordered_json& projection = energy[table]["projections"][p];
      for (std::size_t kind = 0; kind < 4; ++kind)
        CHECK(digits(projection[kinds[kind]].get<double>()) == projections[table][p][kind]);
      const double of_neurons = energy[table]["populations"][p]["neurons"].get<double>();
      CHECK(digits(of_neurons) == neurons[table][p]);
      sum += projection["total"].get<double>() + of_neurons;
    }
    CHECK(digits(sum) == digits(energy[table]["snn_pj"].get<double>()));
  }
}

}  // namespace snnsim::experiments
