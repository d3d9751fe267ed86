#include "experiments/exports/nir_graph.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "experiments/network/network_file.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

NirGraph graph_of(const std::string& json) {
  const tests::ScratchFolder folder;
  write_file(folder.path() / "net.json", json);
  const NetworkDescription network = read_network(folder.path() / "net.json");
  return nir_graph(network, build_network(network));
}

const NirNode& node(const NirGraph& graph, const std::string& name) {
  const auto found = std::ranges::find(graph.nodes, name, &NirNode::name);
  REQUIRE(found != graph.nodes.end());
  return *found;
}

template <class Array>
const Array& parameter(const NirNode& node, const std::string& name) {
  for (const auto& [key, values] : node.parameters)
    if (key == name) return std::get<Array>(values);
  FAIL(node.name, " has no ", name);
  throw std::logic_error(name);
}

using Numbers = std::vector<float>;
using Edges = std::vector<std::pair<std::string, std::string>>;

constexpr const char* chain = R"({
  "ticks_per_step": 10, "timesteps": 4,
  "inputs": [ { "name": "in", "size": 3 } ],
  "populations": [
    { "name": "leaky", "size": 2, "leak": 0.75, "reset": "zero", "current": [0, 0.5], "threshold": [1, 2] },
    { "name": "plain", "size": 2, "reset": "zero" } ],
  "projections": [
    { "from": "in", "to": "leaky", "scale": [0.5, 0.25], "delay": 15, "weights": { "dense": [[1, 2, 3], [-4, 0, 4]] } },
    { "from": "leaky", "to": "plain", "scale": 2,
      "weights": { "csr": { "offsets": [0, 2, 3], "targets": [0, 1, 0], "weights": [5, -6, 7] } } } ] })";

}  // namespace

TEST_CASE("a chain of linear maps and neurons in NIR") {
  const NirGraph graph = graph_of(chain);
  CHECK(node(graph, "in").type == "Input");
  CHECK(parameter<std::vector<std::int64_t>>(node(graph, "in"), "shape") == std::vector<std::int64_t>{3});
  CHECK(graph.edges == Edges{{"in", "in->leaky delay"},
                             {"in->leaky delay", "in->leaky"},
                             {"in->leaky", "leaky"},
                             {"leaky", "leaky->plain"},
                             {"leaky->plain", "plain"},
                             {"plain", "plain output"}});
  CHECK(parameter<Numbers>(node(graph, "in->leaky delay"), "delay") == Numbers{1.5, 1.5, 1.5});  // steps
  const NirNode& affine = node(graph, "in->leaky");
  CHECK(affine.type == "Affine");
  CHECK(parameter<Numbers>(affine, "bias") == Numbers{0, 0.5});
  const auto& weight = parameter<Matrix<float>>(affine, "weight");
  CHECK(std::vector(weight.values().begin(), weight.values().end()) == Numbers{0.5, 1, 1.5, -1, 0, 1});
  const NirNode& linear = node(graph, "leaky->plain");
  CHECK(linear.type == "Linear");
  const auto& sparse = parameter<Matrix<float>>(linear, "weight");
  CHECK(std::vector(sparse.values().begin(), sparse.values().end()) == Numbers{10, 14, -12, 0});
  CHECK(node(graph, "plain").type == "IF");
}

TEST_CASE("the constants of a leaky neuron give its steps: v <- leak v + I for a current that is constant for a step") {
  const NirGraph graph = graph_of(chain);
  const NirNode& leaky = node(graph, "leaky");
  CHECK(leaky.type == "LIF");
  const float tau = parameter<Numbers>(leaky, "tau")[1], r = parameter<Numbers>(leaky, "r")[1];
  const double kept = std::exp(-1.0 / static_cast<double>(tau));  // of tau dv/dt = -v + r I, after one step
  CHECK(kept == doctest::Approx(0.75));
  CHECK((1 - kept) * static_cast<double>(r) == doctest::Approx(1));
  CHECK(parameter<Numbers>(leaky, "v_threshold") == Numbers{1, 2});
  CHECK(parameter<Numbers>(leaky, "v_reset") == Numbers{0, 0});
}

TEST_CASE("what NIR cannot say is listed") {
  const NirGraph graph = graph_of(R"({ "inputs": [ { "name": "in" } ], "populations": [
    { "name": "a", "refractory": 2, "initial_potential": 0.5, "current": 1 },
    { "name": "b", "neuron": "st_bif" } ],
    "projections": [ { "from": "a", "to": "b", "weights": { "one_to_one": 1 } } ] })");
  const auto lists = [&](const char* text) {
    return std::ranges::any_of(graph.left_out, [&](const std::string& line) { return line.find(text) == 0; });
  };
  CHECK(lists("b: NIR has no neuron st_bif"));
  CHECK(lists("a->b: one of its ends is left out"));
  CHECK(lists("a: a spike takes the threshold off the potential; NIR resets to 0"));
  CHECK(lists("a: refractory, 2 steps"));
  CHECK(lists("a: initial_potential"));
  CHECK(lists("a: current, for want of a projection to it"));
  CHECK(lists("in: its spikes"));
  CHECK_THROWS_AS(graph_of(R"({ "populations": [ { "name": "b", "neuron": "sigma_delta" } ] })"), ConfigurationError);
}

}  // namespace snnsim::experiments
