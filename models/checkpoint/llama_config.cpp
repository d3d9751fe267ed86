#include <fmt/format.h>

#include "models/checkpoint/huggingface.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/json_fields.hpp"
#include "models/checkpoint/llama_tensors.hpp"

namespace snnsim::models {
namespace {

constexpr const char* remedy =
    "give a LLaMA-type model: model_type llama, hidden_act silu, no biases, no rope_scaling, sizes as Hugging Face "
    "writes them";

void refuse_what_is_not_read(const JsonFields& fields) {
  if (const std::string type = fields.text("model_type", ""); type != "llama") {
    fields.fail(fmt::format("model_type is {}; llama is read", in_quotes(type)));
  }
  if (const std::string activation = fields.text("hidden_act", "silu"); activation != "silu") {
    fields.fail(fmt::format("hidden_act is {}; silu is read", in_quotes(activation)));
  }
  if (fields.has("rope_scaling")) fields.fail("rope_scaling is set; only plain rotary embeddings are read");
  for (const char* bias : {"attention_bias", "mlp_bias"}) {
    if (fields.flag(bias, false)) fields.fail(fmt::format("{} is true; projections without bias are read", bias));
  }
}

/// rope_theta, which newer files keep inside rope_parameters.
float rope_theta(const JsonFields& fields, const std::string& file) {
  constexpr float usual = 10000.0F;
  if (!fields.has("rope_parameters")) return fields.positive("rope_theta", usual);
  const JsonFields rope(fields.at("rope_parameters"), file + " (rope_parameters)", remedy);
  if (const std::string type = rope.text("rope_type", "default"); type != "default") {
    rope.fail(fmt::format("rope_type is {}; default is read", in_quotes(type)));
  }
  return rope.positive("rope_theta", usual);
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
  config.context_length = fields.count("max_position_embeddings", largest_context);
  config.rms_norm_epsilon = fields.positive("rms_norm_eps", 1e-6F);
  config.rope_theta = rope_theta(fields, file);
  config.rope_layout = RopeLayout::halves;
  config.tied_embeddings = fields.flag("tie_word_embeddings", false);
  if (const std::string wrong = contradiction(config); !wrong.empty()) fields.fail(wrong);
  return config;
}

}  // namespace snnsim::models
