// Opening a model, turning its stored numbers into fp32 and quantizing weights: seconds, numbers per second, and the
// bound set by copying as many fp32 numbers. SNNSIM_CHECKPOINT names a model to open and check; else the bundled one.
#include <cstdlib>

#include <benchmark/benchmark.h>

#include "core/random.hpp"
#include "models/checkpoint/check_finite.hpp"
#include "models/checkpoint/dequantize.hpp"
#include "models/quantization/quantizer.hpp"

namespace snnsim::models {
namespace {

std::filesystem::path checkpoint() {
  const char* given = std::getenv("SNNSIM_CHECKPOINT");
  return given != nullptr ? given : std::filesystem::path(SNNSIM_SOURCE_DIR) / "bundled" / "stories3m";
}

void open(benchmark::State& state) {
  const std::filesystem::path path = checkpoint();
  for (auto _ : state) benchmark::DoNotOptimize(open_checkpoint(path).blocks.data());
}

void check(benchmark::State& state) {
  const Checkpoint model = open_checkpoint(checkpoint());
  for (auto _ : state) check_finite(model);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(model.parameters()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(model.bytes()));
}

constexpr std::size_t kNumbers = 4096;  // a row

void dequantize_row(benchmark::State& state) {
  const auto type = static_cast<DataType>(state.range(0));
  const std::vector<std::byte> stored(byte_size(type, kNumbers), std::byte{0x35});
  std::vector<float> out(kNumbers);
  for (auto _ : state) {
    dequantize(type, stored.data(), kNumbers, out.data());
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kNumbers));
  state.SetLabel(std::string(name(type)));
}

/// Rows of a bell curve to 8 bits: the search of their least-MSE steps, most of what a quantized model costs.
void quantize_matrix(benchmark::State& state) {
  constexpr std::size_t rows = 256;
  const RandomStream random(1, RandomStream::Purpose::sampling);
  std::vector<float> values(rows * kNumbers);
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t k = 0; k < 4; ++k) values[i] += static_cast<float>(random.uniform(4 * i + k) - 0.5);
  const Tensor weights{DataType::f32, {rows, kNumbers}, reinterpret_cast<const std::byte*>(values.data())};
  for (auto _ : state)
    benchmark::DoNotOptimize(to_weight_matrix(round_to_nearest(TensorWeights(weights), {8})).scale.data());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values.size()));
}

BENCHMARK(open)->Unit(benchmark::kMillisecond);
BENCHMARK(check)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(quantize_matrix)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(dequantize_row)->DenseRange(static_cast<int>(DataType::f32), static_cast<int>(DataType::iq2_xxs));

}  // namespace
}  // namespace snnsim::models

BENCHMARK_MAIN();
