#include "models/tokenizer/tokenizer_config.hpp"

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {

TEST_CASE("tokens of tokenizer_config.json, as text or as an object; null: the model has none") {
  const auto config = read_tokenizer_config(
      R"({"bos_token": null, "eos_token": {"content": "</s>"}, "add_bos_token": false, "other": 1})", "t");
  CHECK(config.bos_token == "");
  CHECK(config.eos_token == "</s>");
  CHECK(config.add_bos_token == false);
  const auto empty = read_tokenizer_config("{}", "t");
  CHECK(!empty.bos_token);
  CHECK(!empty.add_bos_token);
  CHECK(tests::complaint([] { read_tokenizer_config(R"({"bos_token": 7})", "t"); }) ==
        "t: bos_token is '7', not a string");
}

}  // namespace snnsim::models
