#include "experiments/network/network_file.hpp"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/schema.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

NetworkDescription parse(std::string_view text) {
  return parse_network(text, "/lab/net.json");
}

/// What is wrong with a network; empty: nothing.
std::string complaint(std::string_view text) {
  try {
    parse(text);
    return {};
  } catch (const ConfigurationError& error) {
    CHECK_FALSE(error.remedy().empty());
    return error.what();
  }
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A network of an input of 2 neurons and a population of 3, with further keys of the projection between them.
std::string with_projection(const std::string& keys) {
  return R"({"inputs": [{"name": "x", "size": 2}], "populations": [{"name": "a", "size": 3}],
             "projections": [{"from": "x", "to": "a", )" +
         keys + "}]}";
}

}  // namespace

TEST_CASE("a network file: defaults, lists and numbers, paths") {
  const NetworkDescription network = parse(R"({
    "timesteps": 5, "seed": 9,
    "inputs": [{"name": "x", "size": 2, "spikes": {"file": "in.h5", "interval": 0.5}}],
    "populations": [{"name": "a"}, {"name": "b", "size": 2, "threshold": [1, 2.5], "neuron": "st_bif", "max_spikes": 3}],
    "projections": [{"from": "x", "to": "b", "scale": 0.25, "weights": {"dense": [[1, -2], [3, 4]]}, "delay": 2}]
  })");
  CHECK(network.name == "net");
  CHECK(network.timesteps == 5);
  CHECK(network.trials == 1);
  CHECK(network.executor == Executor::event);
  CHECK(network.inputs[0].spikes.file == "/lab/in.h5");
  CHECK(network.inputs[0].spikes.interval == 0.5);
  CHECK(network.populations[0].neuron == NetworkNeuron::leaky_integrate_and_fire);
  CHECK(network.populations[0].size == 1);
  CHECK(network.populations[0].threshold.of(3) == std::vector<float>{1, 1, 1});
  CHECK(network.populations[1].threshold.of(2) == std::vector<float>{1, 2.5F});
  CHECK(network.projections[0].scale == PerNeuron(0.25));
  CHECK(network.projections[0].weights.dense[0][1] == -2);
  CHECK(network.projections[0].travels());
}

TEST_CASE("a network reads back from its own JSON as the same network") {
  for (const char* name : {"if_chain", "balanced"}) {
    const auto file = tests::source_dir() / "experiments" / "networks" / (std::string(name) + ".json");
    const NetworkDescription network = read_network(file);
    CHECK(parse_network(to_json(network).dump(), file) == network);
  }
}

TEST_CASE("what is a network file") {
  const tests::ScratchFolder folder;
  const auto is_network = [&](const std::string& text) {
    std::ofstream(folder.path() / "file.json") << text;
    return is_network_file(folder.path() / "file.json");
  };
  CHECK(is_network(R"({"populations": []})"));
  CHECK(is_network(R"({"$schema": "../network.schema.json"})"));
  CHECK_FALSE(is_network(R"({"conversion": {}})"));
  CHECK_FALSE(is_network("[]"));
  CHECK_FALSE(is_network(R"({"populations": [)"));
  CHECK_FALSE(is_network_file(folder.path() / "nothing.json"));
  CHECK_FALSE(is_network_file(folder.path()));
}

TEST_CASE("mistakes in a network are told with their place") {
  CHECK(contains(complaint("{}"), "at least one population"));
  CHECK(contains(complaint(R"({"populations": [{"size": 3}]})"), "/lab/net.json:1:18: populations.0.name is needed"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a"}, {"name": "a"}]})"), "already an input or a population"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a/b"}]})"), "plain name"));
  CHECK(contains(complaint(R"({"population": []})"), "unknown key \"population\""));
  CHECK(contains(complaint(R"({"populations": [{"name": "a", "treshold": 1}]})"), "unknown key \"treshold\""));
  CHECK(contains(complaint(R"({"populations": [{"name": "a", "threshold": 0}]})"), "must be a number above 0"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a", "threshold": 1e39}]})"), "must be a number"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a", "leak": 1.5}]})"), "a number, at least 0 and at most 1"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a", "threshold": [1, 2]}]})"), "2 numbers for 1 neurons"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a", "neuron": "st_bif", "leak": 0.5}]})"),
                 "st_bif has no leak"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a", "max_spikes": 2}]})"), "has no max_spikes"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a"}], "record": {"spikes": ["b*"]}})"), "matches no input"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a"}], "executor": "stepped", "ticks_per_step": 2})"),
                 "no ticks"));
}

