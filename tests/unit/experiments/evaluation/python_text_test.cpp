#include "experiments/evaluation/python_text.hpp"

#include <doctest/doctest.h>

namespace snnsim::experiments {

// Expected values are what CPython 3.11 prints.
TEST_CASE("capitalize") {
  CHECK(capitalize("the man Runs") == "The man runs");
  CHECK(capitalize("") == "");
  CHECK(capitalize(" aB") == " ab");
  CHECK(capitalize("123 ABC") == "123 abc");
  CHECK(capitalize("ÉCOLE Élan") == "École élan");
  CHECK(capitalize("ßa") == "Ssa");
  CHECK(capitalize("ǆ xyz ΑΣ") == "ǅ xyz ας");  // title case differs from upper case; final sigma
  CHECK(capitalize("ΑΣ") == "Ας");
}

TEST_CASE("strip takes Unicode's white space") {
  CHECK(strip(" \t\n\x1C text \xC2\xA0\xE3\x80\x80\r\n") == "text");
  CHECK(strip("\xE2\x80\x83") == "");
  CHECK(strip("") == "");
  CHECK(strip("\xE2\x80\x8B x ") == "\xE2\x80\x8B x");  // U+200B is no white space
  CHECK(strip(" \xFF ") == "\xFF");
  CHECK(strip_right(" a \n") == " a");
  CHECK(strip_right(" \n") == "");
}

TEST_CASE("characters and words") {
  CHECK(count_characters("") == 0);
  CHECK(count_characters("naïve 🙂") == 7);
  CHECK(count_words("") == 1);
  CHECK(count_words("a b") == 2);
  CHECK(count_words(" a \n b ") == 4);  // re.split gives '', 'a', 'b', ''
  CHECK(count_words("a\xC2\xA0\xE2\x80\xA8z") == 2);
}

TEST_CASE("replace_all goes from left to right, once") {
  CHECK(replace_all("a  b   c", "  ", " ") == "a b  c");
  CHECK(replace_all("aaa", "aa", "b") == "ba");
  CHECK(replace_all("abc", "x", "y") == "abc");
}

}  // namespace snnsim::experiments
