#include "experiments/cli/network_commands.hpp"

#include <fmt/format.h>

#include "experiments/content_hash.hpp"
#include "experiments/files.hpp"
#include "experiments/network/network_file.hpp"
#include "experiments/network/network_report.hpp"
#include "experiments/network/spike_recorder.hpp"
#include "experiments/readable.hpp"
#include "experiments/thread_limit.hpp"

namespace snnsim::experiments::cli {
namespace {

namespace fs = std::filesystem;

void print_plan(const NetworkDescription& network, const BuiltNetwork& built) {
  const NetworkSize size = size_of(network, built);
  fmt::print("{}: {} neurons, {} synapses, {} steps, {} trials\n", network.name, size.neurons, size.synapses,
             network.timesteps, network.trials);
  fmt::print("  weights         {:.1f} MiB\n", mebibytes(size.weight_bytes));
  fmt::print("  state           {:.1f} MiB\n", mebibytes(size.state_bytes));
  fmt::print("  synaptic ops    at most {:.3g}\n", static_cast<double>(size.synaptic_operations));
}

/// Simulates, and records what is asked for in spikes.h5.
NetworkRun simulate(const NetworkDescription& network, const BuiltNetwork& built, const fs::path& folder) {
  if (network.record.spikes.empty()) return run_network(network, built, nullptr);
  SpikeRecorder recorder(network, built, folder / "spikes.h5");
  NetworkRun run = run_network(network, built, &recorder);
  recorder.finish();
  return run;
}

}  // namespace

int run_network_file(const Options& options) {
  const tbb::global_control limit = limit_threads(options.count("threads", 0));
  const NetworkDescription network = read_network(options.words()[0], options.settings());
  const std::string hash = content_hash(network);
  const BuiltNetwork built = build_network(network);
  if (options.has("dry-run")) {
    print_plan(network, built);
    return 0;
  }
  const fs::path folder =
      make_folder(fs::path(options.get<std::string>("out")) / fmt::format("{}-{}", network.name, hash));
  const NetworkRun run = simulate(network, built, folder);
  const nlohmann::ordered_json report = network_report(network, built, run, hash);
  write_file(folder / "network.json", to_json(network).dump() + "\n");
  write_file(folder / "report.json", report.dump(2) + "\n");
  if (!options.has("quiet")) fmt::print("{}\n", network_summary(report));
  fmt::print("{}\n", (folder / "report.json").string());
  return 0;
}

int validate_network_file(const Options& options) {
  const NetworkDescription network = read_network(options.words()[0], options.settings());
  const NetworkSize size = size_of(network, build_network(network));
  fmt::print("{}: valid; {} populations, {} neurons, {} synapses; it would run as {}-{}\n", options.words()[0],
             network.populations.size(), size.neurons, size.synapses, network.name, content_hash(network));
  return 0;
}

}  // namespace snnsim::experiments::cli
