#include "experiments/network/network_inspection.hpp"

#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "experiments/network/network_file.hpp"
#include "experiments/network/network_report.hpp"

namespace snnsim::experiments {
namespace {

template <class... Args>
void add(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

std::string spikes_of(const SpikesSection& spikes) {
  if (!spikes.events.empty()) return fmt::format("{} events", spikes.events.size());
  if (!spikes.file.empty()) return fmt::format("spikes of {}", spikes.file.filename().string());
  if (spikes.random.density > 0) return fmt::format("random spikes, density {}", spikes.random.density);
  return "silent";
}

std::string weights_of(const WeightsSection& weights) {
  if (!weights.dense.empty()) return "dense";
  if (!weights.csr.empty()) return fmt::format("csr, {} synapses", weights.csr.weights.size());
  if (!weights.file.empty()) return fmt::format("{} of {}", weights.dataset, weights.file.filename().string());
  if (weights.one_to_one != 0) return fmt::format("one to one, weight {}", weights.one_to_one);
  return fmt::format("random {}..{}, density {}", weights.random.low, weights.random.high, weights.random.density);
}

std::string axon_of(const ProjectionSection& projection) {
  if (!projection.travels()) return {};
  return fmt::format("; delay {}, jitter {}", projection.delay, projection.jitter);
}

}  // namespace

std::string inspect_network(const std::filesystem::path& file) {
  const NetworkDescription network = read_network(file);
  std::string out = fmt::format("{}: network, {} steps, {} trials\n", file.string(), network.timesteps, network.trials);
  for (const InputSection& input : network.inputs)
    add(out, "  input            {}: {} neurons, {}\n", input.name, input.size, spikes_of(input.spikes));
  for (const PopulationSection& population : network.populations)
    add(out, "  population       {}: {} neurons, {}\n", population.name, population.size, name(population.neuron));
  for (const ProjectionSection& projection : network.projections)
    add(out, "  projection       {}: {}{}\n", projection.name(), weights_of(projection.weights), axon_of(projection));
  return out;
}

bool is_network_run(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "network.json") && std::filesystem::exists(folder / "report.json");
}

std::string inspect_network_run(const std::filesystem::path& folder) {
  try {
    const auto report = nlohmann::ordered_json::parse(read_file(folder / "report.json"));
    return fmt::format("{}: run of a network\n\n{}", folder.string(), network_summary(report));
  } catch (const nlohmann::json::exception&) {
    throw DataError(fmt::format("{}: not the report of a network", (folder / "report.json").string()),
                    "run the network again: snnsim run NETWORK.json");
  }
}

}  // namespace snnsim::experiments
