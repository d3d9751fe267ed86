#include "models/quantization/site_samples.hpp"

#include <algorithm>
#include <cmath>

#include "core/parallel.hpp"
#include "models/quantization/channel_factors.hpp"
#include "models/quantization/threshold_search.hpp"

namespace snnsim::models {

namespace {

std::size_t groups_of(const LlamaConfig& config, Site site, Granularity granularity) {
  switch (granularity) {
    case Granularity::per_tensor:
      return 1;
    case Granularity::per_head:
    case Granularity::per_token:
      return groups(config, site);
    case Granularity::per_channel:
      break;
  }
  return width(config, site);
}

std::vector<float> divided(const std::vector<float>& values, std::span<const float> factors) {
  std::vector<float> result = values;
  for (std::size_t i = 0; i < result.size(); ++i) result[i] /= factors[i % factors.size()];
  return result;
}

}  // namespace

float StepRule::operator()(std::span<const float> samples, LevelRange range) const {
  return percentile ? percentile_step(samples, range, *percentile) : search_step(samples, range);
}

ActivationQuantizer dynamic_quantizer(const LlamaConfig& config, Site site, LevelRange range) {
  return {range, {}, groups(config, site)};
}

SiteSamples::SiteSamples(const LlamaConfig& config, Site site, Granularity granularity, std::size_t rows)
    : width_(width(config, site) / groups_of(config, site, granularity)),
      per_channel_(granularity == Granularity::per_channel),
      values_(groups_of(config, site, granularity)) {
  for (std::vector<float>& group : values_) group.reserve(rows * width_);
}

void SiteSamples::add(const Matrix<float>& x, std::span<const std::uint32_t> rows) {
  for (const std::uint32_t r : rows)
    for (std::size_t g = 0; g < values_.size(); ++g)
      values_[g].insert(values_[g].end(), x.row(r) + g * width_, x.row(r) + (g + 1) * width_);
}

std::vector<float> SiteSamples::largest() const {
  std::vector<float> largest(values_.size() * width_);
  for (std::size_t g = 0; g < values_.size(); ++g)
    for (std::size_t i = 0; i < values_[g].size(); ++i) {
      float& most = largest[g * width_ + i % width_];
      most = std::max(most, std::abs(values_[g][i]));
    }
  return largest;
}

ActivationQuantizer SiteSamples::fit(LevelRange range, const StepRule& rule, std::span<const float> factors) const {
  std::vector<float> steps(values_.size());
  parallel_for(values_.size(), [&](std::size_t g) {
    const auto own = factors.empty() ? factors : factors.subspan(g * width_, width_);
    steps[g] = own.empty() ? rule(values_[g], range) : rule(divided(values_[g], own), range);
  });
  ActivationQuantizer quantizer{range, {}};
  for (const float step : steps) quantizer.step.insert(quantizer.step.end(), width_, step);
  for (std::size_t j = 0; j < factors.size(); ++j) quantizer.step[j] *= factors[j];
  if (!per_channel_) return quantizer;
  const std::vector<float> most = largest();
  for (std::size_t j = 0; j < most.size(); ++j)
    if (most[j] == 0) quantizer.step[j] = 0;
  quantizer.step = balanced(std::move(quantizer.step));
  return quantizer;
}

}  // namespace snnsim::models
