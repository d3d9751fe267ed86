#include "models/calibration/block_parameters.hpp"

#include <algorithm>
#include <cmath>

namespace snnsim::models {

namespace {

std::size_t group_size(std::size_t wanted, std::size_t channels) {
  return wanted == ParameterGroups::kWholeSite ? channels : std::min(wanted, channels);
}

/// each(j) for the channels of a group, then after(), group by group; nothing for groups of 0.
template <typename Each, typename After>
void for_groups(std::size_t channels, std::size_t group, const Each& each, const After& after) {
  if (group == 0) return;
  for (std::size_t j = 0; j < channels; ++j) {
    each(j);
    if ((j + 1) % group == 0 || j + 1 == channels) after();
  }
}

}  // namespace

BlockParameters::BlockParameters(BlockCalibration start, const LlamaConfig& config, const ParameterGroups& groups)
    : start_(std::move(start)), offsets_(groups.offsets) {
  for (const Site site : kAllSites) {
    if (!at(start_, site)) continue;
    const std::size_t channels = at(start_, site)->threshold.size();
    if (offsets_ > 0) at(start_, site)->step_offset.resize(offsets_);
    const bool per_head = site == Site::q || site == Site::k || site == Site::v;
    const std::size_t head = channels / models::groups(config, site);
    if (groups.thresholds) at(threshold_group_, site) = per_head ? head : group_size(groups.threshold, channels);
    if (groups.potentials) at(potential_group_, site) = group_size(groups.potential, channels);
  }
}

std::vector<double> BlockParameters::values() const {
  std::vector<double> values;
  for (const Site site : kAllSites) {
    if (!at(start_, site)) continue;
    const std::vector<float>& potential = at(start_, site)->initial_potential;
    for_groups(
        potential.size(), at(threshold_group_, site), [](std::size_t) {}, [&] { values.push_back(0); });
    double last = 0;
    for_groups(
        potential.size(), at(potential_group_, site), [&](std::size_t j) { last = potential[j]; },
        [&] { values.push_back(last); });
    if (offsets_ > 0)
      values.insert(values.end(), at(start_, site)->step_offset.begin(), at(start_, site)->step_offset.end());
  }
  return values;
}

BlockCalibration BlockParameters::calibration(const std::vector<double>& values) const {
  BlockCalibration result = start_;
  auto value = values.begin();
  const auto next = [&] { ++value; };
  for (const Site site : kAllSites) {
    if (!at(result, site)) continue;
    std::vector<float>& threshold = at(result, site)->threshold;
    std::vector<float>& potential = at(result, site)->initial_potential;
    for_groups(
        threshold.size(), at(threshold_group_, site),
        [&](std::size_t j) { threshold[j] *= static_cast<float>(std::exp(*value)); }, next);
    for_groups(
        potential.size(), at(potential_group_, site), [&](std::size_t j) { potential[j] = static_cast<float>(*value); },
        next);
    if (offsets_ == 0) continue;
    for (float& offset : at(result, site)->step_offset) offset = static_cast<float>(*value++);
  }
  return result;
}

std::vector<double> BlockParameters::reduce(const PerSite<SiteGradient<float>>& gradients,
                                            const BlockCalibration& calibration) const {
  std::vector<double> reduced;
  double sum = 0;
  const auto finish = [&] {
    reduced.push_back(sum);
    sum = 0;
  };
  for (const Site site : kAllSites) {
    if (!at(start_, site)) continue;
    const SiteGradient<float>& gradient = at(gradients, site);
    const std::vector<float>& threshold = at(calibration, site)->threshold;
    for_groups(
        threshold.size(), at(threshold_group_, site),
        [&](std::size_t j) { sum += double{gradient.threshold[j]} * threshold[j]; }, finish);
    for_groups(
        threshold.size(), at(potential_group_, site),
        [&](std::size_t j) { sum += double{gradient.initial_potential[j]}; }, finish);
    for (std::size_t t = 0; t < offsets_; ++t)
      reduced.push_back(t < gradient.step_offset.size() ? double{gradient.step_offset[t]} : 0);
  }
  return reduced;
}

}  // namespace snnsim::models
