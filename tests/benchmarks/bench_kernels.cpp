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

IntegerWeights make_weights(std::size_t out, std::size_t in, int bits) {
  const RandomStream random(1, RandomStream::Purpose::sampling);
  std::vector<std::int8_t> values(out * in);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<std::int8_t>(static_cast<std::int8_t>(random.bits(i) & 0xffU) >> (8 - bits));
  return IntegerWeights(out, in, values).repacked(format_for(bits));
}

const IntegerWeights& weights_of(std::size_t out, std::size_t in, int bits) {
  static std::optional<IntegerWeights> kept;
  const WeightFormat format = format_for(bits);
  if (!kept || kept->out() != out || kept->in() != in || kept->format() != format)
    kept.emplace(make_weights(out, in, bits));
  return *kept;
}

/// Counts that are nonzero with the given density.
Matrix<std::int16_t> make_counts(std::size_t rows, std::size_t in, double density) {
  Matrix<std::int16_t> counts(rows, padded_inputs(in));
  const RandomStream random(2, RandomStream::Purpose::sampling);
  for (std::size_t i = 0; i < counts.values().size(); ++i) counts.values()[i] = random.uniform(i) < density ? 3 : 0;
  return counts;
}

double nonzero(const Matrix<std::int16_t>& counts) {
  return static_cast<double>(std::ranges::count_if(counts.values(), [](std::int16_t c) { return c != 0; }));
}

