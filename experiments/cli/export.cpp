#include <array>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/cli/options.hpp"
#include "experiments/exports/export_tables.hpp"
#include "experiments/exports/nir_graph.hpp"
#include "experiments/network/network_file.hpp"
#include "experiments/stored_run.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments::cli {
namespace {

namespace fs = std::filesystem;

void declare(Options& options) {
  namespace po = boost::program_options;
  options.named()("to", po::value<std::string>()->value_name("FILE"),
                  "*.csv or *.jsonl: a table; *.nir: a network in the NIR format");
  options.named()("table", po::value<std::string>()->value_name("NAME"),
                  "of a run: segments (default), populations, projections or spikes");
  options.named()("population", po::value<std::string>()->value_name("GLOB")->default_value("*"),
                  "spikes: of the populations whose names match; * is any characters, ? is one");
}

std::uint64_t export_network(const fs::path& path, const fs::path& to) {
  if (!is_network_file(path))
    throw ConfigurationError(path.string() + ": only networks can be written as NIR",
                             "name a network file, as docs/networks.md has them");
  const NetworkDescription network = read_network(path, {});
  const NirGraph graph = nir_graph(network, build_network(network));
  write_nir(graph, to);
  for (const std::string& line : graph.left_out) fmt::print(stderr, "left out: {}\n", line);
  return graph.nodes.size();
}

std::uint64_t export_table(const fs::path& path, const fs::path& to, const Options& options) {
  if (!fs::is_directory(path)) return export_spikes(path, options.get<std::string>("population"), to);
  const std::string table = options.has("table") ? options.get<std::string>("table") : "segments";
  if (table == "spikes") return export_spikes(path / "spikes.h5", options.get<std::string>("population"), to);
  if (table == "segments") return export_segments(read_stored_run(path), to);
  if (table == "populations") return export_populations(read_stored_run(path), to);
  if (table == "projections") return export_projections(read_stored_run(path), to);
  constexpr std::array<std::string_view, 4> tables = {"segments", "populations", "projections", "spikes"};
  throw ConfigurationError(fmt::format("snnsim export has no table \"{}\"", table), suggest(table, tables, "tables"));
}

}  // namespace

int export_command(const Command& self, Arguments arguments) {
  Options options(self);
  declare(options);
  if (!options.parse(arguments, 1, 1)) return 0;
  if (!options.has("to")) throw ConfigurationError("snnsim export needs --to", "see snnsim export --help");
  const fs::path path = options.words()[0], to = options.get<std::string>("to");
  if (!fs::exists(path)) throw DataError(path.string() + ": not found", "check the path");
  const bool nir = to.extension() == ".nir";
  const std::uint64_t count = nir ? export_network(path, to) : export_table(path, to, options);
  fmt::print("{}: {} {}\n", to.string(), count, nir ? "nodes" : "rows");
  return 0;
}

}  // namespace snnsim::experiments::cli
