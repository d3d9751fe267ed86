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

ordered_json phases_of(const ordered_json& block) {
  auto phases = ordered_json::object();
  const ordered_json populations = block.value("populations", ordered_json::object());
  for (const auto& [site, population] : populations.items())
    if (population.is_object() && population.contains("phase")) phases[site] = population.at("phase");
  return phases;
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
                      {"curve", block.value("curve", ordered_json::array())},
                      {"tokens", block.value("tokens", ordered_json(nullptr))},
                      {"phases", phases_of(block)}});
  return {{"method", name(run.experiment.calibration.method)},
          {"text", text.text.string()},
          {"documents", text.segments},
          {"length", text.length},
          {"blocks", blocks}};
}

ordered_json calibration_costs(const StoredRun& run) {
  if (!run.experiment.calibrates()) return nullptr;
  auto costs = ordered_json::array();
  for (const ordered_json& block : stored_calibration(run).value("blocks", ordered_json::array()))
    costs.push_back({{"seconds", block.value("seconds", ordered_json(nullptr))},
                     {"peak_memory_bytes", block.value("peak_memory_bytes", ordered_json(nullptr))}});
  return costs;
}

}  // namespace snnsim::experiments
