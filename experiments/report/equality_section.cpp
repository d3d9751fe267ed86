#include <algorithm>

#include "experiments/report/sections.hpp"

namespace snnsim::experiments {

nlohmann::ordered_json equality_section(const StoredRun& run) {
  std::uint64_t checked = 0, different = 0;
  for (const SegmentResult& result : run.results) {
    checked += result.neurons_checked;
    different += result.neurons_different;
  }
  std::uint64_t outputs_checked = 0, outputs_different = 0;
  for (const ZeroShotResult& result : run.zero_shot) {
    outputs_checked += result.outputs_checked;
    outputs_different += result.outputs_different;
  }
  const bool compared = run.experiment.evaluation.runs(Network::snn) && (!run.results.empty() || outputs_checked > 0);
  const bool outputs = outputs_different == 0 && std::ranges::all_of(run.results, &SegmentResult::output_equal);
  nlohmann::ordered_json equal = nullptr;  // unknown while nothing was compared
  if (compared) equal = different == 0 && outputs;
  return {{"snn_equals_qann", equal},
          {"required", run.manifest.value("equality_required", nlohmann::ordered_json(nullptr))},
          {"outputs_equal", compared ? nlohmann::ordered_json(outputs) : nlohmann::ordered_json(nullptr)},
          {"neurons_checked", checked},
          {"neurons_different", different}};
}

}  // namespace snnsim::experiments
