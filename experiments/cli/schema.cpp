#include "experiments/schema.hpp"

#include <fmt/format.h>

#include "experiments/cli/options.hpp"

namespace snnsim::experiments::cli {

int schema_command(const Command& self, Arguments arguments) {
  Options options(self);
  options.named()("network", "of network files, not of experiments");
  options.named()("keys", "print every key with its default and meaning instead");
  if (!options.parse(arguments, 0, 0)) return 0;
  const nlohmann::ordered_json schema = options.has("network") ? network_schema() : experiment_schema();
  fmt::print("{}", options.has("keys") ? keys_of(schema) : schema.dump(2) + "\n");
  return 0;
}

}  // namespace snnsim::experiments::cli
