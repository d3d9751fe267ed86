#include <fmt/format.h>

#include "experiments/cli/options.hpp"
#include "experiments/files.hpp"
#include "experiments/sweep/result_table.hpp"

namespace snnsim::experiments::cli {

int compare_command(const Command& self, Arguments arguments) {
  namespace po = boost::program_options;
  Options options(self);
  options.named()("csv", po::value<std::string>()->value_name("FILE"), "write the table to a CSV file");
  if (!options.parse(arguments, 1, 10000)) return 0;
  std::vector<StoredRun> runs;
  for (const std::string& path : options.words()) runs.push_back(read_stored_run(path));
  const ResultTable table = compare_runs(runs);
  if (options.has("csv")) write_file(options.get<std::string>("csv"), table_csv(table));
  fmt::print("{}", table_text(table));
  return 0;
}

}  // namespace snnsim::experiments::cli
