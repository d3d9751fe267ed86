#include <fmt/format.h>

#include "experiments/cli/network_commands.hpp"
#include "experiments/content_hash.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/job_inputs.hpp"
#include "experiments/network/network_file.hpp"
#include "experiments/sweep/sweep.hpp"

namespace snnsim::experiments::cli {

int validate_command(const Command& self, Arguments arguments) {
  Options options(self);
  options.declare_settings();
  if (!options.parse(arguments, 1, 1)) return 0;
  if (is_network_file(options.words()[0])) return validate_network_file(options);
  const Experiment experiment = read_experiment(options.words()[0], options.settings());
  const JobInputs inputs = open_inputs(experiment);
  fmt::print("{}: valid; {} parameters, {} segments, {} zero-shot chunks, {} positions; it would run as {}-{}\n",
             options.words()[0], inputs.opened.dense->checkpoint().parameters(), inputs.segments(), inputs.chunks(),
             inputs.positions(), experiment.name, content_hash(experiment));
  if (!experiment.sweep.empty()) {
    const Sweep sweep = read_sweep(options.words()[0], options.settings());
    fmt::print("{}: a valid sweep of {} runs\n", options.words()[0], sweep.points.size());
  }
  return 0;
}

}  // namespace snnsim::experiments::cli
