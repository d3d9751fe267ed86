#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "experiments/evaluation/segment.hpp"

namespace snnsim::experiments {

/// The documents (member "text" of each line) of a C4 shard: JSON Lines, plain or gzip; `most`, if not 0, stops early.
/// Throws DataError with file:line.
std::vector<std::string> read_c4_documents(const std::filesystem::path& shard, std::size_t most = 0);

using Encode = std::function<TokenIds(const std::string& text)>;  // with BOS

/// Protocol c4 (GPTQ, OmniQuant, SpikeLLM): random.seed(0); `count` times: documents drawn until one has at least
/// `length` ids, then `length` of them from a drawn place on. Throws DataError when no document is long enough, or one
/// that is drawn has exactly `length` ids (the rule's second draw is from an empty range).
std::vector<TokenIds> draw_c4(const std::vector<std::string>& documents, std::size_t count, std::size_t length,
                              const Encode& encode);

/// Protocol c4_new (QuaRot, FlatQuant): the first 1 100 documents joined by spaces, the first 256 · length ids of them
/// in segments without overlap. Throws DataError when there are fewer documents, or no whole segment.
std::vector<TokenIds> join_c4(const std::vector<std::string>& documents, std::size_t length, const Encode& encode);

inline constexpr std::size_t c4_segments = 256;
inline constexpr std::size_t c4_new_documents = 1100;

}  // namespace snnsim::experiments
