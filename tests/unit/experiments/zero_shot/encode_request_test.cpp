#include "experiments/zero_shot/encode_request.hpp"

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/byte_tokenizer.hpp"

namespace snnsim::experiments {
namespace {

Segment encoded(const Request& request, ZeroShotProtocol protocol, std::size_t context_length = 100) {
  return encode_request(request, protocol, tests::ByteTokenizer(), context_length);
}

TokenIds ids_of(std::string_view text, bool bos = false) {
  return tests::ByteTokenizer().encode(text, bos);
}

}  // namespace

TEST_CASE("the three protocols in bytes") {
  const Request request{"ab", " c"};
  CHECK(encoded(request, ZeroShotProtocol::harness_0_3) == Segment{.ids = ids_of("ab c"), .first_scored = 2});
  CHECK(encoded(request, ZeroShotProtocol::harness_0_4) == Segment{.ids = ids_of("ab c"), .first_scored = 2});
  CHECK(encoded(request, ZeroShotProtocol::harness_0_4_9_2) == Segment{.ids = ids_of("ab c", true), .first_scored = 3});
}

TEST_CASE("trailing white space of the context moves to the continuation, but not in harness_0_3") {
  const Request request{"ab \n", " c"};
  CHECK(encoded(request, ZeroShotProtocol::harness_0_3).first_scored == 4);
  CHECK(encoded(request, ZeroShotProtocol::harness_0_4) == Segment{.ids = ids_of("ab \n c"), .first_scored = 2});
}

TEST_CASE("an empty context") {
  CHECK(encoded({"", " c"}, ZeroShotProtocol::harness_0_3) == Segment{.ids = {257, ' ', 'c'}, .first_scored = 1});
  CHECK(encoded({"", " c"}, ZeroShotProtocol::harness_0_4) == Segment{.ids = {256, ' ', 'c'}, .first_scored = 1});
  CHECK(encoded({"", " c"}, ZeroShotProtocol::harness_0_4_9_2) == Segment{.ids = {256, ' ', 'c'}, .first_scored = 1});
}

TEST_CASE("long inputs are cut on the left, the last id is only predicted") {
  CHECK(encoded({"abcdef", " g"}, ZeroShotProtocol::harness_0_4, 4) ==
        Segment{.ids = ids_of("def g"), .first_scored = 3});
  CHECK(encoded({"abcdef", " g"}, ZeroShotProtocol::harness_0_4_9_2, 8).ids == ids_of("abcdef g", true));
  CHECK(encoded({"abcdef", " g"}, ZeroShotProtocol::harness_0_4_9_2, 7).ids == ids_of("abcdef g"));  // BOS goes first
  CHECK(encoded({"abcdef", " gh"}, ZeroShotProtocol::harness_0_4, 3) ==
        Segment{.ids = ids_of("f gh"), .first_scored = 1});
  CHECK_THROWS_WITH_AS(encoded({"abcdef", " gh"}, ZeroShotProtocol::harness_0_4, 2),
                       "a continuation of 3 tokens does not fit the model's context of 2", DataError);
}

TEST_CASE("LLaMA's vocabulary: apart, a space is scored that is none together") {
  if (!tests::have_assets()) return;
  const auto tokenizer = models::open_tokenizer(tests::assets() / "tokenizers" / "tokenizer32k.bin", 32000);
  const Request request{"Is it?\nAnswer:", " yes"};
  const auto scored = [&](ZeroShotProtocol protocol) {
    const Segment segment = encode_request(request, protocol, *tokenizer, 2048);
    return TokenIds(segment.ids.begin() + static_cast<std::ptrdiff_t>(segment.first_scored), segment.ids.end());
  };
  CHECK(scored(ZeroShotProtocol::harness_0_3) == TokenIds{29871, 4874});
  CHECK(scored(ZeroShotProtocol::harness_0_4) == TokenIds{4874});
  CHECK(scored(ZeroShotProtocol::harness_0_4_9_2) == TokenIds{4874});
  CHECK(encode_request(request, ZeroShotProtocol::harness_0_4, *tokenizer, 2048).ids.front() != 1);
  CHECK(encode_request(request, ZeroShotProtocol::harness_0_4_9_2, *tokenizer, 2048).ids.front() == 1);
}

}  // namespace snnsim::experiments
