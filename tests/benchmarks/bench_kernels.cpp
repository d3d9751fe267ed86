// Spike delivery by size, rows and density, and the fp32 product, each against the machine's peak. The peak loop runs
// between the iterations, so that both see the same machine; figures are medians. `of_peak` compares processor time,
// which other programs on the machine disturb less; the rates are by the clock on the wall. Where libdnnl-dev is
// installed, oneDNN's int8 product stands beside ours. SNNSIM_THREADS limits the cores.
#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <optional>

#include <benchmark/benchmark.h>
#include <tbb/global_control.h>

#include "core/kernels/float_product.hpp"
#include "core/kernels/integer_product.hpp"
#include "core/random.hpp"
#include "tests/benchmarks/machine_bounds.hpp"

namespace snnsim::benchmarks {
namespace {

/// Times body() and the peak loop in turn. `work`: multiply-adds of a call; `useful`: those that were asked for.
template <typename Body>
void against_peak(benchmark::State& state, double work, double useful, double (*peak)(), const Body& body) {
  std::vector<double> rates, core_rates, peaks;
  body();
  for (auto _ : state) {
    const double processor_start = processor_seconds();
    const auto start = std::chrono::steady_clock::now();
    body();
    const double time = seconds(std::chrono::steady_clock::now() - start);
    state.SetIterationTime(time);
    rates.push_back(work / time);
    core_rates.push_back(work / (processor_seconds() - processor_start));
    const double peak_start = processor_seconds();
    const double operations = peak();
    peaks.push_back(operations / (processor_seconds() - peak_start));
  }
  state.counters["GMAC/s"] = median(rates) / 1e9;
  if (useful < work) state.counters["GSOP/s"] = median(rates) * useful / work / 1e9;
  state.counters["core_peak"] = median(peaks) / 1e9;
  state.counters["of_peak"] = median(core_rates) / median(peaks);
}

IntegerWeights make_weights(std::size_t out, std::size_t in) {
  const RandomStream random(1, RandomStream::Purpose::sampling);
  std::vector<std::int8_t> values(out * in);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(random.bits(i) & 0xffU);
  return {out, in, values};
}

const IntegerWeights& weights_of(std::size_t out, std::size_t in) {
  static std::optional<IntegerWeights> kept;
  if (!kept || kept->out() != out || kept->in() != in) kept.emplace(make_weights(out, in));
  return *kept;
}

std::vector<std::uint32_t> all_rows(std::size_t rows) {
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

/// accumulate() of rows whose counts are nonzero with the given density in percent. Arguments: in, out, rows, percent.
void deliver(benchmark::State& state) {
  const auto in = static_cast<std::size_t>(state.range(0)), out = static_cast<std::size_t>(state.range(1));
  const auto rows = static_cast<std::size_t>(state.range(2));
  const double density = static_cast<double>(state.range(3)) / 100;
  const IntegerWeights& weights = weights_of(out, in);
  Matrix<std::int16_t> counts(rows, padded_inputs(in));
  Matrix<std::int32_t> sums(rows, padded_outputs(out));
  const RandomStream random(2, RandomStream::Purpose::sampling);
  double spikes = 0;
  for (std::size_t i = 0; i < counts.values().size(); ++i) {
    counts.values()[i] = random.uniform(i) < density ? 3 : 0;
    spikes += counts.values()[i] != 0 ? 1 : 0;
  }
  const std::vector<std::uint32_t> all = all_rows(rows);
  const auto outputs = static_cast<double>(out);
  against_peak(state, static_cast<double>(rows * in) * outputs, spikes * outputs, int8_peak_loop,
               [&] { accumulate(weights, counts, all, sums); });
}
BENCHMARK(deliver)
    ->ArgsProduct({{2048}, {5632}, {1, 8, 16, 32, 128, 512}, {2, 5, 10, 20, 40, 100}})
    ->ArgsProduct({{4096}, {11008}, {1, 8, 16, 32, 128, 512}, {2, 5, 10, 20, 40, 100}})
    ->UseManualTime()
    ->MinTime(0.2);

/// oneDNN's dense product. Arguments: in, out, rows.
void onednn(benchmark::State& state) {
  if (!OneDnnProduct::available()) return state.SkipWithError("built without oneDNN");
  const auto in = static_cast<std::size_t>(state.range(0)), out = static_cast<std::size_t>(state.range(1));
  const auto rows = static_cast<std::size_t>(state.range(2));
  OneDnnProduct product(rows, in, out);
  const double work = static_cast<double>(rows * in) * static_cast<double>(out);
  against_peak(state, work, work, int8_peak_loop, [&] { product.run(); });
}
BENCHMARK(onednn)
    ->ArgsProduct({{2048}, {5632}, {1, 8, 16, 32, 128, 512}})
    ->ArgsProduct({{4096}, {11008}, {1, 8, 16, 32, 128, 512}})
    ->UseManualTime()
    ->MinTime(0.2);

/// The dense product in fp32 with one fixed order of additions. Arguments: in, out, rows.
void multiply_float(benchmark::State& state) {
  struct Weights final : FloatWeights {
    std::size_t in_, out_;
    std::vector<float> values;
    Weights(std::size_t in, std::size_t out) : in_(in), out_(out), values(in * out, 0.5F) {}
    std::size_t out() const override { return out_; }
    std::size_t in() const override { return in_; }
    void read_row(std::size_t i, float* row) const override { std::copy_n(values.data() + i * in_, in_, row); }
  } const weights(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  const auto rows = static_cast<std::size_t>(state.range(2));
  const Matrix<float> x(rows, weights.in(), 1.0F);
  Matrix<float> y(rows, weights.out());
  const std::vector<std::uint32_t> all = all_rows(rows);
  const double work = static_cast<double>(rows * weights.in()) * static_cast<double>(weights.out());
  against_peak(state, work, work, float_peak_loop, [&] { multiply(weights, x, all, y, OutputRows::scattered); });
}
BENCHMARK(multiply_float)
    ->ArgsProduct({{288}, {32000}, {1, 16, 128, 256}})
    ->ArgsProduct({{2048}, {5632}, {1, 16, 32, 128, 512}})
    ->UseManualTime()
    ->MinTime(0.2);

}  // namespace
}  // namespace snnsim::benchmarks

int main(int argc, char** argv) {
  const char* threads = std::getenv("SNNSIM_THREADS");
  std::optional<tbb::global_control> limit;
  if (threads != nullptr)
    limit.emplace(tbb::global_control::max_allowed_parallelism, std::strtoul(threads, nullptr, 10));
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
