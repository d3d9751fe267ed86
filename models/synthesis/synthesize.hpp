#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "models/synthesis/model_shape.hpp"

namespace snnsim::models {

struct SynthesisOptions {
  std::uint64_t seed = 1;
  std::size_t shard_bytes = std::size_t{4} << 30U;  // a file holds no more, unless one tensor does
};

/// Writes a random checkpoint of a shape in Hugging Face's layout: config.json, shards and their index, tokenizer.json,
/// tokenizer_config.json. Weights are made as they are written, so that memory does not grow with the model. The same
/// shape and seed give the same bytes. The folder appears under its name when it is whole, and is taken away when
/// something fails. `progress` gets the share done (0..1); an exception of its ends the work. Throws ConfigurationError
/// when the folder is there and not empty, or the vocabulary is below kLeastSyntheticVocabulary; DataError when it
/// cannot be written.
void synthesize(const ModelShape& shape, const std::filesystem::path& folder, const SynthesisOptions& options,
                const std::function<void(double)>& progress = {});

/// Numbers of a model of this shape.
std::uint64_t parameters(const LlamaConfig& config);

}  // namespace snnsim::models
