// How spikes that take time get from a population to the synapses of a projection.
#include <algorithm>
#include <cassert>
#include <iterator>

#include "core/parallel.hpp"
#include "core/simulation/network_state.hpp"

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

void add_counts(const std::int16_t* counts, std::span<std::int32_t> sums) {
  for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += counts[j];
}

}  // namespace

std::shared_ptr<const Volley> NetworkState::volley(NodeId population, const std::vector<Position>& rows,
                                                   FlightMeter& meter) const {
  const NodeState& state = nodes_[population];
  Matrix<std::int16_t> counts(rows.size(), state.spikes.columns());
  std::vector<std::uint32_t> steps(rows.size());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    std::copy_n(state.spikes.row(rows[k]), counts.columns(), counts.row(k));
    steps[k] = state.steps[rows[k]];
  }
  return std::make_shared<const Volley>(rows, std::move(counts), std::move(steps), meter);
}

std::vector<Position> NetworkState::deliver(NodeId id, std::span<const Arrival> arrivals) {
  const auto& projection = std::get<Projection>(graph_.node(id));
  const bool has_offset = offset(graph_.population(graph_.inputs(id)[0]).neuron) != 0;
  std::vector<Position> changed;
  for (const Arrival& arrival : arrivals) {
    const std::vector<Position> rows = accept(nodes_[id], projection, arrival, has_offset);
    std::vector<Position> merged;
    std::ranges::set_union(changed, rows, std::back_inserter(merged));
    changed = std::move(merged);
  }
  write_drives(id, nodes_[id], projection, changed);
  return changed;
}

/// Adds the spikes of an arrival. The offset that a step takes off travels with the spikes that are not late.
std::vector<Position> NetworkState::accept(NodeState& state, const Projection& projection, const Arrival& arrival,
                                           bool has_offset) {
  const Matrix<std::int16_t> part = arrival.lags ? arriving(arrival) : Matrix<std::int16_t>();
  const Matrix<std::int16_t>& counts = arrival.lags ? part : arrival.volley->counts();
  std::vector<std::uint32_t> taken;  // rows of the volley
  std::vector<Position> rows;
  for (std::uint32_t k = 0; k < counts.rows(); ++k) {
    const Position row = arrival.volley->rows()[k];
    if (arrival.lag == 0) state.steps[row] = arrival.volley->steps()[k];
    if (!has_spikes(counts, k) && !(has_offset && arrival.lag == 0)) continue;
    taken.push_back(k);
    rows.push_back(row);
  }
  if (const auto* synapses = std::get_if<IntegerSynapses>(&projection.synapses))
    accumulate(*synapses->weights, CountBatch(counts, taken, rows), state.accumulators);
  else if (const auto* sparse = std::get_if<SparseSynapses>(&projection.synapses))
    accumulate(*sparse->weights, counts, taken, rows, state.accumulators);
  else
    for (std::size_t k = 0; k < rows.size(); ++k)
      add_counts(counts.row(taken[k]), {state.accumulators.row(rows[k]), projection.in()});
  return rows;
}

}  // namespace snnsim
