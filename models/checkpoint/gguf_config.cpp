#include <algorithm>

#include <fmt/format.h>

#include "models/checkpoint/gguf_checkpoint.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/llama_tensors.hpp"

namespace snnsim::models {
namespace {

/// The metadata whose keys begin with the architecture's name.
class ArchitectureKeys {
 public:
  explicit ArchitectureKeys(const GgufMetadata& metadata)
      : metadata_(metadata), architecture_(metadata.text("general.architecture")) {
    if (architecture_ == "llama" || architecture_ == "qwen2") return;
    metadata.fail(fmt::format("general.architecture is {}; llama and qwen2 are read", in_quotes(architecture_)));
  }

  bool is_qwen2() const { return architecture_ == "qwen2"; }
  const GgufMetadata& metadata() const { return metadata_; }
  std::string key(std::string_view name) const { return fmt::format("{}.{}", architecture_, name); }
  bool has(std::string_view name) const { return metadata_.has(key(name)); }
  std::size_t count(std::string_view name, std::size_t limit) const { return metadata_.count(key(name), limit); }
  std::size_t count(std::string_view name, std::size_t limit, std::size_t fallback) const {
    return metadata_.count(key(name), limit, fallback);
  }
  float positive(std::string_view name, float fallback) const { return metadata_.positive(key(name), fallback); }
  [[noreturn]] void refuse(std::string_view name, std::string_view what_is_read) const {
    metadata_.fail(fmt::format("{} is {}; {}", key(name), metadata_.describe(key(name)), what_is_read));
  }

 private:
  const GgufMetadata& metadata_;
  std::string architecture_;
};

void refuse_what_is_not_read(const ArchitectureKeys& keys) {
  if (keys.metadata().has("split.count") && keys.metadata().integer("split.count") > 1) {
    keys.metadata().fail("is one part of a split model; join the parts with llama-gguf-split --merge");
  }
  if (keys.has("expert_count") && keys.metadata().integer(keys.key("expert_count")) > 0) {
    keys.refuse("expert_count", "models without experts are read");
  }
  for (const char* factor : {"logit_scale", "residual_scale", "embedding_scale", "attention.scale",
                             "attention.clamp_kqv", "attention.max_alibi_bias", "rope.scaling.attn_factor"}) {
    if (keys.has(factor)) keys.refuse(factor, "models without it are read");
  }
}

std::size_t read_head_dim(const ArchitectureKeys& keys, const LlamaConfig& config) {
  if (!keys.has("attention.key_length") && config.hidden_size % config.heads != 0) {
    keys.metadata().fail(fmt::format("{} heads do not divide embedding_length {}, and attention.key_length is missing",
                                     config.heads, config.hidden_size));
  }
  const std::size_t dim = keys.count("attention.key_length", largest_dimension, config.hidden_size / config.heads);
  for (const char* same : {"attention.value_length", "rope.dimension_count"}) {
    if (keys.count(same, largest_dimension, dim) != dim) {
      keys.refuse(same, fmt::format("a head size of {} asks for the same", dim));
    }
  }
  return dim;
}

std::size_t read_vocabulary_size(const ArchitectureKeys& keys) {
  if (keys.has("vocab_size")) return keys.count("vocab_size", largest_vocabulary);
  const std::size_t pieces = keys.metadata().texts("tokenizer.ggml.tokens").size();
  if (pieces == 0 || pieces > largest_vocabulary) keys.metadata().fail("tokenizer.ggml.tokens holds no vocabulary");
  return pieces;
}

/// Linear scaling divides every frequency by one factor.
std::vector<float> read_divisors(const ArchitectureKeys& keys, std::size_t head_dim) {
  const std::string_view type = keys.metadata().text(keys.key("rope.scaling.type"), "none");
  float factor = keys.positive("rope.scale_linear", 1);  // as older files have it
  if (type == "linear") {
    factor = keys.positive("rope.scaling.factor", factor);
  } else if (type != "none") {
    keys.refuse("rope.scaling.type", "none and linear are read");
  }
  return factor == 1.0F ? std::vector<float>() : std::vector<float>(head_dim / 2, factor);
}

}  // namespace

LlamaConfig read_gguf_config(const Gguf& gguf) {
  const ArchitectureKeys keys(gguf.metadata);
  refuse_what_is_not_read(keys);
  LlamaConfig config;
  config.hidden_size = keys.count("embedding_length", largest_dimension);
  config.intermediate_size = keys.count("feed_forward_length", largest_dimension);
  config.blocks = keys.count("block_count", most_blocks);
  config.heads = keys.count("attention.head_count", largest_dimension);
  config.kv_heads = keys.count("attention.head_count_kv", largest_dimension, config.heads);
  config.head_dim = read_head_dim(keys, config);
  config.vocabulary_size = read_vocabulary_size(keys);
  config.context_length = std::min(keys.count("context_length", largest_context),
                                   keys.count("attention.sliding_window", largest_context, largest_context));
  config.rms_norm_epsilon = gguf.metadata.positive(keys.key("attention.layer_norm_rms_epsilon"));
  config.rope_theta = keys.positive("rope.freq_base", 10000.0F);
  config.rope_divisors = read_divisors(keys, config.head_dim);
  config.rope_layout = keys.is_qwen2() ? RopeLayout::halves : RopeLayout::pairs;
  config.projection_biases = keys.is_qwen2();
  if (const std::string wrong = contradiction(config); !wrong.empty()) gguf.metadata.fail(wrong);
  return config;
}

}  // namespace snnsim::models
