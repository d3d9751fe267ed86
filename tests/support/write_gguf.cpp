#include "tests/support/write_gguf.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>

#include "models/checkpoint/half_float.hpp"
#include "models/checkpoint/llama_tensors.hpp"
#include "models/checkpoint/write_safetensors.hpp"
#include "tests/support/gguf_bytes.hpp"

namespace snnsim::tests {

using models::Checkpoint;
using models::DataType;
using models::LlamaConfig;
using models::Tensor;

namespace {

constexpr std::size_t kAlignment = 32;

struct Stored {
  std::string name;
  std::vector<std::size_t> shape;
  DataType type;
  std::vector<std::byte> bytes;
};

std::vector<Stored> stored_tensors(Checkpoint checkpoint, DataType type) {
  checkpoint.format = "gguf";
  std::vector<Stored> tensors;
  const auto add = [&](const std::string& name, const std::vector<std::size_t>& shape, std::vector<float> values) {
    const DataType own = shape.size() > 1 ? type : DataType::f32;
    tensors.push_back({name, shape, own, own == DataType::q8_0 ? to_q8_0(values) : models::to_bytes(values, own)});
  };
  models::visit_tensors(checkpoint, [&](const std::string& name, const auto&, const Tensor& tensor) {
    add(name, tensor.shape, tensor.read());
  });
  const std::vector<float>& divisors = checkpoint.config.rope_divisors;
  if (!divisors.empty()) add("rope_freqs.weight", {divisors.size()}, divisors);
  return tensors;
}

void write_metadata(GgufBytes& out, const LlamaConfig& c) {
  const std::string architecture = c.projection_biases ? "qwen2" : "llama";
  const auto count = [&](const std::string& key, std::size_t value) {
    out.key(architecture + "." + key, GgufType::u32).number(static_cast<std::uint32_t>(value));
  };
  out.key("general.architecture", GgufType::text).string(architecture);
  count("embedding_length", c.hidden_size);
  count("feed_forward_length", c.intermediate_size);
  count("block_count", c.blocks);
  count("attention.head_count", c.heads);
  count("attention.head_count_kv", c.kv_heads);
  count("attention.key_length", c.head_dim);
  count("context_length", c.context_length);
  count("vocab_size", c.vocabulary_size);
  out.key(architecture + ".attention.layer_norm_rms_epsilon", GgufType::f32).number(c.rms_norm_epsilon);
  out.key(architecture + ".rope.freq_base", GgufType::f32).number(c.rope_theta);
}

}  // namespace

std::vector<std::byte> to_q8_0(std::span<const float> values) {
  constexpr std::size_t size = 32;
  std::vector<std::byte> bytes;
  for (; !values.empty(); values = values.subspan(size)) {
    float largest = 0;
    for (const float value : values.first(size)) largest = std::max(largest, std::abs(value));
    const float scale = largest / 127;
    const std::vector<std::byte> half = models::to_bytes({&scale, 1}, DataType::f16);
    bytes.insert(bytes.end(), half.begin(), half.end());
    for (const float value : values.first(size))
      bytes.push_back(static_cast<std::byte>(scale > 0 ? static_cast<int>(std::lround(value / scale)) : 0));
  }
  return bytes;
}

void write_gguf(const std::filesystem::path& path, const Checkpoint& checkpoint, DataType type) {
  constexpr std::uint64_t keys = 11;
  const std::vector<Stored> tensors = stored_tensors(checkpoint, type);
  GgufBytes out;
  out.head(tensors.size(), keys);
  write_metadata(out, checkpoint.config);
  std::uint64_t offset = 0;
  for (const Stored& tensor : tensors) {
    out.tensor(tensor.name, {tensor.shape.rbegin(), tensor.shape.rend()}, models::ggml_type(tensor.type).id, offset);
    offset = (offset + tensor.bytes.size() + kAlignment - 1) / kAlignment * kAlignment;
  }
  for (const Stored& tensor : tensors) {
    out.pad(kAlignment);
    out.text.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  }
  std::ofstream(path, std::ios::binary) << out.text;
}

}  // namespace snnsim::tests
