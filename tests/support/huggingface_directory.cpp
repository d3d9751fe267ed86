#include "tests/support/huggingface_directory.hpp"

#include <deque>
#include <fstream>

#include <fmt/format.h>

#include "tests/support/random.hpp"

namespace snnsim::tests {

using models::DataType;
using models::NamedTensor;

namespace {

using Shape = std::vector<std::size_t>;

std::vector<std::pair<std::string, Shape>> shapes_of(const nlohmann::json& config) {
  const std::size_t hidden = config.at("hidden_size"), middle = config.at("intermediate_size"),
                    heads = config.at("num_attention_heads"), vocabulary = config.at("vocab_size");
  const std::size_t kv_heads = config.value("num_key_value_heads", heads);
  const std::size_t dim = config.value("head_dim", hidden / heads), q = heads * dim, kv = kv_heads * dim;
  std::vector<std::pair<std::string, Shape>> shapes = {{"model.embed_tokens.weight", {vocabulary, hidden}},
                                                       {"model.norm.weight", {hidden}}};
  if (!config.value("tie_word_embeddings", false)) shapes.push_back({"lm_head.weight", {vocabulary, hidden}});
  for (std::size_t k = 0; k < config.at("num_hidden_layers"); ++k) {
    const auto add = [&](const std::string& name, Shape shape) {
      shapes.push_back({fmt::format("model.layers.{}.{}", k, name), std::move(shape)});
    };
    add("input_layernorm.weight", {hidden});
    add("self_attn.q_proj.weight", {q, hidden});
    add("self_attn.k_proj.weight", {kv, hidden});
    add("self_attn.v_proj.weight", {kv, hidden});
    add("self_attn.o_proj.weight", {hidden, q});
    add("post_attention_layernorm.weight", {hidden});
    add("mlp.gate_proj.weight", {middle, hidden});
    add("mlp.up_proj.weight", {middle, hidden});
    add("mlp.down_proj.weight", {hidden, middle});
    if (config.at("model_type") != "qwen2") continue;
    add("self_attn.q_proj.bias", {q});
    add("self_attn.k_proj.bias", {kv});
    add("self_attn.v_proj.bias", {kv});
  }
  return shapes;
}

std::vector<float> random_values(Random& random, const std::string& name, const Shape& shape) {
  const bool is_norm = name.ends_with("norm.weight");
  std::vector<float> values(models::Tensor{.shape = shape}.size());
  for (float& value : values) value = is_norm ? 1 + 0.2F * random.normal() : 0.4F * random.normal();
  return values;
}

}  // namespace

void write_tensors(const std::filesystem::path& folder, const std::vector<NamedTensor>& tensors, std::size_t shards) {
  if (shards == 1) return models::write_safetensors(folder / "model.safetensors", tensors);
  nlohmann::json index;
  for (std::size_t s = 0; s < shards; ++s) {
    const std::string file = fmt::format("model-{:05}-of-{:05}.safetensors", s + 1, shards);
    std::vector<NamedTensor> part;
    for (std::size_t i = s; i < tensors.size(); i += shards) {
      part.push_back(tensors[i]);
      index["weight_map"][tensors[i].name] = file;
    }
    models::write_safetensors(folder / file, part);
  }
  std::ofstream(folder / "model.safetensors.index.json") << index;
}

NamedValues write_random_directory(const std::filesystem::path& folder, const nlohmann::json& config, DataType type,
                                   std::size_t shards) {
  std::ofstream(folder / "config.json") << config;
  Random random{config.dump().size()};
  std::deque<std::vector<std::byte>> storage;
  std::vector<NamedTensor> tensors;
  NamedValues stored;
  for (const auto& [name, shape] : shapes_of(config)) {
    storage.push_back(models::to_bytes(random_values(random, name, shape), type));
    tensors.push_back({name, {type, shape, storage.back().data()}});
    const std::vector<float> values = tensors.back().tensor.read();
    stored[name].assign(values.begin(), values.end());
  }
  write_tensors(folder, tensors, shards);
  return stored;
}

}  // namespace snnsim::tests
