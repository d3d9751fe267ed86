#pragma once

#include <filesystem>
#include <string>

#include "experiments/recording/spike_inspection.hpp"

namespace snnsim::experiments {

/// What a path holds, in a few lines for people: a checkpoint (directory, .bin), a safetensors file, a tokenizer, an
/// experiment, a run directory, a report, an energy table or a spike file, of which `choice` is drawn. A config.json or
/// a manifest stands for its folder; any other .json is read as an experiment. Throws an Error when it is none of them,
/// or is damaged.
std::string inspection(const std::filesystem::path& path, const RasterChoice& choice = {});

}  // namespace snnsim::experiments
