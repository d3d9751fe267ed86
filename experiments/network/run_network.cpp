#include "experiments/network/run_network.hpp"

#include <chrono>

namespace snnsim::experiments {
namespace {

std::unique_ptr<const snnsim::Executor> make_executor(const NetworkDescription& network, const SpikingGraph& graph) {
  if (network.executor == Executor::stepped) return make_stepped_executor(graph, time_settings(network));
  return make_event_executor(graph, time_settings(network));
}

std::uint64_t weight_bytes(const Projection& projection) {
  if (const auto* sparse = std::get_if<SparseSynapses>(&projection.synapses))
    return sparse->weights->synapses() * (sizeof(std::uint16_t) + sizeof(std::int8_t)) +
           sparse->weights->blocks() * sparse->weights->in() * sizeof(std::uint64_t);
  return padded_outputs(projection.out()) * padded_inputs(projection.in());
}

/// Of one trial: see the arrays of NetworkState.
std::uint64_t state_bytes(const SpikingGraph& graph, NodeId id) {
  const std::uint64_t width = graph.width(id);
  const auto* population = std::get_if<Population>(&graph.node(id));
  if (population == nullptr) return width * (std::holds_alternative<Projection>(graph.node(id)) ? 8 : 4);
  return width * (state_words(population->neuron) * sizeof(std::int32_t) + sizeof(std::int16_t));
}

}  // namespace

TimeSettings time_settings(const NetworkDescription& network) {
  TimeSettings settings{.timesteps = static_cast<std::uint32_t>(network.timesteps),
                        .ticks_per_step = network.ticks_per_step,
                        .seed = network.seed,
                        .together = true};
  if (network.executor == Executor::event)
    settings.horizon = {snnsim::Horizon::Kind::tick, Tick{network.timesteps} * network.ticks_per_step};
  return settings;
}

NetworkRun run_network(const NetworkDescription& network, const BuiltNetwork& built, Probe* probe) {
  const auto timesteps = static_cast<std::uint32_t>(network.timesteps);
  const auto executor = make_executor(network, built.graph);
  NetworkRun run{.state = NetworkState(built.graph, timesteps), .timing = {}};
  run.state.append(Matrix<float>(network.trials, 0));
  const auto start = std::chrono::steady_clock::now();
  run.timing = executor->run(run.state, 0, static_cast<Position>(network.trials), probe);
  run.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return run;
}

NetworkSize size_of(const NetworkDescription& network, const BuiltNetwork& built) {
  NetworkSize size;
  for (const InputSection& input : network.inputs) size.inputs += input.size;
  for (const PopulationSection& population : network.populations) size.neurons += population.size;
  for (const NodeId id : built.projections) {
    const auto& projection = std::get<Projection>(built.graph.node(id));
    size.synapses += projection.synapse_count();
    size.weight_bytes += weight_bytes(projection);
  }
  for (NodeId id = 0; id < built.graph.size(); ++id) size.state_bytes += network.trials * state_bytes(built.graph, id);
  size.synaptic_operations = size.synapses * network.timesteps * network.trials;
  return size;
}

}  // namespace snnsim::experiments
