#include "tests/equivalence/small_model.hpp"

#include "models/quantization/threshold_search.hpp"

namespace snnsim::tests {

using namespace snnsim::models;

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

std::shared_ptr<const Checkpoint> biased_checkpoint(float scale) {
  auto checkpoint = std::make_shared<Checkpoint>(*random_checkpoint(3));
  Random random{11};
  const auto bias = [&](std::size_t count) {
    auto numbers = std::make_shared<std::vector<float>>(count);
    for (float& number : *numbers) number = scale * random.normal();
    checkpoint->storage.push_back(numbers);
    return Tensor{DataType::f32, {count}, reinterpret_cast<const std::byte*>(numbers->data())};
  };
  checkpoint->config.projection_biases = true;
  for (BlockWeights& block : checkpoint->blocks) {
    block.query_bias = bias(block.query.rows());
    block.key_bias = bias(block.key.rows());
    block.value_bias = bias(block.value.rows());
  }
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

}  // namespace snnsim::tests
