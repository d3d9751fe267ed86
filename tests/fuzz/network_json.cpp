// A network: what is accepted reads back from its own JSON as the same network, and if it is small it is built and run.
#include <nlohmann/json.hpp>

#include "experiments/network/network_file.hpp"
#include "experiments/network/run_network.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace {

using namespace snnsim::experiments;

/// Neurons × (neurons + steps) × trials, at most about a million, and no file.
bool is_small(const NetworkDescription& network) {
  double neurons = 0;
  for (const InputSection& input : network.inputs) {
    neurons += static_cast<double>(input.size);
    if (!input.spikes.file.empty()) return false;
  }
  for (const PopulationSection& population : network.populations) neurons += static_cast<double>(population.size);
  double longest = static_cast<double>(network.timesteps);
  for (const ProjectionSection& projection : network.projections) {
    longest += static_cast<double>(projection.delay) + projection.jitter;
    if (!projection.weights.file.empty()) return false;
  }
  return neurons * (neurons + longest) * static_cast<double>(network.trials) < 1e6 && network.projections.size() < 50;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] {
    const NetworkDescription network = parse_network(tests::text_of(data, size), "/lab/input.json");
    const std::string resolved = to_json(network).dump();
    tests::require(parse_network(resolved, "/lab/input.json") == network, "the same read back");
    if (is_small(network)) run_network(network, build_network(network), nullptr);
  });
}
