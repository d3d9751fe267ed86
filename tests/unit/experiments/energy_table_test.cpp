#include "experiments/energy_table.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/build_identity.hpp"
#include "experiments/files.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {

TEST_CASE("every table that is shipped can be read and carries its name") {
  for (const auto& entry : std::filesystem::directory_iterator(configs_folder() / "energy"))
    CHECK(read_energy_table(entry.path()).name == entry.path().stem().string());
  CHECK(read_energy_table(find_energy_table({"horowitz_45nm"})).cost.multiply_fp32 == 3.7);
}

TEST_CASE("an unknown table is suggested") {
  try {
    find_energy_table({"horowitz_45"});
    FAIL("found");
  } catch (const ConfigurationError& error) {
    CHECK(error.remedy() == "did you mean \"horowitz_45nm\"?");
  }
}

TEST_CASE("a table must give every constant, with a source, and no other") {
  const tests::ScratchFolder folder;
  const auto good = nlohmann::json::parse(read_file(find_energy_table({"horowitz_45nm"})));
  const auto refuses = [&](const char* patch) {
    auto table = good;
    table.merge_patch(nlohmann::json::parse(patch));
    write_file(folder.path() / "t.json", table.dump(1));
    CHECK_THROWS_AS(read_energy_table(folder.path() / "t.json"), ConfigurationError);
  };
  refuses(R"({"name": ""})");
  refuses(R"({"extra": 1})");
  refuses(R"({"constants": {"add_int32": null}})");
  refuses(R"({"constants": {"add_int64": {"pj": 1, "source": "x"}}})");
  refuses(R"({"constants": {"add_int32": {"pj": -1}}})");
  refuses(R"({"constants": {"add_int32": {"source": ""}}})");
  CHECK_THROWS_AS(read_energy_table(folder.path() / "none.json"), DataError);
}

}  // namespace snnsim::experiments
