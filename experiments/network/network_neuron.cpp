#include "experiments/network/network_neuron.hpp"

#include <algorithm>

namespace snnsim::experiments {

NeuronModel make_neuron(const PopulationSection& p, const NetworkDescription& network) {
  const LevelRange range{p.low, p.high};
  const auto timesteps = static_cast<std::int32_t>(network.timesteps);
  const auto reset =
      p.reset == Reset::zero ? LeakyIntegrateAndFire::Reset::zero : LeakyIntegrateAndFire::Reset::subtract;
  switch (p.neuron) {
    case NetworkNeuron::leaky_integrate_and_fire:
      return LeakyIntegrateAndFire{static_cast<float>(p.leak), reset, p.refractory};
    case NetworkNeuron::integrate_and_fire:
      return IntegrateAndFire{range, timesteps};
    case NetworkNeuron::st_bif:
      return StBif{range, p.max_spikes, timesteps, static_cast<std::int32_t>(network.ticks_per_step)};
    case NetworkNeuron::sigma_delta:
      return SigmaDelta{range};
    case NetworkNeuron::integer_spiking:
      break;
  }
  return IntegerSpiking{range, timesteps};
}

std::int64_t most_emitted(const PopulationSection& p, std::int64_t timesteps) {
  const std::int64_t levels = std::max(p.high, -p.low), span = p.high - p.low;
  switch (p.neuron) {
    case NetworkNeuron::sigma_delta:
    case NetworkNeuron::st_bif:
      return levels;  // counts are differences of levels
    case NetworkNeuron::integer_spiking:
      return timesteps * ((span + timesteps - 1) / timesteps);
    default:
      return timesteps;
  }
}

}  // namespace snnsim::experiments
