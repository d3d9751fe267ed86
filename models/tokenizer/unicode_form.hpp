#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace snnsim::models {

/// The normalization forms of Unicode (UAX #15).
enum class UnicodeForm : std::uint8_t { nfc, nfd, nfkc, nfkd };

/// The form called e.g. "NFC".
std::optional<UnicodeForm> unicode_form(std::string_view name);

/// A valid UTF-8 text in one of the forms.
std::string in_unicode_form(std::string_view text, UnicodeForm form);

}  // namespace snnsim::models
