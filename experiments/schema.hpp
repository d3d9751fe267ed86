#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace snnsim::experiments {

/// The JSON schema (draft-07) of experiment files: every key with its type, default, bounds and meaning.
nlohmann::ordered_json experiment_schema();

/// The same of network files.
nlohmann::ordered_json network_schema();

/// A schema as a table for people: a line per key with its default, what it takes and its meaning.
std::string keys_of(const nlohmann::ordered_json& schema);

}  // namespace snnsim::experiments
