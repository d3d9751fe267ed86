#pragma once

#include <span>
#include <string>
#include <string_view>

namespace snnsim::experiments::cli {

using Arguments = std::span<const std::string>;

/// A verb of the command line. `run` returns the exit code; it throws Error for mistakes of the user and bad data.
struct Command {
  std::string_view name;
  std::string_view usage;    // what follows the name
  std::string_view summary;  // one line
  int (*run)(const Command& self, Arguments arguments);
};

int run_command(const Command& self, Arguments arguments);
int sweep_command(const Command& self, Arguments arguments);
int report_command(const Command& self, Arguments arguments);
int compare_command(const Command& self, Arguments arguments);
int export_command(const Command& self, Arguments arguments);
int generate_command(const Command& self, Arguments arguments);
int inspect_command(const Command& self, Arguments arguments);
int tokenize_command(const Command& self, Arguments arguments);
int validate_command(const Command& self, Arguments arguments);
int synthesize_command(const Command& self, Arguments arguments);
int schema_command(const Command& self, Arguments arguments);

}  // namespace snnsim::experiments::cli
