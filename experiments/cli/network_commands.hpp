#pragma once

#include "experiments/cli/options.hpp"

namespace snnsim::experiments::cli {

/// `run` and `validate` for a file that describes a network (is_network_file). They return the exit code.
int run_network_file(const Options& options);
int validate_network_file(const Options& options);

}  // namespace snnsim::experiments::cli
