#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace snnsim::tests {

/// Weights by their Hugging Face names, row-major.
using NamedValues = std::map<std::string, std::vector<double>>;

/// Logits of every position (positions × vocabulary) of a LLaMA-type decoder in double precision, straight from the
/// definitions and from the keys of config.json: an independent second opinion, which shares no code with the project.
/// Knows grouped heads, head_dim, tied embeddings, biases (where the weights hold some), linear and llama3 RoPE
/// scaling.
std::vector<std::vector<double>> naive_logits(const nlohmann::json& config, const NamedValues& weights,
                                              const std::vector<int>& tokens);

}  // namespace snnsim::tests
