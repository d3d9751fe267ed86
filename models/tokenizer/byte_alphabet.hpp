#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace snnsim::models {

/// The bytes that a piece of a byte-level vocabulary stands for. Such vocabularies write each byte as one printable
/// character (GPT-2's alphabet): 0x21..0x7E, 0xA1..0xAC and 0xAE..0xFF as themselves, the other 68 in order as U+0100
/// and up, so that a space is written U+0120. Nothing for a piece with other characters.
std::optional<std::string> bytes_of_alphabet(std::string_view piece);

/// The other way: how the alphabet writes bytes.
std::string in_alphabet(std::string_view bytes);

}  // namespace snnsim::models
