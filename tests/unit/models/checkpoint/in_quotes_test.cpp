#include "models/checkpoint/in_quotes.hpp"

#include <doctest/doctest.h>

namespace snnsim::models {

TEST_CASE("text from a file stays printable, on one line and short") {
  CHECK(in_quotes("") == "''");
  CHECK(in_quotes("model.norm") == "'model.norm'");
  CHECK(in_quotes(std::string_view("a\n\0\x7F\u00E9", 6)) == R"('a\x0A\x00\x7F\xC3\xA9')");
  CHECK(in_quotes(std::string(80, 'x')) == "'" + std::string(80, 'x') + "'");
  CHECK(in_quotes(std::string(81, 'x')) == "'" + std::string(80, 'x') + "...'");
}

}  // namespace snnsim::models
