// Pages: of a run by itself, and of several.
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "tests/support/command.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file);
  REQUIRE(in);
  return (std::ostringstream() << in.rdbuf()).str();
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a run leaves a page with its spikes, and report and compare put runs on one page") {
  const ScratchFolder folder;
  REQUIRE(run_command(short_run("--quiet --set record.spikes='[\"blocks.0.q\"]'"), folder.path()).exit_code == 0);
  const std::string page = content(only_run(folder.path()) / "report.html");
  CHECK(count(page, "<article>") == 1);
  CHECK(count(page, "<canvas") == 1);
  REQUIRE(run_command(short_run("--quiet --set conversion.timesteps=1"), folder.path()).exit_code == 0);
  const Outcome outcome = run_command("snnsim report runs/* --html all.html", folder.path());
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK(count(content(folder.path() / "all.html"), "<article>") == 2);
  CHECK(!std::filesystem::exists(folder.path() / "all.html.partial"));

  std::filesystem::create_directory(folder.path() / "runs" / "notes");
  const Outcome compared = run_command("snnsim compare runs/* --html compared.html", folder.path());
  CHECK(compared.exit_code == 0);
  CHECK(compared.err == "left out: runs/notes is no run of an experiment\n");
  CHECK(count(content(folder.path() / "compared.html"), "What perplexity costs") == 2);  // the link and the heading
  CHECK(run_command("snnsim compare runs/notes", folder.path()).exit_code == 3);
  CHECK(run_command("snnsim compare runs/notes runs/none", folder.path()).exit_code == 3);
}

}  // namespace snnsim::tests
