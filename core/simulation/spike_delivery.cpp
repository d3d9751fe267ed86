// How spikes that take time get from a population to the synapses of a projection.
#include <algorithm>
#include <cassert>

#include "core/parallel.hpp"
#include "core/simulation/network_state.hpp"
#include "core/simulation/row_sets.hpp"
#include "core/simulation/row_updates.hpp"

namespace snnsim {

namespace {

constexpr std::size_t kGrain = 4;  // rows of a task

/// The counts of a volley whose neurons have the lag of an arrival (rows × padded width).
Matrix<std::int16_t> arriving(const Arrival& arrival) {
  const Matrix<std::int16_t>& all = arrival.volley->counts();
  Matrix<std::int16_t> counts(all.rows(), all.columns());
  const Lags& lags = *arrival.lags;
  parallel_for(
      all.rows(),
      [&](std::size_t k) {
        for (std::size_t j = 0; j < lags.size(); ++j)
          counts.row(k)[j] = lags[j] == arrival.lag ? all.row(k)[j] : std::int16_t{0};
      },
      kGrain);
  return counts;
}

bool has_spikes(const Matrix<std::int16_t>& counts, std::size_t row) {
  const std::int16_t* begin = counts.row(row);
  return std::any_of(begin, begin + counts.columns(), [](std::int16_t c) { return c != 0; });
}

/// sums[targets[k]] += what counts[rows[k]] bring to the synapses, or to the inputs of float synapses.
void add_spikes(const Projection& projection, const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                std::span<const std::uint32_t> targets, Matrix<std::int32_t>& sums) {
  if (const auto* synapses = std::get_if<IntegerSynapses>(&projection.synapses))
    return accumulate(*synapses->weights, CountBatch(counts, rows, targets), sums);
  if (const auto* sparse = std::get_if<SparseSynapses>(&projection.synapses))
    return accumulate(*sparse->weights, counts, rows, targets, sums);
  for (std::size_t k = 0; k < rows.size(); ++k)
    for (std::size_t j = 0; j < projection.in(); ++j) sums.row(targets[k])[j] += counts.row(rows[k])[j];
}

/// What one offset of every neuron of an arrival brings to the synapses.
std::vector<std::int32_t> arriving_offsets(const Projection& projection, const Arrival& arrival, std::size_t columns) {
  static constexpr std::uint32_t only = 0;
  Matrix<std::int16_t> ones(1, arrival.volley->counts().columns());
  for (std::size_t j = 0; j < projection.in(); ++j)
    ones.row(0)[j] = !arrival.lags || (*arrival.lags)[j] == arrival.lag ? 1 : 0;
  Matrix<std::int32_t> sums(1, columns);
  add_spikes(projection, ones, {&only, 1}, {&only, 1}, sums);
  return {sums.values().begin(), sums.values().end()};
}

bool brings_offsets(const Arrival& arrival) {
  return !arrival.lags || std::ranges::find(*arrival.lags, arrival.lag) != arrival.lags->end();
}

}  // namespace

bool NetworkState::offsets_travel(NodeId projection) const {
  return graph_.travels(projection) && offset(graph_.population(graph_.inputs(projection)[0]).neuron) != 0;
}

std::shared_ptr<const Volley> NetworkState::volley(NodeId population, const std::vector<Position>& rows,
                                                   FlightMeter& meter) const {
  const NodeState& state = nodes_[population];
  Matrix<std::int16_t> counts(rows.size(), state.spikes.columns());
  for (std::size_t k = 0; k < rows.size(); ++k) std::copy_n(state.spikes.row(rows[k]), counts.columns(), counts.row(k));
  return std::make_shared<const Volley>(rows, std::move(counts), meter);
}

std::vector<Position> NetworkState::deliver(NodeId id, std::span<const Arrival> arrivals) {
  const auto& projection = std::get<Projection>(graph_.node(id));
  std::vector<Position> changed;
  for (const Arrival& arrival : arrivals) {
    add_rows(accept(id, nodes_[id], projection, arrival), changed);
  }
  write_drives(id, projection, as_it_is(id, changed, {}));
  return changed;
}

/// Adds what an arrival brings: spikes, and the offset of every neuron that has its lag, spike or no spike.
std::vector<Position> NetworkState::accept(NodeId id, NodeState& state, const Projection& projection,
                                           const Arrival& arrival) {
  const Matrix<std::int16_t> part = arrival.lags ? arriving(arrival) : Matrix<std::int16_t>();
  const Matrix<std::int16_t>& counts = arrival.lags ? part : arrival.volley->counts();
  const bool with_offsets = offsets_travel(id) && brings_offsets(arrival);
  std::vector<std::uint32_t> taken;  // rows of the volley
  std::vector<Position> rows;
  for (std::uint32_t k = 0; k < counts.rows(); ++k) {
    if (!with_offsets && !has_spikes(counts, k)) continue;
    taken.push_back(k);
    rows.push_back(arrival.volley->rows()[k]);
  }
  add_spikes(projection, counts, taken, rows, state.accumulators);
  if (!with_offsets) return rows;
  const std::vector<std::int32_t> offsets = arriving_offsets(projection, arrival, state.offsets.columns());
  parallel_for(
      rows.size(), [&](std::size_t k) { add_counts(offsets, state.offsets.row(rows[k])); }, kGrain);
  return rows;
}

}  // namespace snnsim
