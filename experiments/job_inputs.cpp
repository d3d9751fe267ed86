#include "experiments/job_inputs.hpp"

#include "experiments/energy_table.hpp"
#include "experiments/experiment_file.hpp"

namespace snnsim::experiments {

std::size_t JobInputs::segments() const {
  std::size_t sum = 0;
  for (const auto& text : texts) sum += text.size();
  return sum;
}

std::size_t JobInputs::positions() const {
  std::size_t sum = 0;
  for (const auto& text : texts)
    for (const Segment& segment : text) sum += segment.inputs();
  return sum;
}

JobInputs open_inputs(const Experiment& experiment) {
  check_runnable(experiment);
  for (const TableName& table : experiment.energy.tables) (void)read_energy_table(find_energy_table(table));
  JobInputs inputs{open_model(experiment), {}, {}};
  inputs.calibration = calibration_of(experiment, *inputs.opened.tokenizer);
  for (const PerplexityTask& task : experiment.evaluation.perplexity)
    inputs.texts.push_back(evaluation_segments(task, *inputs.opened.tokenizer));
  return inputs;
}

}  // namespace snnsim::experiments
