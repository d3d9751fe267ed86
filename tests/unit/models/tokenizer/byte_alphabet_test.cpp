#include "models/tokenizer/byte_alphabet.hpp"

#include <doctest/doctest.h>

namespace snnsim::models {

TEST_CASE("GPT-2's alphabet writes every byte as one character and back") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    CHECK(bytes_of_alphabet(in_alphabet(one)) == one);
  }
  CHECK(in_alphabet(" a\n\u00E9") == "\u0120a\u010A\u00C3\u00A9");
  CHECK(in_alphabet("\xAD\xFF") == "\u0143\u00FF");
}

TEST_CASE("characters outside the alphabet stand for no byte") {
  for (const char* piece : {" ", "\n", "\u0144", "\u2581", "\U0001F600", "a\u00AD"}) CHECK(!bytes_of_alphabet(piece));
  CHECK(bytes_of_alphabet("") == "");
}

}  // namespace snnsim::models
