#include "models/conversion/spiking_sequence.hpp"

namespace snnsim::models {

SpikingSequence::SpikingSequence(const SpikingModel& spiking, const DenseModel& dense, const Executor& executor)
    : spiking_(spiking), dense_(dense), executor_(executor), state_(spiking.graph, spiking.timesteps) {}

void SpikingSequence::append_prefix(const DenseSequence& sequence, std::size_t prefix) {
  state_.append_settled(prefix);
  for (std::size_t k = 0; k < spiking_.sites.size(); ++k) {
    const KvCache cache = dense_.adopt(sequence.model(), sequence.cache(k), prefix);
    for (Position r = 0; r < prefix; ++r) {
      state_.set_value(at(spiking_.sites[k], Site::k), r, {cache.key.row(r), cache.key.columns()});
      state_.set_value(at(spiking_.sites[k], Site::v), r, {cache.value.row(r), cache.value.columns()});
    }
  }
}

void SpikingSequence::append(std::span<const TokenId> tokens, Probe* probe) {
  const auto first = static_cast<Position>(state_.positions());
  state_.append(dense_.embed(tokens));
  timing_.include(executor_.run(state_, first, static_cast<Position>(state_.positions()), probe));
}

}  // namespace snnsim::models
