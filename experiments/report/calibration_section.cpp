#include <filesystem>

#include <fmt/format.h>

#include "experiments/files.hpp"
#include "experiments/report/number.hpp"
#include "experiments/report/sections.hpp"

namespace snnsim::experiments {

using nlohmann::ordered_json;

namespace {

/// calibration.json, or an empty object where it is missing or damaged: a report is made of what there is.
ordered_json stored_calibration(const StoredRun& run) {
  const std::filesystem::path file = run.path / "calibration.json";
  if (!std::filesystem::exists(file)) return ordered_json::object();
  auto json = ordered_json::parse(read_file(file), nullptr, false);
  return json.is_object() && json.contains("blocks") ? json : ordered_json::object();
}

}  // namespace

ordered_json calibration_section(const StoredRun& run) {
  if (!run.experiment.calibrates()) return nullptr;
  const CalibrationText text = run.experiment.calibration_text();
  auto blocks = ordered_json::array();
  const ordered_json stored = stored_calibration(run);
  for (const ordered_json& block : stored.value("blocks", ordered_json::array()))
    blocks.push_back({{"name", fmt::format("blocks.{}", blocks.size())},
                      {"loss_before", block.value("loss_before", ordered_json(nullptr))},
                      {"loss_after", block.value("loss_after", ordered_json(nullptr))},
                      {"curve", block.value("curve", ordered_json::array())}});
  return {{"method", name(run.experiment.calibration.method)},
          {"text", text.text.string()},
          {"documents", text.segments},
          {"length", text.length},
          {"blocks", blocks}};
}

double calibration_seconds(const StoredRun& run) {
  double seconds = 0;
  for (const ordered_json& block : stored_calibration(run).value("blocks", ordered_json::array()))
    seconds += block.value("seconds", 0.0);
  return seconds;
}

}  // namespace snnsim::experiments
