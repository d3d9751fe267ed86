#include "experiments/report.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/cli/options.hpp"
#include "experiments/files.hpp"
#include "experiments/stored_run.hpp"
#include "experiments/sweep/sweep_directory.hpp"

namespace snnsim::experiments::cli {
namespace {

StoredRun complete_run(const std::filesystem::path& path) {
  StoredRun run = read_stored_run(path);
  if (run.complete()) return run;
  throw DataError(fmt::format("{}: {} are finished", path.string(), run.progress()),
                  fmt::format("finish it first: snnsim run {} --out {}", (run.path / "experiment.json").string(),
                              std::filesystem::absolute(run.path).lexically_normal().parent_path().string()));
}

}  // namespace

int report_command(const Command& self, Arguments arguments) {
  namespace po = boost::program_options;
  Options options(self);
  options.named()("html", po::value<std::string>()->value_name("FILE"), "write the reports of all runs to one page");
  options.named()("csv", po::value<std::string>()->value_name("FILE"), "write the reports of all runs to one CSV file");
  if (!options.parse(arguments, 1, 10000)) return 0;
  std::string summaries, csv;
  std::vector<StoredRun> runs;
  for (const auto& path : run_directories(options.words())) {
    const StoredRun& run = runs.emplace_back(complete_run(path));
    write_report(run);
    const nlohmann::ordered_json report = make_report(run);
    summaries += report_summary(report) + "\n";
    const std::string table = report_csv(report);
    csv += csv.empty() ? table : table.substr(table.find('\n') + 1);
  }
  if (options.has("csv")) write_file(options.get<std::string>("csv"), csv);
  if (options.has("html")) write_file(options.get<std::string>("html"), report_html(runs));
  fmt::print("{}", summaries);
  return 0;
}

}  // namespace snnsim::experiments::cli
