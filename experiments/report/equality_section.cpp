#include <algorithm>

#include "experiments/report/sections.hpp"

namespace snnsim::experiments {

nlohmann::ordered_json equality_section(const StoredRun& run) {
  std::uint64_t checked = 0, different = 0;
  for (const SegmentResult& result : run.results) {
    checked += result.neurons_checked;
    different += result.neurons_different;
  }
  const bool outputs = std::ranges::all_of(run.results, &SegmentResult::output_equal);
  nlohmann::ordered_json equal = nullptr;  // unknown while nothing was compared
  if (!run.results.empty()) equal = different == 0 && outputs;
  return {{"snn_equals_qann", equal},
          {"required", run.manifest.value("equality_required", nlohmann::ordered_json(nullptr))},
          {"outputs_equal", run.results.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(outputs)},
          {"neurons_checked", checked},
          {"neurons_different", different}};
}

}  // namespace snnsim::experiments
