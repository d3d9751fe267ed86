#include "models/tokenizer/utf8.hpp"

#include <string>

#include <doctest/doctest.h>

#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

/// UTF-8 by its definition (RFC 3629), also of what is no character.
std::string encoded(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  const char last = byte(0x80 | (code & 63));
  if (code < 0x800) return {byte(0xC0 | code >> 6), last};
  const char third = byte(0x80 | (code >> 6 & 63));
  if (code < 0x10000) return {byte(0xE0 | code >> 12), third, last};
  return {byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 63)), third, last};
}

}  // namespace

TEST_CASE("every code point is accepted whole, refused cut, and surrogates and what lies beyond are refused") {
  for (std::uint32_t code = 0; code < 0x120000; ++code) {
    const std::string text = encoded(code);
    const bool character = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    const bool good = valid_utf8_prefix(text) == (character ? text.size() : 0) &&
                      utf8_length(text.front()) == text.size() &&
                      valid_utf8_prefix(text.substr(0, text.size() - 1)) == 0;
    if (!good) FAIL_CHECK("code point ", code);
  }
}

TEST_CASE("overlong, lone and impossible bytes end the valid part") {
  for (const char* wrong : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
                            "\xF5\x80\x80\x80", "\xFF", "\xE4\xBD", "\xE4\xBDz", "\xF0\x9F\x98z"})
    CHECK(valid_utf8_prefix("a\u00E9" + std::string(wrong) + "b") == 3);
}

TEST_CASE("the message gives the offset and the byte") {
  CHECK(tests::complaint([] { require_utf8("ab\xFFz"); }) == "the text is not valid UTF-8: byte 2 is 0xFF");
  CHECK(tests::complaint([] { require_utf8("\u4F60"); }) == "accepted");
}

}  // namespace snnsim::models
