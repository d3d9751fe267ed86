#include <algorithm>

#include <fmt/format.h>

#include "models/checkpoint/huggingface.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/json_fields.hpp"
#include "models/checkpoint/llama_tensors.hpp"
#include "models/checkpoint/rope_config.hpp"

namespace snnsim::models {
namespace {

constexpr const char* remedy =
    "give a LLaMA-type model: model_type llama, mistral or qwen2, hidden_act silu, sizes as Hugging Face writes them";

enum class Family { llama, mistral, qwen2 };

Family read_family(const JsonFields& fields) {
  const std::string type = fields.text("model_type", "");
  if (type == "llama") return Family::llama;
  if (type == "mistral") return Family::mistral;
  if (type == "qwen2") return Family::qwen2;
  fields.fail(fmt::format("model_type is {}; llama, mistral and qwen2 are read", in_quotes(type)));
}

void refuse_what_is_not_read(const JsonFields& fields) {
  if (const std::string activation = fields.text("hidden_act", "silu"); activation != "silu") {
    fields.fail(fmt::format("hidden_act is {}; silu is read", in_quotes(activation)));
  }
  for (const char* bias : {"attention_bias", "mlp_bias"}) {
    if (fields.flag(bias, false)) {
      fields.fail(fmt::format("{} is true; projections without bias are read, and Qwen2's", bias));
    }
  }
  if (fields.positive("partial_rotary_factor", 1) != 1.0F) {
    fields.fail("partial_rotary_factor is set; rotary embeddings of whole heads are read");
  }
  if (fields.has("quantization_config")) {
    fields.fail("quantization_config is set; weights of F32, F16 and BF16 are read here, quantized ones as GGUF");
  }
}

/// Positions up to which a sliding attention window hides nothing: within them the window need not be computed.
std::size_t positions_within_window(const JsonFields& fields, Family family) {
  const bool has_window =
      family == Family::mistral || (family == Family::qwen2 && fields.flag("use_sliding_window", false));
  return has_window ? fields.count("sliding_window", largest_context, largest_context) : largest_context;
}

std::size_t default_head_dim(const LlamaConfig& config, const JsonFields& fields) {
  if (config.hidden_size % config.heads == 0) return config.hidden_size / config.heads;
  fields.fail(
      fmt::format("{} heads do not divide hidden_size {}, and head_dim is missing", config.heads, config.hidden_size));
}

}  // namespace

LlamaConfig read_llama_config(std::string_view text, const std::string& file) {
  const nlohmann::json json = parse_json(text, file, remedy);
  const JsonFields fields(json, file, remedy);
  const Family family = read_family(fields);
  refuse_what_is_not_read(fields);
  LlamaConfig config;
  config.hidden_size = fields.count("hidden_size", largest_dimension);
  config.intermediate_size = fields.count("intermediate_size", largest_dimension);
  config.blocks = fields.count("num_hidden_layers", most_blocks);
  config.heads = fields.count("num_attention_heads", largest_dimension);
  config.kv_heads = fields.count("num_key_value_heads", largest_dimension, config.heads);
  config.head_dim =
      fields.has("head_dim") ? fields.count("head_dim", largest_dimension) : default_head_dim(config, fields);
  config.vocabulary_size = fields.count("vocab_size", largest_vocabulary);
  config.context_length =
      std::min(fields.count("max_position_embeddings", largest_context), positions_within_window(fields, family));
  config.rms_norm_epsilon = fields.positive("rms_norm_eps", 1e-6F);
  read_rope(fields, remedy, config);
  config.rope_layout = RopeLayout::halves;
  config.projection_biases = family == Family::qwen2;
  config.tied_embeddings = fields.flag("tie_word_embeddings", false);
  if (const std::string wrong = contradiction(config); !wrong.empty()) fields.fail(wrong);
  return config;
}

}  // namespace snnsim::models
