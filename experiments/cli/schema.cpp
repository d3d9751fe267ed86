#include "experiments/schema.hpp"

#include <fmt/format.h>

#include "experiments/cli/options.hpp"

namespace snnsim::experiments::cli {

int schema_command(const Command& self, Arguments arguments) {
  Options options(self);
  options.named()("keys", "print every key with its default and meaning instead");
  if (!options.parse(arguments, 0, 0)) return 0;
  fmt::print("{}", options.has("keys") ? experiment_keys() : experiment_schema().dump(2) + "\n");
  return 0;
}

}  // namespace snnsim::experiments::cli
