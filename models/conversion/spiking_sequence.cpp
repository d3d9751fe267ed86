#include "models/conversion/spiking_sequence.hpp"

#include "core/simulation/probe_list.hpp"
#include "models/checkpoint/mapped_pages.hpp"

namespace snnsim::models {

namespace {

/// Gives pages of weights back while a network runs.
class PageProbe final : public Probe {
 public:
  void on_update(const PopulationUpdate&) override { trim_mapped_pages(); }
};

}  // namespace

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
  PageProbe pages;
  LateOutputs late(spiking_.readout);
  const bool averages = spiking_.readout.steps > 1;
  ProbeList probes{probe, &pages, averages ? &late : nullptr};
  const SimulationTiming timing = executor_.run(state_, first, static_cast<Position>(state_.positions()), &probes);
  timing_.include(timing);
  if (!averages) return;
  if (late_mean_.rows() == 0) late_mean_ = Matrix<float>(0, dense_.config().hidden_size);
  late_mean_.resize_rows(state_.positions());
  late.mean(timing.horizon, first, late_mean_);
}

}  // namespace snnsim::models
