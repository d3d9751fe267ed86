// Spike delivery by density and number of rows, and the fp32 product: updates and multiply-adds per second.
#include <numeric>

#include <benchmark/benchmark.h>

#include "core/kernels/float_product.hpp"
#include "core/kernels/integer_product.hpp"
#include "core/random.hpp"

namespace snnsim {
namespace {

constexpr std::size_t kWidth = 1024;

IntegerWeights make_weights(std::size_t out, std::size_t in) {
  const RandomStream random(1, RandomStream::Purpose::sampling);
  std::vector<std::int8_t> values(out * in);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(random.bits(i) & 0xffU);
  return {out, in, values};
}

/// accumulate() of `rows` rows whose counts are nonzero with the given density in percent.
void deliver(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const double density = static_cast<double>(state.range(1)) / 100;
  const IntegerWeights weights = make_weights(kWidth, kWidth);
  Matrix<std::int16_t> counts(rows, padded_inputs(kWidth));
  Matrix<std::int32_t> sums(rows, padded_outputs(kWidth));
  const RandomStream random(2, RandomStream::Purpose::sampling);
  double spikes = 0;
  for (std::size_t i = 0; i < counts.values().size(); ++i) {
    counts.values()[i] = random.uniform(i) < density ? 3 : 0;
    spikes += counts.values()[i] != 0 ? 1 : 0;
  }
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  for (auto _ : state) {
    accumulate(weights, counts, all, sums);
    std::ranges::fill(sums.values(), 0);
  }
  state.counters["SOP/s"] =
      benchmark::Counter(spikes * kWidth * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["MAC/s"] =
      benchmark::Counter(static_cast<double>(rows * kWidth * kWidth) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(deliver)->ArgsProduct({{8, 32, 128}, {2, 5, 10, 20, 40, 100}})->UseRealTime();

/// The dense product in fp32 with one fixed order of additions.
void multiply_float(benchmark::State& state) {
  struct Weights final : FloatWeights {
    std::vector<float> values = std::vector<float>(kWidth * kWidth, 0.5F);
    std::size_t out() const override { return kWidth; }
    std::size_t in() const override { return kWidth; }
    void read_row(std::size_t i, float* row) const override { std::copy_n(values.data() + i * kWidth, kWidth, row); }
  } const weights;
  const auto rows = static_cast<std::size_t>(state.range(0));
  const Matrix<float> x(rows, kWidth, 1.0F);
  Matrix<float> y(rows, kWidth);
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  for (auto _ : state) multiply(weights, x, all, y, OutputRows::scattered);
  state.counters["MAC/s"] =
      benchmark::Counter(static_cast<double>(rows * kWidth * kWidth) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(multiply_float)->Arg(1)->Arg(16)->Arg(128)->UseRealTime();

}  // namespace
}  // namespace snnsim

BENCHMARK_MAIN();
