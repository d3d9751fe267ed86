// snnsim export: tables of a run, and what they must agree with.
#include <fstream>
#include <map>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

std::vector<nlohmann::json> rows_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<nlohmann::json> rows;
  for (std::string line; std::getline(in, line);) rows.push_back(nlohmann::json::parse(line));
  return rows;
}

std::size_t lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::size_t lines = 0;
  for (std::string line; std::getline(in, line);) ++lines;
  return lines;
}

void exported(const std::string& words, const ScratchFolder& folder) {
  const Outcome outcome = run_command("snnsim export " + words, folder.path());
  CAPTURE(words);
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
}

}  // namespace

TEST_CASE("segments, populations and spikes of a run add up to its report") {
  const ScratchFolder folder;
  REQUIRE(
      run_command(short_run("--set 'record.spikes=[\"blocks.1.q\", \"blocks.0.mlp_mid\"]'"), folder.path()).exit_code ==
      0);
  std::ifstream in(only_run(folder.path()) / "report.json");
  const nlohmann::json report = nlohmann::json::parse(in);
  exported("runs/* --to segments.jsonl", folder);
  exported("runs/* --table populations --to tables/populations.jsonl", folder);
  exported("runs/* --table spikes --population '*.q' --to spikes.jsonl", folder);
  exported("runs/*/spikes.h5 --to spikes.csv", folder);

  std::uint64_t tokens = 0, operations = 0;
  for (const nlohmann::json& row : rows_of(folder.path() / "segments.jsonl")) {
    tokens += row.at("tokens").get<std::uint64_t>();
    operations += row.at("operations.synaptic_operations").get<std::uint64_t>();
    CHECK_FALSE(row.contains("populations"));
    CHECK_FALSE(row.contains("projections"));
  }
  CHECK(tokens == report.at("perplexity").at(0).at("tokens"));
  CHECK(operations == report.at("operations").at("synaptic_operations"));

  std::map<std::string, std::uint64_t> spikes;
  for (const nlohmann::json& row : rows_of(folder.path() / "tables" / "populations.jsonl"))
    spikes[row.at("name")] += row.at("spikes").get<std::uint64_t>();
  for (const nlohmann::json& population : report.at("populations"))
    CHECK(spikes.at(population.at("name")) == population.at("spikes"));
  exported("runs/* --table projections --to projections.csv", folder);
  exported("runs/* --table projections --to projections.jsonl", folder);
  std::map<std::string, std::uint64_t> reached;
  std::uint64_t reached_by_all = 0;
  for (const nlohmann::json& row : rows_of(folder.path() / "projections.jsonl")) {
    reached[row.at("name")] += row.at("synaptic_operations").get<std::uint64_t>();
    reached_by_all += row.at("synaptic_operations").get<std::uint64_t>();
  }
  CHECK(reached_by_all == operations);
  for (const nlohmann::json& projection : report.at("projections"))
    CHECK(reached.at(projection.at("name")) == projection.at("synaptic_operations"));
  CHECK(lines_of(folder.path() / "projections.csv") == 1 + rows_of(folder.path() / "projections.jsonl").size());
  const auto of_q = rows_of(folder.path() / "spikes.jsonl");
  CHECK(of_q.size() == spikes.at("blocks.1.q"));
  CHECK(of_q.front().at("population") == "blocks.1.q");
  CHECK(of_q.front().at("position").is_number());
  CHECK(lines_of(folder.path() / "spikes.csv") == 1 + spikes.at("blocks.1.q") + spikes.at("blocks.0.mlp_mid"));
}

}  // namespace snnsim::tests
