#include "experiments/evaluation/arrival_probe.hpp"

#include <algorithm>
#include <cmath>

#include "core/parallel.hpp"
#include "experiments/evaluation/step_anatomy.hpp"

namespace snnsim::experiments {

namespace {

constexpr std::uint32_t kMostPoints = 64;

bool spikes(const PopulationUpdate& update, std::size_t width) {
  return std::ranges::any_of(update.rows, [&](Position row) {
    const std::int16_t* s = update.spikes.row(row);
    return std::any_of(s, s + width, [](std::int16_t count) { return count != 0; });
  });
}

}  // namespace

std::vector<std::uint32_t> arrival_steps(std::uint32_t timesteps) {
  const std::uint32_t count = std::min(timesteps, kMostPoints);
  std::vector<std::uint32_t> steps;
  for (std::uint32_t p = 1; p <= count; ++p) steps.push_back((p * timesteps + count - 1) / count);
  return steps;
}

ArrivalProbe::ArrivalProbe(const SpikingGraph& graph, const TimeSettings& time, std::size_t first, std::size_t end)
    : graph_(graph), timetable_(graph, time), points_(arrival_steps(time.timesteps)), histories_(graph.size()) {
  const std::size_t count = std::min(end - first, kMostPositions);
  for (std::size_t k = 0; k < count; ++k)
    watched_.push_back(static_cast<Position>(first + (2 * k + 1) * (end - first) / (2 * count)));
  for (const NodeId id : graph.populations()) {
    histories_[id].kept.assign(count, 0);
    const std::size_t width = graph.population(id).width();
    histories_[id].drive = Matrix<float>(count * rows(), width);
    histories_[id].emitted = Matrix<std::int32_t>(count * rows(), width);
    histories_[id].so_far = Matrix<std::int32_t>(count, width);
  }
}

void ArrivalProbe::on_update(const PopulationUpdate& update) {
  count_spikes(update);
  keep(update);
  keep_ticks(update);
}

void ArrivalProbe::count_spikes(const PopulationUpdate& update) {
  Matrix<std::int32_t>& so_far = histories_[update.population].so_far;
  for (std::size_t k = 0; k < watched_.size(); ++k)
    if (std::ranges::binary_search(update.rows, watched_[k]))
      for (std::size_t j = 0; j < so_far.columns(); ++j) so_far.row(k)[j] += update.spikes.row(watched_[k])[j];
}

void ArrivalProbe::keep_ticks(const PopulationUpdate& update) {
  History& history = histories_[update.population];
  if (!spikes(update, graph_.population(update.population).width())) return;
  history.last_spike = std::max(history.last_spike, update.tick);
  if (history.first_spike == 0 || update.tick < history.first_spike) history.first_spike = update.tick;
}

void ArrivalProbe::keep(const PopulationUpdate& update) {
  const std::uint32_t before = timetable_.first_step(update.population) - 1;
  const std::size_t row = row_of(timetable_.moment(update.tick).step - before);
  for (std::size_t k = 0; k < watched_.size(); ++k)
    if (std::ranges::binary_search(update.rows, watched_[k]))
      write(histories_[update.population], k, row, update.drive.row(watched_[k]));
}

std::size_t ArrivalProbe::row_of(std::uint32_t step) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(points_, step) - points_.begin());
}

void ArrivalProbe::write(History& history, std::size_t watched, std::size_t row, const float* drive) const {
  const std::size_t first = watched * rows(), width = history.drive.columns();
  std::size_t& kept = history.kept[watched];
  for (std::size_t r = std::max<std::size_t>(1, kept); r < row; ++r) {  // nothing arrived then
    std::copy_n(history.drive.row(first + r - 1), width, history.drive.row(first + r));
    std::copy_n(history.emitted.row(first + r - 1), width, history.emitted.row(first + r));
  }
  std::copy_n(drive, width, history.drive.row(first + row));
  std::copy_n(history.so_far.row(watched), width, history.emitted.row(first + row));
  kept = row + 1;
}

/// Of one watched position.
PopulationTally ArrivalProbe::measured(NodeId population, std::size_t watched) const {
  const History& history = histories_[population];
  const std::size_t width = history.drive.columns(), kept = history.kept[watched];
  PopulationTally sums{.arrival_curve = std::vector<double>(points_.size(), 0)};
  if (kept == 0) return sums;
  const auto drive = [&](std::size_t row) { return history.drive.row(watched * rows() + std::min(row, kept - 1)); };
  const float* end = drive(points_.size());
  std::vector<double> worst(width, 0);
  for (std::size_t p = 0; p < points_.size(); ++p) {
    const float* x = drive(p);
    const double even = static_cast<double>(points_[p]) / points_.back();
    for (std::size_t j = 0; j < width; ++j) {
      sums.arrival_curve[p] += static_cast<double>(x[j]) * end[j];
      worst[j] = std::max(worst[j], std::abs(static_cast<double>(x[j]) / end[j] - even));
    }
  }
  const float* settled = clocked(graph_.population(population).neuron) ? drive(points_.size() - 1) : end;
  for (std::size_t j = 0; j < width; ++j) {
    sums.arrival += end[j] != 0 ? worst[j] : 0;
    sums.arrival_instances += end[j] != 0 ? 1 : 0;
    sums.drive_squares += static_cast<double>(end[j]) * end[j];
    sums.drive_size += std::abs(end[j]);
    sums.late_size += std::abs(static_cast<double>(end[j]) - settled[j]);
  }
  return sums;
}

void ArrivalProbe::measure(NodeId population, PopulationTally& tally) const {
  std::vector<PopulationTally> positions(watched_.size());
  parallel_for(positions.size(), [&](std::size_t k) { positions[k] = measured(population, k); });
  PopulationTally all{.arrival_curve = std::vector<double>(points_.size(), 0),
                      .first_spike = histories_[population].first_spike,
                      .last_spike = histories_[population].last_spike};
  for (const PopulationTally& position : positions) add_sums(all, position);  // in position order
  add_sums(tally, all);
}

void ArrivalProbe::measure_errors(NodeId population, const Matrix<float>& dense, PopulationTally& tally) const {
  const History& history = histories_[population];
  std::vector<PopulationTally> positions(watched_.size());
  parallel_for(positions.size(), [&](std::size_t k) {
    if (history.kept[k] == 0) return;
    PositionHistory at{.steps = points_, .drive = {}, .emitted = {}};
    for (std::size_t p = 0; p < rows(); ++p) {
      const std::size_t row = k * rows() + std::min(p, history.kept[k] - 1);
      at.drive.push_back(history.drive.row(row));
      at.emitted.push_back(history.emitted.row(row));
    }
    measure_steps(graph_.population(population), at, dense.row(watched_[k]), positions[k]);
  });
  for (const PopulationTally& position : positions) add_sums(tally, position);  // in position order
}

}  // namespace snnsim::experiments
