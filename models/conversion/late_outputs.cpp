#include "models/conversion/late_outputs.hpp"

#include <algorithm>

namespace snnsim::models {

void LateOutputs::on_output(Tick tick, const Matrix<float>& value) {
  const Tick step = (tick + readout_.ticks_per_step - 1) / readout_.ticks_per_step;
  if (shown_.empty() || shown_.back().step != step) shown_.push_back({step, {}});
  shown_.back().value = value;
  if (shown_.size() > readout_.steps + 1) shown_.pop_front();
}

const Matrix<float>* LateOutputs::shown_after(Tick step) const {
  const auto later = std::ranges::upper_bound(shown_, step, {}, &Shown::step);
  return later == shown_.begin() ? nullptr : &std::prev(later)->value;
}

void LateOutputs::mean(Tick horizon, Position first, Matrix<float>& mean) const {
  Tick last = horizon / readout_.ticks_per_step;
  if (!shown_.empty()) last = std::max(last, shown_.back().step);  // what arrives late belongs to the last state
  const Tick steps = std::min<Tick>(readout_.steps, last);
  for (Position r = first; r < mean.rows(); ++r) std::fill_n(mean.row(r), mean.columns(), 0.0F);
  for (Tick step = last - steps + 1; step <= last; ++step) {
    const Matrix<float>* value = shown_after(step);
    if (value == nullptr) continue;
    for (Position r = first; r < mean.rows(); ++r)
      for (std::size_t i = 0; i < mean.columns(); ++i) mean.row(r)[i] += value->row(r)[i];
  }
  for (Position r = first; r < mean.rows(); ++r)
    for (std::size_t i = 0; i < mean.columns(); ++i) mean.row(r)[i] /= static_cast<float>(steps);
}

}  // namespace snnsim::models
