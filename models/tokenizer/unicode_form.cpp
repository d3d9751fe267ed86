#include "models/tokenizer/unicode_form.hpp"

#include <array>
#include <cstdint>
#include <limits>

#include <fmt/format.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include "core/error.hpp"

namespace snnsim::models {
namespace {

[[noreturn]] void fail(const char* what) {
  throw DataError(fmt::format("a text cannot be brought into a Unicode normalization form ({})", what),
                  "split the text into documents of less than 2 GiB");
}

const icu::Normalizer2& normalizer(UnicodeForm form, UErrorCode& error) {
  const icu::Normalizer2* found = nullptr;
  if (form == UnicodeForm::nfc) found = icu::Normalizer2::getNFCInstance(error);
  if (form == UnicodeForm::nfd) found = icu::Normalizer2::getNFDInstance(error);
  if (form == UnicodeForm::nfkc) found = icu::Normalizer2::getNFKCInstance(error);
  if (form == UnicodeForm::nfkd) found = icu::Normalizer2::getNFKDInstance(error);
  if (found == nullptr || U_FAILURE(error) != 0) fail(u_errorName(error));
  return *found;
}

}  // namespace

std::optional<UnicodeForm> unicode_form(std::string_view name) {
  constexpr std::array<std::string_view, 4> names = {"NFC", "NFD", "NFKC", "NFKD"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<UnicodeForm>(i);
  }
  return std::nullopt;
}

std::string in_unicode_form(std::string_view text, UnicodeForm form) {
  if (text.size() > std::numeric_limits<std::int32_t>::max()) fail("its size");
  const icu::StringPiece piece(text.data(), static_cast<std::int32_t>(text.size()));
  UErrorCode error = U_ZERO_ERROR;
  std::string result;
  icu::StringByteSink<std::string> sink(&result, static_cast<std::int32_t>(text.size()));
  normalizer(form, error).normalizeUTF8(0, piece, sink, nullptr, error);
  if (U_FAILURE(error) != 0) fail(u_errorName(error));
  return result;
}

}  // namespace snnsim::models