TEST_CASE("mistakes in the spikes of an input are told") {
  const auto events = [](const std::string& list) {
    return complaint(R"({"timesteps": 3, "trials": 2, "populations": [{"name": "a"}],
                         "inputs": [{"name": "x", "size": 2, "spikes": {"events": [)" +
                     list + "]}}]}");
  };
  CHECK(events("[1, 0], [3, 1, -2], [2, 1, 1, 1]").empty());
  CHECK(contains(events("[1, 0], [1]"), "inputs.0.spikes.events.1 must be [step, neuron]"));
  CHECK(contains(events("[0, 0]"), "step 0 is not from 1 to 3"));
  CHECK(contains(events("[4, 0]"), "step 4 is not from 1 to 3"));
  CHECK(contains(events("[1, 2]"), "neuron 2 is not from 0 to 1"));
  CHECK(contains(events("[1, 0, 40000]"), "count 40000"));
  CHECK(contains(events("[1, 0, 1, 2]"), "trial 2 is not from 0 to 1"));
  CHECK(contains(complaint(R"({"populations": [{"name": "a"}], "inputs": [{"name": "x",
                               "spikes": {"file": "x.h5", "random": {"density": 0.5}}}]})"),
                 "more than one of events, file and random"));
}

TEST_CASE("mistakes in a projection are told") {
  const auto projection = [](const std::string& keys) { return complaint(with_projection(keys)); };
  CHECK(projection(R"("weights": {"dense": [[1, 2], [3, 4], [5, 6]]})").empty());
  CHECK(projection(R"("weights": {"csr": {"offsets": [0, 1, 2], "targets": [2, 0], "weights": [1, 1]}})").empty());
  CHECK(contains(projection(R"("scale": 1)"), "has 0 of dense, csr"));
  CHECK(contains(projection(R"("weights": {"one_to_one": 1, "random": {"density": 1}})"), "has 2 of dense, csr"));
  CHECK(contains(projection(R"("weights": {"dense": [[1, 2], [3, 4]]})"), "2 rows for the 3 neurons of \"a\""));
  CHECK(contains(projection(R"("weights": {"dense": [[1, 2], [3, 4], [5]]})"), "1 weights for the 2 neurons of \"x\""));
  CHECK(contains(projection(R"("weights": {"dense": [[1, 2], [3, 4], [5, 200]]})"), "must be an integer from -128"));
  CHECK(contains(projection(R"("bits": 4, "weights": {"dense": [[1, 2], [3, 4], [5, 8]]})"),
                 "8 does not fit into 4 bits"));
  CHECK(contains(projection(R"("weights": {"csr": {"offsets": [0, 2], "targets": [2, 0], "weights": [1, 1]}})"),
                 "2 offsets for 2 source neurons"));
  CHECK(contains(projection(R"("weights": {"csr": {"offsets": [0, 1, 2], "targets": [3, 0], "weights": [1, 1]}})"),
                 "target 3 of 3 neurons"));
  CHECK(contains(projection(R"("weights": {"csr": {"offsets": [0, 2, 1], "targets": [2, 0], "weights": [1, 1]}})"),
                 "do not ascend"));
  CHECK(contains(projection(R"("weights": {"csr": {"offsets": [0, 1, 2], "targets": [2, 0], "weights": [1]}})"),
                 "2 targets but 1 weights"));
  CHECK(contains(projection(R"("weights": {"one_to_one": 1})"), "one_to_one from 2 to 3 neurons"));
  CHECK(contains(projection(R"("weights": {"file": "w.h5"})"), "dataset is needed"));
  CHECK(contains(projection(R"("weights": {"random": {"low": 5, "high": 4, "density": 1}})"), "low is above high"));
  CHECK(contains(projection(R"("scale": [1, 2], "weights": {"random": {"density": 1}})"), "2 numbers for 3 neurons"));
  CHECK(contains(
      complaint(R"({"populations": [{"name": "hidden"}], "projections": [{"from": "hiden", "to": "hidden"}]})"),
      "no input or population \"hiden\""));
  CHECK(contains(complaint(R"({"populations": [{"name": "a"}], "inputs": [{"name": "x"}],
                               "projections": [{"from": "a", "to": "x", "weights": {"one_to_one": 1}}]})"),
                 "is an input, whose spikes are given"));
  CHECK(contains(complaint(R"({"executor": "stepped", "populations": [{"name": "a"}],
                               "projections": [{"from": "a", "to": "a", "delay": 1, "weights": {"one_to_one": 1}}]})"),
                 "knows no delays"));
}

TEST_CASE("configs/schema holds the schema of networks of this version") {
  std::ifstream in(tests::source_dir() / "configs" / "schema" / "network.schema.json");
  const std::string stored{std::istreambuf_iterator<char>(in), {}};
  CHECK_MESSAGE(stored == network_schema().dump(2) + "\n",
                "write it again: build/release/snnsim schema --network > configs/schema/network.schema.json");
}

}  // namespace snnsim::experiments
