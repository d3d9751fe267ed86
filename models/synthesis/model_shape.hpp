#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "models/checkpoint/checkpoint.hpp"

namespace snnsim::models {

/// Sizes and constants of a published model.
struct ModelShape {
  std::string_view name;
  DataType type = DataType::f16;  // of its published weights
  LlamaConfig config;
};

/// All that are known.
std::span<const ModelShape> model_shapes();

/// Its config.json, which read_llama_config() reads as `config` again.
nlohmann::ordered_json config_json(const ModelShape& shape);

}  // namespace snnsim::models
