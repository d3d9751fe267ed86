#pragma once

#include "models/checkpoint/checkpoint.hpp"
#include "models/checkpoint/json_fields.hpp"

namespace snnsim::models {

/// Sets rope_theta and rope_divisors from a config.json: rope_theta and rope_scaling, or rope_parameters, which newer
/// files have instead of both. Scaling of rope_type (older files: type) default, linear and llama3 is read; another one
/// is refused. Precondition: config.head_dim is set. Throws DataError.
void read_rope(const JsonFields& fields, const std::string& remedy, LlamaConfig& config);

}  // namespace snnsim::models
