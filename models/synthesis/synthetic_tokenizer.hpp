#pragma once

#include <cstddef>
#include <string>

namespace snnsim::models {

inline constexpr std::size_t kLeastSyntheticVocabulary = 260;  // control pieces, bytes, the space

/// The text of a tokenizer.json of the kind of LLaMA-2 (BPE with byte fallback, spaces as "▁") of this size: <unk>,
/// <s>,
/// </s>, the bytes, "▁", the printable ASCII characters, then words of small letters, the shortest first, each made by
/// merging one letter to a shorter one. It encodes any text, and decodes it to the same (a "▁" in it becomes a space).
std::string synthetic_tokenizer(std::size_t vocabulary);

}  // namespace snnsim::models
