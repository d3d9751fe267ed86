#include "models/checkpoint/rope_config.hpp"

#include <fmt/format.h>

#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/rope_scaling.hpp"

namespace snnsim::models {
namespace {

float required(const JsonFields& scaling, const char* key) {
  if (!scaling.has(key)) scaling.fail(fmt::format("{} is missing", key));
  return scaling.positive(key, 1);
}

std::vector<float> read_llama3(const JsonFields& scaling, const LlamaConfig& config) {
  const Llama3Scaling values{.factor = required(scaling, "factor"),
                             .low_freq_factor = required(scaling, "low_freq_factor"),
                             .high_freq_factor = required(scaling, "high_freq_factor"),
                             .original_context = required(scaling, "original_max_position_embeddings")};
  if (values.high_freq_factor <= values.low_freq_factor) scaling.fail("high_freq_factor is not above low_freq_factor");
  return llama3_divisors(values, config.rope_theta, config.head_dim);
}

std::vector<float> read_divisors(const JsonFields& scaling, const LlamaConfig& config) {
  const std::string type = scaling.text(scaling.has("rope_type") ? "rope_type" : "type", "default");
  if (type == "default") return {};
  if (type == "linear") return std::vector<float>(config.head_dim / 2, required(scaling, "factor"));
  if (type == "llama3") return read_llama3(scaling, config);
  scaling.fail(fmt::format("rope_type is {}; default, linear and llama3 are read", in_quotes(type)));
}

}  // namespace

void read_rope(const JsonFields& fields, const std::string& remedy, LlamaConfig& config) {
  constexpr float usual = 10000.0F;
  config.rope_theta = fields.positive("rope_theta", usual);
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    if (!fields.has(key)) continue;
    const JsonFields scaling(fields.at(key), fmt::format("{} ({})", fields.file(), key), remedy);
    config.rope_theta = scaling.positive("rope_theta", config.rope_theta);
    config.rope_divisors = read_divisors(scaling, config);
  }
}

}  // namespace snnsim::models
