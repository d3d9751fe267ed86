#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/checkpoint/tensor.hpp"

namespace snnsim::models {

/// Which coordinates of a head a rotary embedding turns together.
enum class RopeLayout {
  halves,  // (i, i + head_dim/2): Hugging Face
  pairs,   // (2i, 2i + 1): llama2.c, Meta's own files
};

/// Shape and constants of a LLaMA-type decoder.
struct LlamaConfig {
  std::size_t hidden_size = 0;
  std::size_t intermediate_size = 0;
  std::size_t blocks = 0;
  std::size_t heads = 0;
  std::size_t kv_heads = 0;  // divides heads (grouped-query attention)
  std::size_t head_dim = 0;
  std::size_t vocabulary_size = 0;
  std::size_t context_length = 0;  // positions the model was made for, and no more than its attention window
  float rms_norm_epsilon = 1e-5F;
  float rope_theta = 10000.0F;
  std::vector<float> rope_divisors{};  // (head_dim / 2) what each rotary frequency is divided by; empty: unscaled
  RopeLayout rope_layout = RopeLayout::halves;
  bool projection_biases = false;  // q, k and v have biases (Qwen2)
  bool tied_embeddings = false;

  bool operator==(const LlamaConfig&) const = default;
};

/// Weights of one decoder block; every matrix is (out × in), y = W x.
struct BlockWeights {
  Tensor attention_norm;  // (hidden)
  Tensor query;           // (heads * head_dim, hidden)
  Tensor key, value;      // (kv_heads * head_dim, hidden)
  Tensor output;          // (hidden, heads * head_dim)
  Tensor mlp_norm;        // (hidden)
  Tensor gate, up;        // (intermediate, hidden)
  Tensor down;            // (hidden, intermediate)
  // Added to W x; no shape where the configuration has no projection_biases.
  Tensor query_bias{};              // (heads * head_dim)
  Tensor key_bias{}, value_bias{};  // (kv_heads * head_dim)
};

/// A pretrained model on disk: configuration and mapped weights, every length and shape checked against the
/// configuration when it is opened. Values are not looked at here (see check_finite).
struct Checkpoint {
  std::filesystem::path path;
  std::string format;  // "huggingface", "gguf" or "llama2c"
  LlamaConfig config;
  Tensor embedding;  // (vocabulary, hidden)
  std::vector<BlockWeights> blocks;
  Tensor final_norm;                                 // (hidden)
  Tensor lm_head;                                    // (vocabulary, hidden); the embedding itself when tied
  std::vector<std::filesystem::path> files;          // every file the weights and the configuration were read from
  std::vector<std::shared_ptr<const void>> storage;  // keeps the mappings alive

  std::uint64_t parameters() const;
  std::uint64_t bytes() const;
  /// The one type of all tensors, or how many there are of each, e.g. "F32 45, IQ2_XXS 130".
  std::string data_types() const;
};

/// Opens a Hugging Face directory (config.json, model.safetensors or model.safetensors.index.json), a `.gguf`, or a
/// llama2.c legacy `.bin`. Throws DataError that names the file and what is wrong with it, and the remedy.
Checkpoint open_checkpoint(const std::filesystem::path& path);

}  // namespace snnsim::models
