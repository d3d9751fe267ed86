#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// llama2.c's tokenizer.bin: int32 length of the longest piece, then `vocabulary_size` times (0: up to the end of the
/// file) float score, int32 length and the bytes of a piece, in which spaces are plain. Ids 0, 1, 2 are unknown, bos
/// and eos and never come out of a text. Pairs merge into pieces of the highest score first. `file` is for messages
/// only; throws DataError.
std::unique_ptr<Tokenizer> read_llama2c_tokenizer(std::span<const std::byte> bytes, std::size_t vocabulary_size,
                                                  const std::string& file);

}  // namespace snnsim::models
