// Prompt processing of a QANN of TinyLlama's shape with random W8A8 weights: multiply-adds per second of its matrix
// products (attention not counted) over the whole time; `of_peak` is their share of the int8 peak in processor time,
// measured in the same run. Blocks are alike, so a few stand for all.
#include <algorithm>
#include <bit>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/random.hpp"
#include "models/quantization/quantized_model.hpp"
#include "tests/benchmarks/machine_bounds.hpp"

namespace snnsim::benchmarks {
namespace {

using namespace snnsim::models;

constexpr std::size_t kBlocks = 2;

const LlamaConfig kTinyLlama{.hidden_size = 2048,
                             .intermediate_size = 5632,
                             .blocks = kBlocks,
                             .heads = 32,
                             .kv_heads = 4,
                             .head_dim = 64,
                             .vocabulary_size = 1000,
                             .context_length = 2048};

/// A matrix of random BF16 numbers.
Tensor random_tensor(Checkpoint& checkpoint, std::vector<std::size_t> shape, float mean, float scale) {
  Tensor tensor{DataType::bf16, std::move(shape), nullptr};
  const auto values = std::make_shared<std::vector<std::uint16_t>>(tensor.size());
  const RandomStream random(checkpoint.storage.size(), RandomStream::Purpose::sampling);
  for (std::size_t i = 0; i < values->size(); ++i) {
    const float value = mean + scale * (static_cast<float>(random.uniform(i)) - 0.5F);
    (*values)[i] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16U);
  }
  tensor.bytes = reinterpret_cast<const std::byte*>(values->data());
  checkpoint.storage.push_back(values);
  return tensor;
}

std::shared_ptr<const DenseModel> random_dense(const LlamaConfig& c) {
  auto checkpoint = std::make_shared<Checkpoint>();
  checkpoint->config = c;
  checkpoint->embedding = random_tensor(*checkpoint, {c.vocabulary_size, c.hidden_size}, 0, 2);
  const Tensor norm = random_tensor(*checkpoint, {c.hidden_size}, 1, 0.2F);
  BlockWeights block;
  block.attention_norm = block.mlp_norm = norm;
  checkpoint->blocks.assign(c.blocks, block);
  checkpoint->final_norm = norm;
  checkpoint->lm_head = checkpoint->embedding;
  return std::make_shared<const DenseModel>(checkpoint);
}

WeightMatrix random_matrix(std::size_t out, std::size_t in) {
  const RandomStream random(out + in, RandomStream::Purpose::sampling);
  std::vector<std::int8_t> values(out * in);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(random.bits(i) % 255 - 127);
  return {std::make_shared<const IntegerWeights>(out, in, values), std::vector<float>(out, 3e-4F), nullptr};
}

QuantizedModel random_model(const LlamaConfig& c) {
  QuantizedModel model{.dense = random_dense(c), .blocks = {}};
  QuantizedBlock block;
  for (const Site site : kAllSites) at(block.sites, site) = {{-127, 127}, std::vector<float>(width(c, site), 0.02F)};
  const std::size_t q = width(c, Site::q), kv = width(c, Site::k), hidden = c.hidden_size, mid = c.intermediate_size;
  block.matrices = {random_matrix(q, hidden),  random_matrix(kv, hidden),  random_matrix(kv, hidden),
                    random_matrix(hidden, q),  random_matrix(mid, hidden), random_matrix(mid, hidden),
                    random_matrix(hidden, mid)};
  model.blocks.assign(c.blocks, block);
  return model;
}

double multiply_adds(const QuantizedModel& model) {
  double sum = 0;
  for (const QuantizedBlock& block : model.blocks)
    for (const WeightMatrix& matrix : block.matrices)
      sum += static_cast<double>(matrix.integer->out() * matrix.integer->in());
  return sum;
}

void prompt(benchmark::State& state) {
  static const QuantizedModel model = random_model(kTinyLlama);
  const auto positions = static_cast<std::size_t>(state.range(0));
  std::vector<TokenId> tokens(positions);
  for (std::size_t i = 0; i < positions; ++i) tokens[i] = static_cast<TokenId>(i * 7 % kTinyLlama.vocabulary_size);
  const double work = multiply_adds(model) * static_cast<double>(positions);
  std::vector<double> rates, core_rates, peaks;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    const double processor_start = processor_seconds();
    QuantizedSequence sequence(model);
    sequence.append(tokens);
    benchmark::DoNotOptimize(sequence.normalised().row(0));
    const double processor_end = processor_seconds();
    const double time = seconds(std::chrono::steady_clock::now() - start);
    const double operations = int8_peak_loop();
    peaks.push_back(operations / (processor_seconds() - processor_end));
    core_rates.push_back(work / (processor_end - processor_start));
    rates.push_back(work / time);
    state.SetIterationTime(time);
  }
  state.counters["GMAC/s"] = median(rates) / 1e9;
  state.counters["core_peak"] = median(peaks) / 1e9;
  state.counters["of_peak"] = median(core_rates) / median(peaks);
}
BENCHMARK(prompt)->Arg(1)->Arg(32)->Arg(128)->Arg(512)->Arg(2048)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace snnsim::benchmarks

BENCHMARK_MAIN();
