#include <optional>

#include <fmt/format.h>

#include "experiments/cli/options.hpp"
#include "experiments/inspection.hpp"

namespace snnsim::experiments::cli {

namespace {

void declare(Options& options) {
  namespace po = boost::program_options;
  options.named()("population", po::value<std::string>()->value_name("GLOB")->default_value(""),
                  "spike files: draw these populations; empty: the first");
  options.named()("segment", po::value<long long>()->value_name("N"), "spike files: draw one segment");
  options.named()("position", po::value<long long>()->value_name("N"), "spike files: draw one token position");
}

std::optional<std::int64_t> count(const Options& options, const char* name) {
  if (!options.has(name)) return {};
  return static_cast<std::int64_t>(options.count(name, 0));
}

}  // namespace

int inspect_command(const Command& self, Arguments arguments) {
  Options options(self);
  declare(options);
  if (!options.parse(arguments, 1, 1)) return 0;
  fmt::print("{}", inspection(options.words()[0], {.population = options.get<std::string>("population"),
                                                   .segment = count(options, "segment"),
                                                   .position = count(options, "position")}));
  return 0;
}

}  // namespace snnsim::experiments::cli
