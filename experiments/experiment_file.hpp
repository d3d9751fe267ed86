#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "experiments/experiment.hpp"
#include "experiments/json_source.hpp"

namespace snnsim::experiments {

/// Reads an experiment and applies `settings` ("a.b=value", list elements as "a.0.b=value"; the value is JSON if it
/// parses, else a string). Relative paths in the file are resolved against its folder, in settings against the working
/// directory; ${NAME} in a path is the environment variable.
/// Throws ConfigurationError with file:line:column for syntax, unknown or duplicate keys and values out of range.
Experiment read_experiment(const std::filesystem::path& file, std::span<const std::string> settings = {});

/// The same from a text; `file` names it in messages, its folder resolves paths and its stem is the default name.
Experiment parse_experiment(std::string_view text, const std::filesystem::path& file,
                            std::span<const std::string> settings = {});

/// The two steps of read_experiment: the file with its settings, and what it says.
JsonSource open_experiment(const std::filesystem::path& file, std::span<const std::string> settings = {});
Experiment experiment_in(const JsonSource& source);

/// Throws ConfigurationError when something that running needs was left out (checkpoint, texts).
void check_runnable(const Experiment& experiment);

/// Every field with its value, in the order of declaration; reads back to an equal Experiment.
nlohmann::ordered_json to_json(const Experiment& experiment);

}  // namespace snnsim::experiments
