#include "experiments/evaluation/arrival_probe.hpp"

#include <algorithm>
#include <cmath>

namespace snnsim::experiments {

ArrivalProbe::ArrivalProbe(const SpikingGraph& graph, const TimeSettings& time, std::size_t first, std::size_t end)
    : timetable_(graph, time), timesteps_(time.timesteps), histories_(graph.size()) {
  const std::size_t count = std::min(end - first, kMostPositions);
  for (std::size_t k = 0; k < count; ++k)
    watched_.push_back(static_cast<Position>(first + (2 * k + 1) * (end - first) / (2 * count)));
  for (const NodeId id : graph.populations())
    histories_[id] = {std::vector<std::uint32_t>(count, 0),
                      Matrix<float>(count * (timesteps_ + 1), graph.population(id).width())};
}

void ArrivalProbe::on_update(const PopulationUpdate& update) {
  const std::uint32_t before = timetable_.first_step(update.population) - 1;
  const std::uint32_t step = std::min(timetable_.moment(update.tick).step - before, timesteps_ + 1);
  for (std::size_t k = 0; k < watched_.size(); ++k)
    if (std::ranges::binary_search(update.rows, watched_[k]))
      write(histories_[update.population], k, step, update.drive.row(watched_[k]));
}

void ArrivalProbe::write(History& history, std::size_t k, std::uint32_t step, const float* drive) const {
  float* rows = history.drive.row(k * (timesteps_ + 1));
  const std::size_t width = history.drive.columns();
  for (std::uint32_t t = history.updated[k] + 1; t < step; ++t)  // nothing arrived at these steps
    if (t >= 2) std::copy_n(rows + (t - 2) * width, width, rows + (t - 1) * width);
  std::copy_n(drive, width, rows + (step - 1) * width);
  history.updated[k] = step;
}

void ArrivalProbe::measure(NodeId population, PopulationTally& tally) const {
  const History& history = histories_[population];
  for (std::size_t k = 0; k < watched_.size(); ++k) {
    const std::uint32_t updated = history.updated[k];
    if (updated == 0) continue;
    const std::size_t first = k * (timesteps_ + 1);
    const float* last = history.drive.row(first + updated - 1);
    for (std::size_t j = 0; j < history.drive.columns(); ++j) {
      if (last[j] == 0) continue;
      double worst = 0;
      for (std::uint32_t t = 1; t <= timesteps_; ++t) {
        const float x = history.drive.row(first + std::min(t, updated) - 1)[j];
        worst = std::max(worst, std::abs(static_cast<double>(x) / last[j] - static_cast<double>(t) / timesteps_));
      }
      tally.arrival += worst;
      ++tally.arrival_instances;
    }
  }
}

}  // namespace snnsim::experiments
