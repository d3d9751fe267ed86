#pragma once

#include <filesystem>
#include <string>

namespace snnsim::experiments {

/// What a path holds, in a few lines for people: a checkpoint (directory, .bin), a safetensors file, a tokenizer, an
/// experiment, a run directory, a report or an energy table. A config.json or a manifest stands for its folder; any
/// other .json is read as an experiment. Throws an Error when it is none of them, or is damaged.
std::string inspection(const std::filesystem::path& path);

}  // namespace snnsim::experiments
