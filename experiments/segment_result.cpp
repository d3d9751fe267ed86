#include "experiments/segment_result.hpp"

#include <algorithm>

namespace snnsim::experiments {

namespace {

void add_curve(std::vector<double>& to, const std::vector<double>& from) {
  to.resize(std::max(to.size(), from.size()), 0);
  for (std::size_t p = 0; p < from.size(); ++p) to[p] += from[p];
}

void add(StepErrors& to, const StepErrors& from) {
  to.dense += from.dense;
  to.clipping += from.clipping;
  to.quantization += from.quantization;
  add_curve(to.propagated, from.propagated);
  add_curve(to.unevenness, from.unevenness);
  add_curve(to.total, from.total);
}

constexpr std::vector<double> PositionErrors::*kPositionCurves[] = {
    &PositionErrors::dense,      &PositionErrors::clipping,   &PositionErrors::quantization,
    &PositionErrors::propagated, &PositionErrors::unevenness, &PositionErrors::total};

void add(UnevenInstances& to, const UnevenInstances& from) {
  to.instances += from.instances;
  to.unevenness += from.unevenness;
}

void add(UnevenCauses& to, const UnevenCauses& from) {
  add(to.slow, from.slow);
  add(to.late, from.late);
  add(to.overshooting, from.overshooting);
  add(to.alternating, from.alternating);
}

}  // namespace

void add_sums(PopulationTally& to, const PopulationTally& from) {
  to.instances += from.instances;
  to.spikes += from.spikes;
  to.magnitude += from.magnitude;
  to.shift_adds += from.shift_adds;
  to.updates += from.updates;
  to.spike_hops += from.spike_hops;
  to.uneven += from.uneven;
  to.arrival += from.arrival;
  to.arrival_instances += from.arrival_instances;
  add_curve(to.arrival_curve, from.arrival_curve);
  to.drive_squares += from.drive_squares;
  to.drive_size += from.drive_size;
  to.late_size += from.late_size;
  to.last_spike = std::max(to.last_spike, from.last_spike);
  if (to.first_spike == 0 || (from.first_spike != 0 && from.first_spike < to.first_spike))
    to.first_spike = from.first_spike;
  to.dense += from.dense;
  to.clipping += from.clipping;
  to.quantization += from.quantization;
  to.propagated += from.propagated;
  to.unevenness += from.unevenness;
  to.total += from.total;
  add(to.steps, from.steps);
  add(to.causes, from.causes);
}

void add_sums(PositionErrors& to, const PositionErrors& from) {
  for (const auto curve : kPositionCurves) add_curve(to.*curve, from.*curve);
}

void add_sums(std::vector<BlockErrors>& to, const std::vector<BlockErrors>& from) {
  to.resize(std::max(to.size(), from.size()));
  for (std::size_t k = 0; k < from.size(); ++k) {
    to[k].dense += from[k].dense;
    to[k].error += from[k].error;
    to[k].input_error += from[k].input_error;
    to[k].passed_on += from[k].passed_on;
    to[k].quantization += from[k].quantization;
    to[k].unevenness += from[k].unevenness;
  }
}

void add_sums(ProjectionTally& to, const ProjectionTally& from) {
  to.spikes += from.spikes;
  to.spike_hops += from.spike_hops;
  to.synaptic_operations += from.synaptic_operations;
  to.synaptic_magnitude += from.synaptic_magnitude;
  to.synaptic_shift_adds += from.synaptic_shift_adds;
  to.weight_bytes += from.weight_bytes;
  to.multiply_accumulates += from.multiply_accumulates;
}

}  // namespace snnsim::experiments
