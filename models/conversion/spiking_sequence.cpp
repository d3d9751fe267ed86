#include "models/conversion/spiking_sequence.hpp"

#include <algorithm>

namespace snnsim::models {

SpikingSequence::SpikingSequence(const SpikingModel& spiking, const DenseModel& dense, const Executor& executor)
    : spiking_(spiking), dense_(dense), executor_(executor), state_(spiking.graph, spiking.timesteps) {}

void SpikingSequence::append_prefix(const DenseSequence& sequence, std::size_t prefix) {
  state_.append_settled(prefix);
  for (std::size_t k = 0; k < spiking_.sites.size(); ++k) {
    const KvCache& cache = sequence.cache(k);
    for (Position r = 0; r < prefix; ++r) {
      state_.set_value(at(spiking_.sites[k], Site::k), r, {cache.key.row(r), cache.key.columns()});
      state_.set_value(at(spiking_.sites[k], Site::v), r, {cache.value.row(r), cache.value.columns()});
    }
  }
}

void SpikingSequence::append(std::span<const TokenId> tokens, Probe* probe) {
  const auto first = static_cast<Position>(state_.positions());
  state_.append(dense_.embed(tokens));
  const SimulationTiming timing = executor_.run(state_, first, static_cast<Position>(state_.positions()), probe);
  timing_.first_output = std::max(timing_.first_output, timing.first_output);
  timing_.quiescence = std::max(timing_.quiescence, timing.quiescence);
}

}  // namespace snnsim::models
