#include "experiments/job_inputs.hpp"

#include "experiments/energy_table.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/zero_shot/evaluate_items.hpp"

namespace snnsim::experiments {

std::size_t JobInputs::segments() const {
  std::size_t sum = 0;
  for (const auto& text : texts) sum += text.size();
  return sum;
}

std::size_t JobInputs::chunks(std::size_t task) const {
  return (zero_shot[task].size() + zero_shot_chunk - 1) / zero_shot_chunk;
}

std::size_t JobInputs::chunks() const {
  std::size_t sum = 0;
  for (std::size_t task = 0; task < zero_shot.size(); ++task) sum += chunks(task);
  return sum;
}

std::size_t JobInputs::positions() const {
  std::size_t sum = 0;
  for (const auto& text : texts)
    for (const Segment& segment : text) sum += segment.inputs();
  for (const auto& items : zero_shot)
    for (const EncodedItem& item : items)
      for (const Segment& request : item.requests) sum += request.inputs();
  return sum;
}

JobInputs open_inputs(const Experiment& experiment) {
  check_runnable(experiment);
  for (const TableName& table : experiment.energy.tables) (void)read_energy_table(find_energy_table(table));
  JobInputs inputs{open_model(experiment), {}, {}, {}};
  inputs.calibration = calibration_of(experiment, *inputs.opened.tokenizer);
  for (const PerplexityTask& task : experiment.evaluation.perplexity)
    inputs.texts.push_back(evaluation_segments(task, *inputs.opened.tokenizer));
  for (const ZeroShotTask& task : experiment.evaluation.zero_shot)
    inputs.zero_shot.push_back(
        encoded_items(task, *inputs.opened.tokenizer, inputs.opened.dense->config().context_length));
  return inputs;
}

}  // namespace snnsim::experiments
