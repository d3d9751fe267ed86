#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>

#include <nlohmann/json_fwd.hpp>

#include "experiments/experiment.hpp"
#include "experiments/network/network_description.hpp"

namespace snnsim::experiments {

/// 8 hex digits that change with anything that may change what a run directory holds: every field of the experiment but
/// its name and its sweep, and the content of every file it names. Where those files lie does not matter.
///
/// It is the XXH3 of the resolved JSON with sorted keys, in which each path is replaced by the fingerprint of what it
/// names: size and XXH3 of the content; of a file above 64 MiB size and XXH3 of 17 evenly spaced pieces of 1 MiB, the
/// first and the last included; of a folder its *.json and *.safetensors files; beside a model.bin with no tokenizer
/// given, tokenizer.bin and tok<n>.bin too; of a missing C4 shard, that it is missing. Threads, host and program
/// version are not in it (the manifest has them). Throws DataError for a file that cannot be read.
std::string content_hash(const Experiment& experiment);

/// What the files of several experiments hold, each read once: by path and whether a tokenizer beside it counts.
using Fingerprints = std::map<std::pair<std::filesystem::path, bool>, std::string>;
std::string content_hash(const Experiment& experiment, Fingerprints& known);

/// 8 hex digits that change with any of the parts, which hold no newline, or with their order.
std::string hash_of_list(std::span<const std::string> parts);

/// The same of a network: every field but its name, and the content of the HDF5 files and cost tables it names.
std::string content_hash(const NetworkDescription& network);

/// The fingerprint of the checkpoint alone. Throws DataError for a file that cannot be read.
std::string checkpoint_hash(const Experiment& experiment);

/// The fingerprint of every input file: { "model.checkpoint": { "path": …, "xxh3": … }, … }.
nlohmann::ordered_json input_hashes(const Experiment& experiment);

}  // namespace snnsim::experiments
