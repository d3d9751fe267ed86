#pragma once

#include <string_view>

#include "models/checkpoint/checkpoint.hpp"
#include "models/checkpoint/safetensors.hpp"

namespace snnsim::models {

/// How a format's errors speak, and which of its tensors the configuration already determines.
struct AssemblyRules {
  std::string_view described_by;  // what asks for the tensors, in messages
  std::string_view remedy;
  bool (*is_derived)(std::string_view tensor);
};

/// Fills the weights of a checkpoint, whose path, format and configuration are set, from named tensors, every shape
/// checked against the configuration. The embedding is the LM head when the configuration says so or there is no LM
/// head. Throws DataError for a missing tensor, and for one that no part of the computation would use: leaving it out
/// in silence would change the results.
void take_tensors(Checkpoint& checkpoint, const TensorMap& tensors, const AssemblyRules& rules);

}  // namespace snnsim::models
