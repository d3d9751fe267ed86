#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

void add_sums(PopulationTally& to, const PopulationTally& from) {
  to.instances += from.instances;
  to.spikes += from.spikes;
  to.magnitude += from.magnitude;
  to.spike_hops += from.spike_hops;
  to.uneven += from.uneven;
  to.arrival += from.arrival;
  to.arrival_instances += from.arrival_instances;
  to.dense += from.dense;
  to.clipping += from.clipping;
  to.quantization += from.quantization;
  to.propagated += from.propagated;
  to.unevenness += from.unevenness;
  to.total += from.total;
}

}  // namespace snnsim::experiments
