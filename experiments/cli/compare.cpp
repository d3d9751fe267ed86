#include <fmt/format.h>

#include "experiments/cli/options.hpp"
#include "experiments/files.hpp"
#include "experiments/report/html/compare_page.hpp"
#include "experiments/stored_run.hpp"
#include "experiments/sweep/result_table.hpp"
#include "experiments/sweep/sweep_directory.hpp"

namespace snnsim::experiments::cli {
namespace {

/// Folders that hold no run of an experiment are named and left out, so that runs/* can be compared; at least one must.
/// A folder of a sweep stands for its runs.
std::vector<StoredRun> stored_runs(const std::vector<std::string>& words) {
  const std::vector<std::filesystem::path> paths = run_directories(words);
  std::vector<StoredRun> runs;
  for (const std::filesystem::path& path : paths)
    if (is_run_directory(path))
      runs.push_back(read_stored_run(path));
    else if (paths.size() > 1)
      fmt::print(stderr, "left out: {} is no run of an experiment\n", path.string());
  if (runs.empty()) runs.push_back(read_stored_run(words.front()));  // says why not
  return runs;
}

}  // namespace

int compare_command(const Command& self, Arguments arguments) {
  namespace po = boost::program_options;
  Options options(self);
  options.named()("html", po::value<std::string>()->value_name("FILE"), "write a page with the table and charts");
  options.named()("csv", po::value<std::string>()->value_name("FILE"), "write the table to a CSV file");
  if (!options.parse(arguments, 1, 10000)) return 0;
  const std::vector<StoredRun> runs = stored_runs(options.words());
  const ResultTable table = compare_runs(runs);
  if (options.has("html")) write_file(options.get<std::string>("html"), compare_html(runs));
  if (options.has("csv")) write_file(options.get<std::string>("csv"), table_csv(table));
  fmt::print("{}", table_text(table));
  return 0;
}

}  // namespace snnsim::experiments::cli
