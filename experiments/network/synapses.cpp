#include "experiments/network/synapses.hpp"

#include <algorithm>
#include <cmath>

#include "core/parallel.hpp"
#include "core/random.hpp"
#include "experiments/network/network_hdf5.hpp"
#include "experiments/network/weight_arrays.hpp"

namespace snnsim::experiments {
namespace {

RandomStream stream_of(const NetworkDescription& network, std::size_t projection) {
  const RandomStream streams(network.seed, RandomStream::Purpose::network_weights);
  return {streams.bits(projection), RandomStream::Purpose::network_weights};
}

std::int8_t draw(const RandomWeights& random, std::uint64_t bits) {
  const auto choices = static_cast<std::uint64_t>(std::int64_t{random.high} - random.low + 1);
  return static_cast<std::int8_t>(random.low + static_cast<std::int32_t>(bits % choices));
}

/// Weight (i, j) is number i × sources + j of the stream.
DenseArrays random_dense(const RandomWeights& random, const RandomStream& stream, const ProjectionShape& shape) {
  DenseArrays dense{std::vector<std::int8_t>(shape.targets * shape.sources)};
  parallel_for(shape.targets, [&](std::size_t i) {
    for (std::size_t j = i * shape.sources; j < (i + 1) * shape.sources; ++j)
      dense.weights[j] = draw(random, stream.bits(j));
  });
  return dense;
}

/// `count` of the numbers below n, ascending, each choice equally likely (R. Floyd's algorithm, Comm. ACM 30(9), 1987).
/// `taken`: n times false, before and after.
std::vector<std::uint32_t> choose(std::size_t count, std::size_t n, const RandomStream& stream, std::uint64_t first,
                                  std::vector<bool>& taken) {
  std::vector<std::uint32_t> chosen;
  for (std::size_t k = n - count; k < n; ++k) {
    const std::size_t wanted = stream.bits(first + chosen.size()) % (k + 1), got = taken[wanted] ? k : wanted;
    taken[got] = true;
    chosen.push_back(static_cast<std::uint32_t>(got));
  }
  for (const std::uint32_t i : chosen) taken[i] = false;
  std::ranges::sort(chosen);
  return chosen;
}

/// Every source reaches round(density × targets) targets; its numbers of the stream follow those of the source before.
SparseArrays random_sparse(const RandomWeights& random, const RandomStream& stream, const ProjectionShape& shape) {
  const auto degree = static_cast<std::size_t>(std::llround(random.density * static_cast<double>(shape.targets)));
  SparseArrays sparse;
  sparse.targets.resize(degree * shape.sources);
  sparse.weights.resize(degree * shape.sources);
  for (std::size_t j = 0; j <= shape.sources; ++j) sparse.offsets.push_back(j * degree);
  parallel_for(shape.sources, [&](std::size_t j) {
    thread_local std::vector<bool> taken;
    taken.resize(std::max(taken.size(), shape.targets));
    const std::uint64_t first = 2 * j * degree;
    const std::vector<std::uint32_t> targets = choose(degree, shape.targets, stream, first, taken);
    std::ranges::copy(targets, sparse.targets.begin() + static_cast<std::ptrdiff_t>(j * degree));
    for (std::size_t k = 0; k < degree; ++k)
      sparse.weights[j * degree + k] = draw(random, stream.bits(first + degree + k));
  });
  return sparse;
}

DenseArrays listed_dense(const std::vector<std::vector<std::int32_t>>& rows) {
  DenseArrays dense;
  for (const std::vector<std::int32_t>& row : rows)
    for (const std::int32_t w : row) dense.weights.push_back(static_cast<std::int8_t>(w));
  return dense;
}

SparseArrays listed_sparse(const CsrSection& csr) {
  return {csr.offsets, csr.targets, {csr.weights.begin(), csr.weights.end()}};
}

SparseArrays one_to_one(std::int32_t weight, std::size_t neurons) {
  SparseArrays sparse{{0}, {}, std::vector<std::int8_t>(neurons, static_cast<std::int8_t>(weight))};
  for (std::size_t j = 0; j < neurons; ++j) {
    sparse.targets.push_back(static_cast<std::uint32_t>(j));
    sparse.offsets.push_back(j + 1);
  }
  return sparse;
}

WeightArrays make_arrays(const NetworkDescription& network, std::size_t index, const ProjectionShape& shape) {
  const ProjectionSection& projection = network.projections[index];
  const WeightsSection& weights = projection.weights;
  if (!weights.file.empty()) return read_weights(projection, shape);
  if (!weights.dense.empty()) return listed_dense(weights.dense);
  if (!weights.csr.empty()) return listed_sparse(weights.csr);
  if (weights.one_to_one != 0) return one_to_one(weights.one_to_one, shape.targets);
  const RandomStream stream = stream_of(network, index);
  if (weights.random.density == 1) return random_dense(weights.random, stream, shape);
  return random_sparse(weights.random, stream, shape);
}

}  // namespace

Projection make_projection(const NetworkDescription& network, std::size_t index, const ProjectionShape& shape) {
  const ProjectionSection& section = network.projections[index];
  Projection projection{.name = section.name(),
                        .synapses = IntegerSynapses{},
                        .weight_bits = section.bits,
                        .axon = {section.delay, section.jitter}};
  const std::vector<float> scale = section.scale.of(shape.targets);
  const WeightArrays arrays = make_arrays(network, index, shape);
  if (const auto* dense = std::get_if<DenseArrays>(&arrays)) {
    projection.synapses =
        IntegerSynapses{std::make_shared<const IntegerWeights>(shape.targets, shape.sources, dense->weights), scale};
    return projection;
  }
  const auto& sparse = std::get<SparseArrays>(arrays);
  projection.synapses =
      SparseSynapses{std::make_shared<const SparseWeights>(shape.targets, shape.sources, sparse.offsets, sparse.targets,
                                                           sparse.weights),
                     scale};
  return projection;
}

std::int64_t max_row_magnitude(const Projection& projection) {
  if (const auto* sparse = std::get_if<SparseSynapses>(&projection.synapses))
    return sparse->weights->max_row_magnitude();
  return std::get<IntegerSynapses>(projection.synapses).weights->max_row_magnitude();
}

}  // namespace snnsim::experiments
