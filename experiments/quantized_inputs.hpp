#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/evaluation/segments.hpp"
#include "experiments/experiment.hpp"
#include "models/checkpoint/checkpoint.hpp"

namespace snnsim::experiments {

/// Everything that the bits of the quantized model of an experiment depend on: the content of the checkpoint, how it is
/// quantized, the range of every site, the calibration sequences as ids (which stand for text, tokenizer and seed),
/// prefix tokens included, and how many of their positions are the prefix. Experiments that differ only in what comes
/// afterwards have the same.
nlohmann::ordered_json quantized_inputs(const Experiment& experiment, const models::LlamaConfig& config,
                                        const std::vector<TokenIds>& calibration, std::size_t prefix);

/// Everything that the search for prefix tokens depends on.
nlohmann::ordered_json prefix_inputs(const Experiment& experiment, const std::vector<TokenIds>& calibration,
                                     models::TokenId bos);

/// 16 hex digits for it.
std::string quantized_key(const nlohmann::ordered_json& inputs);

}  // namespace snnsim::experiments
