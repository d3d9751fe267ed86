#include "models/checkpoint/gguf_checkpoint.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/checkpoint/assemble.hpp"

namespace snnsim::models {
namespace {

constexpr std::string_view rope_factors = "rope_freqs.weight";

constexpr AssemblyRules rules = {
    .described_by = "its metadata",
    .remedy = "fetch the file again, or convert the model again with llama.cpp's convert_hf_to_gguf.py",
    .is_derived = [](std::string_view tensor) { return tensor == rope_factors; },
};

TensorMap tensor_map(const Gguf& gguf, const std::string& file) {
  TensorMap tensors;
  for (const GgufTensor& entry : gguf.tensors) tensors.emplace(entry.name, to_tensor(entry, file));
  return tensors;
}

/// Multiplies the divisors by the factors that the file stores beside the weights.
void apply_rope_factors(const Tensor& factors, const GgufMetadata& metadata, LlamaConfig& config) {
  const std::size_t half = config.head_dim / 2;
  if (factors.shape != std::vector<std::size_t>{half}) {
    metadata.fail(fmt::format("{} has shape [{}], not [{}]", rope_factors, fmt::join(factors.shape, ", "), half));
  }
  const std::vector<float> values = factors.read();
  config.rope_divisors.resize(half, 1.0F);
  for (std::size_t i = 0; i < half; ++i) {
    if (!(values[i] > 0) || !std::isfinite(values[i])) {
      metadata.fail(fmt::format("{} holds {}, not a number above zero", rope_factors, values[i]));
    }
    config.rope_divisors[i] *= values[i];
  }
}

}  // namespace

Checkpoint assemble_gguf(const Gguf& gguf, const std::string& file) {
  Checkpoint checkpoint;
  checkpoint.path = file;
  checkpoint.format = "gguf";
  checkpoint.config = read_gguf_config(gguf);
  const TensorMap tensors = tensor_map(gguf, file);
  if (const auto factors = tensors.find(std::string(rope_factors)); factors != tensors.end()) {
    apply_rope_factors(factors->second, gguf.metadata, checkpoint.config);
  }
  take_tensors(checkpoint, tensors, rules);
  return checkpoint;
}

Checkpoint open_gguf_checkpoint(const std::filesystem::path& path) {
  const Gguf gguf = open_gguf(path);
  Checkpoint checkpoint = assemble_gguf(gguf, path.string());
  checkpoint.files = {path};
  checkpoint.storage = {gguf.storage};
  return checkpoint;
}

}  // namespace snnsim::models
