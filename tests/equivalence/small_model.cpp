#include "tests/equivalence/small_model.hpp"

#include <cstring>

#include "models/quantization/threshold_search.hpp"

namespace snnsim::tests {

using namespace snnsim::models;

std::uint64_t Random::next() {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

float Random::normal() {
  float sum = 0;
  for (int i = 0; i < 4; ++i) sum += static_cast<float>(next() >> 40U) / 16777216.0F - 0.5F;
  return sum * 1.7F;
}

std::shared_ptr<const Checkpoint> random_checkpoint(std::uint64_t seed) {
  auto checkpoint = std::make_shared<Checkpoint>();
  checkpoint->format = "test";
  checkpoint->config = {.hidden_size = 33,
                        .intermediate_size = 47,
                        .blocks = 2,
                        .heads = 4,
                        .kv_heads = 2,
                        .head_dim = 10,
                        .vocabulary_size = 50,
                        .context_length = 64};
  const LlamaConfig& c = checkpoint->config;
  Random random{seed};
  const auto tensor = [&](std::vector<std::size_t> shape, float scale, float mean) {
    Tensor t{DataType::f32, std::move(shape), nullptr};
    auto values = std::make_shared<std::vector<float>>(t.size());
    for (float& v : *values) v = mean + scale * random.normal();
    t.bytes = reinterpret_cast<const std::byte*>(values->data());
    checkpoint->storage.push_back(values);
    return t;
  };
  const std::size_t q = c.heads * c.head_dim, kv = c.kv_heads * c.head_dim;
  checkpoint->embedding = tensor({c.vocabulary_size, c.hidden_size}, 1, 0);
  for (std::size_t k = 0; k < c.blocks; ++k)
    checkpoint->blocks.push_back(
        {tensor({c.hidden_size}, 0.2F, 1), tensor({q, c.hidden_size}, 0.3F, 0), tensor({kv, c.hidden_size}, 0.3F, 0),
         tensor({kv, c.hidden_size}, 0.3F, 0), tensor({c.hidden_size, q}, 0.3F, 0), tensor({c.hidden_size}, 0.2F, 1),
         tensor({c.intermediate_size, c.hidden_size}, 0.3F, 0), tensor({c.intermediate_size, c.hidden_size}, 0.3F, 0),
         tensor({c.hidden_size, c.intermediate_size}, 0.3F, 0)});
  checkpoint->final_norm = tensor({c.hidden_size}, 0.2F, 1);
  checkpoint->lm_head = tensor({c.vocabulary_size, c.hidden_size}, 0.3F, 0);
  return checkpoint;
}

std::vector<TokenId> random_tokens(const LlamaConfig& config, std::size_t count, std::uint64_t seed) {
  Random random{seed};
  std::vector<TokenId> tokens{1};
  while (tokens.size() < count)
    tokens.push_back(static_cast<TokenId>(3 + random.next() % (config.vocabulary_size - 3)));
  return tokens;
}

QuantizedModel quantized(const std::shared_ptr<const DenseModel>& dense, int weight_bits, int activation_bits,
                         std::size_t prefix) {
  QuantizerOptions options{
      .weight_bits = weight_bits, .activation_bits = activation_bits, .prefix = prefix, .activation_range = [=](auto) {
        return signed_range(activation_bits);
      }};
  return quantize(dense, {random_tokens(dense->config(), 24, 7), random_tokens(dense->config(), 24, 8)}, options);
}

bool Run::operator==(const Run& other) const {
  const bool same_bits =
      output.rows() == other.output.rows() &&
      std::memcmp(output.values().data(), other.output.values().data(), output.values().size_bytes()) == 0;
  return same_bits && emitted == other.emitted && activity == other.activity &&
         timing.first_output == other.timing.first_output && timing.quiescence == other.timing.quiescence;
}

Run simulate(const SpikingModel& spiking, const DenseModel& dense, const Executor& executor,
             const std::vector<TokenId>& tokens, std::size_t prefix, bool sequential) {
  DenseSequence reference(dense);
  reference.append(std::span(tokens).first(prefix));
  SpikingSequence sequence(spiking, dense, executor);
  sequence.append_prefix(reference, prefix);
  const std::span<const TokenId> rest = std::span(tokens).subspan(prefix);
  if (sequential)
    for (const TokenId& token : rest) sequence.append({&token, 1});
  else
    sequence.append(rest);
  Run run{sequence.normalised(), {}, {}, sequence.timing()};
  for (const NodeId id : spiking.graph.populations()) {
    const std::size_t width = spiking.graph.population(id).width();
    Matrix<std::int32_t> emitted(tokens.size(), width);
    for (std::size_t r = prefix; r < tokens.size(); ++r)
      sequence.state().emitted(id, static_cast<Position>(r), {emitted.row(r), width});
    run.emitted.push_back(std::move(emitted));
    run.activity.push_back(sequence.state().activity(id));
  }
  return run;
}

}  // namespace snnsim::tests
