#include "experiments/suggestion.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "experiments/glob.hpp"

namespace snnsim::experiments {

TEST_CASE("edit distance counts a swap of neighbours once") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("weigth", "weight") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("only a near word is suggested") {
  const std::vector<std::string_view> words{"run", "report", "validate"};
  CHECK(nearest("reprot", words) == "report");
  CHECK(nearest("xyzzy", words).empty());
  CHECK(nearest("", words).empty());
  CHECK(nearest(std::string(10000, 'x'), words).empty());
  CHECK(suggest("rum", words, "verbs") == "did you mean \"run\"?");
  CHECK(suggest("xyzzy", words, "verbs") == "verbs: run, report, validate");
}

TEST_CASE("globs match the whole name") {
  CHECK(glob_match("blocks.*.q", "blocks.12.q"));
  CHECK(glob_match("*", ""));
  CHECK(glob_match("*mlp*", "blocks.0.mlp_mid"));
  CHECK(glob_match("blocks.?.v", "blocks.3.v"));
  CHECK_FALSE(glob_match("blocks.?.v", "blocks.13.v"));
  CHECK_FALSE(glob_match("blocks", "blocks.0"));
  CHECK_FALSE(glob_match("*.q", "blocks.0.v"));
}

}  // namespace snnsim::experiments
