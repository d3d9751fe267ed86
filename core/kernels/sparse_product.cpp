#include "core/kernels/sparse_product.hpp"

#include <algorithm>
#include <vector>

#include "core/parallel.hpp"

namespace snnsim {
namespace {

constexpr std::size_t kAhead = 4;  // sources between a prefetch and its use

struct Spike {
  std::uint32_t source = 0;
  std::int32_t count = 0;
};

std::vector<Spike> spikes_of(std::span<const std::int16_t> counts) {
  std::vector<Spike> spikes;
  for (std::size_t j = 0; j < counts.size(); ++j)
    if (counts[j] != 0) spikes.push_back({static_cast<std::uint32_t>(j), counts[j]});
  return spikes;
}

/// The synapses of one block: sums begin with its first target.
void add_block(const SparseWeights& weights, std::size_t block, std::span<const Spike> spikes, std::int32_t* sums) {
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    const std::size_t later = spikes[std::min(i + kAhead, spikes.size() - 1)].source;
    __builtin_prefetch(weights.synapses(block, later).targets);
    __builtin_prefetch(weights.synapses(block, later).weights);
    const SparseWeights::Synapses synapses = weights.synapses(block, spikes[i].source);
    for (std::size_t k = 0; k < synapses.size; ++k) sums[synapses.targets[k]] += spikes[i].count * synapses.weights[k];
  }
}

}  // namespace

void accumulate(const SparseWeights& weights, const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                std::span<const std::uint32_t> targets, Matrix<std::int32_t>& accumulators) {
  std::vector<std::vector<Spike>> spikes(rows.size());
  parallel_for(rows.size(), [&](std::size_t k) { spikes[k] = spikes_of({counts.row(rows[k]), weights.in()}); });
  const std::size_t blocks = weights.blocks();
  parallel_for(rows.size() * blocks, [&](std::size_t task) {
    const std::size_t k = task / blocks, block = task % blocks;
    add_block(weights, block, spikes[k], accumulators.row(targets[k]) + weights.first_target(block));
  });
}

}  // namespace snnsim