std::vector<std::uint32_t> all_rows(std::size_t rows) {
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

/// accumulate() of rows whose counts are nonzero with the given density in percent. Arguments: in, out, rows, percent,
/// bits of a weight.
void deliver(benchmark::State& state) {
  const auto in = static_cast<std::size_t>(state.range(0)), out = static_cast<std::size_t>(state.range(1));
  const auto rows = static_cast<std::size_t>(state.range(2));
  const double density = static_cast<double>(state.range(3)) / 100;
  const IntegerWeights& weights = weights_of(out, in, static_cast<int>(state.range(4)));
  const Matrix<std::int16_t> counts = make_counts(rows, in, density);
  Matrix<std::int32_t> sums(rows, padded_outputs(out));
  const std::vector<std::uint32_t> all = all_rows(rows);
  const auto outputs = static_cast<double>(out);
  against_peak(state, static_cast<double>(rows * in) * outputs, nonzero(counts) * outputs, int8_peak_loop,
               [&] { accumulate(weights, counts, all, sums); });
}
BENCHMARK(deliver)
    ->ArgsProduct({{2048}, {5632}, {1, 8, 16, 32, 128, 512}, {2, 5, 10, 20, 40, 100}, {8, 6, 4}})
    ->ArgsProduct({{4096}, {11008}, {1, 8, 16, 32, 128, 512}, {2, 5, 10, 20, 40, 100}, {8, 6, 4}})
    ->UseManualTime()
    ->MinTime(0.2);

/// As many copies of a matrix as no cache holds, or one that stays in the second-level cache of a core.
std::vector<IntegerWeights> copies_of(const IntegerWeights& weights) {
  constexpr std::size_t beyond_caches = std::size_t{192} << 20, cached = std::size_t{1} << 20;
  return {weights.bytes() <= cached ? 1 : beyond_caches / weights.bytes() + 1, weights};
}

void read_all(const std::vector<IntegerWeights>& copies) {
  for (const IntegerWeights& weights : copies) read_loop({weights.tile(0), weights.bytes()});
}

/// Where the lists of a batch touch each tile.
std::vector<std::uint32_t> listed_lines(const IntegerWeights& weights, const CountBatch& batch) {
  std::vector<std::uint32_t> lines;
  for (const CountBatch::List& list : batch.lists())
    for (const std::uint32_t j : std::span(batch.inputs(list), batch.rows()[list.row].nonzero))
      lines.push_back(static_cast<std::uint32_t>(j * weights.column_bytes() / 64 * 64));
  return lines;
}

/// The bytes that a product of a batch moves by nothing but loads and stores: all weights if there are panels, the
/// columns of each list, and the sums of each row.
void move_bytes(const IntegerWeights& weights, const CountBatch& batch, std::span<const std::uint32_t> listed,
                bool cached, Matrix<std::int32_t>& sums) {
  if (!batch.panels().empty()) read_loop({weights.tile(0), weights.bytes()});
  if (!listed.empty())
    touch_loop(weights.tile(0), weights.columns() * weights.column_bytes(), weights.tiles(), listed, !cached);
  update_loop(sums.values().data(), sums.values().size() * sizeof(std::int32_t));
}

/// Multiply-adds of a batch per output: panels pass zeros as well.
double passes(const CountBatch& batch) {
  double columns = 0;
  for (const CountBatch::Row& row : batch.rows())
    columns += static_cast<double>(row.sparse ? row.nonzero : batch.columns());
  return columns;
}

/// The kernels against the machine's bound for the same bytes: the time to move them by nothing but loads and stores
/// (move_bytes(); weights in the second-level cache, matrices of 1/4 to 3/4 MiB, or in memory) or to do the kernels'
/// multiply-adds at peak, whichever is longer, over ours (`of_bound`; processor time). For one core (SNNSIM_THREADS=1).
/// `panels`: the share of rows that go by panels. Arguments: in, out, rows, percent, bits.
void deliver_bytes(benchmark::State& state) {
  const auto in = static_cast<std::size_t>(state.range(0)), out = static_cast<std::size_t>(state.range(1));
  const auto rows = static_cast<std::size_t>(state.range(2));
  static std::vector<IntegerWeights> copies;
  if (const auto& weights = weights_of(out, in, static_cast<int>(state.range(4)));
      copies.empty() || copies[0].bytes() != weights.bytes() || copies[0].out() != out)
    copies = copies_of(weights);
  const Matrix<std::int16_t> counts = make_counts(rows, in, static_cast<double>(state.range(3)) / 100);
  Matrix<std::int32_t> sums(rows, padded_outputs(out));
  const CountBatch batch(counts, all_rows(rows));
  const std::vector<std::uint32_t> listed = listed_lines(copies[0], batch);
  const bool cached = copies.size() == 1;
  const auto bytes = static_cast<double>(copies[0].bytes());
  const std::size_t repeats = !cached ? copies.size() : static_cast<std::size_t>(4e6 / bytes) + 1;
  std::vector<double> times, move_times, peaks;
  const auto timed = [&](const auto& body) {
    const double start = processor_seconds();
    for (std::size_t k = 0; k < repeats; ++k) body(copies[k % copies.size()]);
    return (processor_seconds() - start) / static_cast<double>(repeats);
  };
  for (auto _ : state) {
    times.push_back(timed([&](const IntegerWeights& weights) { accumulate(weights, batch, sums); }));
    state.SetIterationTime(times.back() * static_cast<double>(repeats));
    if (!cached) read_all(copies);  // the columns that one of the two left in the third-level cache are to go
    move_times.push_back(timed([&](const IntegerWeights& w) { move_bytes(w, batch, listed, cached, sums); }));
    if (!cached) read_all(copies);
    const double start = processor_seconds();
    const double operations = int8_peak_loop();
    peaks.push_back(operations / (processor_seconds() - start));
  }
  const auto outputs = static_cast<double>(out);
  const double time = median(times), move_time = median(move_times);
  const auto in_panels = static_cast<double>(rows - batch.lists().size());
  state.counters["GSOP/s"] = nonzero(counts) * outputs / time / 1e9;
  state.counters["panels"] = in_panels / static_cast<double>(rows);
  state.counters["bytes_bound"] = move_time / time;
  state.counters["of_bound"] = std::max(move_time, passes(batch) * outputs / median(peaks)) / time;
}
BENCHMARK(deliver_bytes)
    ->ArgsProduct({{128}, {4096}, {1, 8, 32}, {5, 20, 100}, {8, 4}})
    ->ArgsProduct({{48}, {11008}, {1, 8, 32}, {5, 20, 100}, {8, 4}})
    ->ArgsProduct({{4096}, {128}, {1, 8, 32}, {5, 20, 100}, {8, 4}})
    ->ArgsProduct({{11008}, {64}, {1, 8, 32}, {5, 20, 100}, {8, 4}})
    ->ArgsProduct({{11008}, {4096}, {1, 8, 32}, {5, 20, 100}, {8, 4}})
    ->ArgsProduct({{4096}, {11008}, {1, 8, 32}, {5, 20, 100}, {8, 4}})
    ->ArgsProduct({{4096}, {11008}, {1, 8, 32}, {100}, {6, 3, 2}})
    ->UseManualTime()
    ->MinTime(0.05);

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
  const auto in = static_cast<std::size_t>(state.range(0)), out = static_cast<std::size_t>(state.range(1));
  const MatrixWeights weights(Matrix<float>(out, in, 0.5F));
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
