#pragma once

#include <filesystem>
#include <string>

namespace snnsim::experiments {

/// What a path holds, in a few lines for people: a checkpoint (directory, .bin), a safetensors file, a tokenizer, an
/// experiment or a run directory. Throws DataError when it is none of them, or is damaged.
std::string inspection(const std::filesystem::path& path);

}  // namespace snnsim::experiments
