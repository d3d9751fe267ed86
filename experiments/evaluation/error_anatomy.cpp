#include "experiments/evaluation/error_anatomy.hpp"

#include <algorithm>
#include <vector>

#include "core/parallel.hpp"

namespace snnsim::experiments {

namespace {

double square(double x) {
  return x * x;
}

/// One neuron at one position: x in the dense model, X its drive, `count` what it emitted. Q has the neuron's own
/// threshold and initial potential: what it emits when all of its input is there at once.
void add_instance(double x, float drive, std::int32_t count, float threshold, float potential, LevelRange range,
                  PopulationTally& sums) {
  const double step = threshold;
  const double clipped = std::clamp(x, range.low * step, range.high * step);
  const double wanted = step * SigmaDelta::target(static_cast<float>(x), threshold, potential, range);  // Q(x)
  const std::int32_t target = SigmaDelta::target(drive, threshold, potential, range);
  const double received = step * target;  // Q(X)
  const double emitted = step * count;    // a
  sums.dense += square(x);
  sums.clipping += square(x - clipped);
  sums.quantization += square(clipped - wanted);
  sums.propagated += square(wanted - received);
  sums.unevenness += square(received - emitted);
  sums.total += square(x - emitted);
  sums.uneven += target != count ? 1 : 0;
  ++sums.instances;
}

void append(PositionErrors& errors, const PopulationTally& position) {
  errors.dense.push_back(position.dense);
  errors.clipping.push_back(position.clipping);
  errors.quantization.push_back(position.quantization);
  errors.propagated.push_back(position.propagated);
  errors.unevenness.push_back(position.unevenness);
  errors.total.push_back(position.total);
}

}  // namespace

void measure_errors(const SpikingGraph& graph, const NetworkState& state, NodeId id, const Matrix<float>& dense,
                    std::size_t prefix, PopulationTally& tally, PositionErrors& positions) {
  const Population& population = graph.population(id);
  const float added = population.added_potential();
  std::vector<PopulationTally> rows(state.positions() - prefix);
  parallel_for(rows.size(), [&](std::size_t k) {
    const auto position = static_cast<Position>(prefix + k);
    std::vector<std::int32_t> counts(population.width());
    state.emitted(id, position, counts);
    const float* x = dense.row(position);
    const float* drive = state.drive(id).row(position);
    for (std::size_t j = 0; j < counts.size(); ++j)
      add_instance(x[j], drive[j], counts[j], population.threshold[j], population.initial_potential[j] + added,
                   population.range, rows[k]);
  });
  PositionErrors by_position;
  for (const PopulationTally& row : rows) {  // in position order: the same on any thread count
    add_sums(tally, row);
    append(by_position, row);
  }
  add_sums(positions, by_position);
}

std::uint64_t count_different(const SpikingGraph& graph, const NetworkState& state, NodeId id,
                              const Matrix<std::int16_t>& counts, std::size_t prefix) {
  std::vector<std::int32_t> emitted(graph.population(id).width());
  std::uint64_t different = 0;
  for (auto position = static_cast<Position>(prefix); position < state.positions(); ++position) {
    state.emitted(id, position, emitted);
    for (std::size_t j = 0; j < emitted.size(); ++j) different += emitted[j] != counts.row(position)[j] ? 1 : 0;
  }
  return different;
}

}  // namespace snnsim::experiments
