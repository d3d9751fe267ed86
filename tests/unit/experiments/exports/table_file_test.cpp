#include "experiments/exports/table_file.hpp"

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

using Values = std::vector<nlohmann::ordered_json>;

void write_rows(const std::filesystem::path& file) {
  TableFile table(file, {"name", "x", "y"});
  table.add(Values{"plain", 0.1, 3});
  table.add(Values{"a \"quoted\", field", nullptr, -1});
  table.finish();
}

}  // namespace

TEST_CASE("a table as CSV") {
  const tests::ScratchFolder folder;
  const auto file = folder.path() / "new" / "t.csv";
  write_rows(file);
  CHECK(read_file(file) == "name,x,y\nplain,0.1,3\n\"a \"\"quoted\"\", field\",,-1\n");
}

TEST_CASE("a table as JSON lines") {
  const tests::ScratchFolder folder;
  write_rows(folder.path() / "t.jsonl");
  CHECK(read_file(folder.path() / "t.jsonl") ==
        "{\"name\":\"plain\",\"x\":0.1,\"y\":3}\n{\"name\":\"a \\\"quoted\\\", field\",\"x\":null,\"y\":-1}\n");
}

TEST_CASE("a table has its name only once it is whole, and no other ending") {
  const tests::ScratchFolder folder;
  {
    TableFile table(folder.path() / "t.csv", {"x"});
    table.add(Values{1});
  }
  CHECK_FALSE(std::filesystem::exists(folder.path() / "t.csv"));
  CHECK_THROWS_AS(TableFile(folder.path() / "t.xlsx", {"x"}), ConfigurationError);
}

}  // namespace snnsim::experiments
