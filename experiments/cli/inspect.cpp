#include <fmt/format.h>

#include "experiments/cli/options.hpp"
#include "experiments/inspection.hpp"

namespace snnsim::experiments::cli {

int inspect_command(const Command& self, Arguments arguments) {
  Options options(self);
  if (!options.parse(arguments, 1, 1)) return 0;
  fmt::print("{}", inspection(options.words()[0]));
  return 0;
}

}  // namespace snnsim::experiments::cli
