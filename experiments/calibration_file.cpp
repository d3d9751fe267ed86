#include "experiments/calibration_file.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "models/quantization/saved_blocks.hpp"

namespace snnsim::experiments {
namespace {

using models::MatrixName;
using models::Site;
using nlohmann::ordered_json;

ordered_json runs_of(const std::vector<float>& values) {
  auto runs = ordered_json::array();
  for (std::size_t first = 0; first < values.size();) {
    std::size_t end = first + 1;
    while (end < values.size() && values[end] == values[first]) ++end;
    runs.push_back({values[first], end - first});
    first = end;
  }
  return runs;
}

/// Throws std::invalid_argument for numbers that are not whole or negative, which the library would cut down to one.
std::uint64_t whole(const ordered_json& number) {
  if (number.is_number() && !number.is_number_unsigned()) throw std::invalid_argument("a number");
  return number.get<std::uint64_t>();
}

/// 0 where it is not given.
std::uint64_t whole_or_zero(const ordered_json& object, const char* key) {
  return object.contains(key) ? whole(object.at(key)) : 0;
}

/// Reads what runs_of() wrote. Throws nlohmann::json::exception for other JSON, std::invalid_argument for values that
/// cannot be.
std::vector<float> values_of(const ordered_json& runs, std::size_t channels) {
  std::vector<float> values;
  for (const ordered_json& run : runs) {
    const auto value = run.at(0).get<float>();
    const std::uint64_t count = whole(run.at(1));
    if (!std::isfinite(value) || count > channels - values.size()) throw std::invalid_argument("a value");
    values.insert(values.end(), count, value);
  }
  if (values.size() != channels) throw std::invalid_argument("a width");
  return values;
}

constexpr std::size_t kMostSteps = 65536;

std::size_t count_of(const ordered_json& runs) {
  std::size_t count = 0;
  for (const ordered_json& run : runs) count += std::min<std::size_t>(whole(run.at(1)), kMostSteps);
  if (count > kMostSteps) throw std::invalid_argument("a number of steps");
  return count;
}

std::uint32_t phase_of(const ordered_json& phase) {
  const std::uint64_t steps = whole(phase);
  if (steps > kMostSteps) throw std::invalid_argument("a phase");
  return static_cast<std::uint32_t>(steps);
}

models::SiteCalibration site_of(const ordered_json& population, std::size_t channels) {
  models::SiteCalibration site{values_of(population.at("threshold"), channels),
                               values_of(population.at("initial_potential"), channels)};
  if (population.contains("step_offset"))
    site.step_offset = values_of(population.at("step_offset"), count_of(population.at("step_offset")));
  for (const float threshold : site.threshold)
    if (!(threshold > 0)) throw std::invalid_argument("a threshold");
  if (population.contains("phase")) site.phase = phase_of(population.at("phase"));
  return site;
}

ordered_json site_json(const models::SiteCalibration& site) {
  ordered_json json = {{"threshold", runs_of(site.threshold)}, {"initial_potential", runs_of(site.initial_potential)}};
  if (!site.step_offset.empty()) json["step_offset"] = runs_of(site.step_offset);
  if (site.phase) json["phase"] = *site.phase;
  return json;
}

bool has_weights(const models::BlockCalibration& calibration) {
  return std::ranges::any_of(calibration.weights, [](const auto& matrix) { return matrix.integer != nullptr; });
}

ordered_json block_json(const models::BlockCalibration& calibration, const models::BlockOutcome& outcome) {
  auto populations = ordered_json::object(), bias = ordered_json::object();
  for (const Site site : models::kAllSites)
    if (const auto& parameters = at(calibration, site)) populations[std::string(name(site))] = site_json(*parameters);
  for (const MatrixName matrix : models::kAllMatrices)
    if (const auto& values = at(calibration.bias, matrix); !values.empty())
      bias[std::string(name(matrix))] = runs_of(values);
  ordered_json json = {{"loss_before", outcome.before},
                       {"loss_after", outcome.after},
                       {"curve", outcome.curve},
                       {"seconds", outcome.seconds}};
  if (outcome.tokens > 0) json["tokens"] = outcome.tokens;  // an older version did not count them
  if (outcome.peak_memory > 0) json["peak_memory_bytes"] = outcome.peak_memory;
  json["populations"] = populations;
  if (!bias.empty()) json["bias"] = bias;
  if (has_weights(calibration)) json["weights"] = true;
  return json;
}

/// How many outputs the matrix of a block has.
std::size_t outputs_of(const models::QuantizedBlock& block, MatrixName name) {
  const auto& floating = block.matrix(name).floating;
  if (floating == nullptr) throw std::invalid_argument("a bias");
  return floating->out();
}

void read_block(const ordered_json& block, const models::QuantizedBlock& quantized, const WeightsReader& weights,
                models::CalibrationOutcome& outcome) {
  models::BlockCalibration calibration;
  for (const Site site : models::kAllSites)
    if (const auto& quantizer = at(quantized.sites, site))
      at(calibration, site) = site_of(block.at("populations").at(std::string(name(site))), quantizer->step.size());
  for (const MatrixName matrix : models::kAllMatrices)
    if (const auto bias = block.value("bias", ordered_json::object()); bias.contains(std::string(name(matrix))))
      at(calibration.bias, matrix) = values_of(bias.at(std::string(name(matrix))), outputs_of(quantized, matrix));
  if (block.value("weights", false)) {
    if (!weights) throw std::invalid_argument("weights");
    calibration.weights = weights(outcome.blocks.size());
  }
  outcome.calibration.blocks.push_back(std::move(calibration));
  outcome.blocks.push_back({.before = block.at("loss_before").get<double>(),
                            .after = block.at("loss_after").get<double>(),
                            .curve = block.at("curve").get<std::vector<double>>(),
                            .seconds = block.at("seconds").get<double>(),
                            .tokens = whole_or_zero(block, "tokens"),
                            .peak_memory = whole_or_zero(block, "peak_memory_bytes")});
}

std::filesystem::path weights_folder(const std::filesystem::path& file) {
  return file.parent_path() / "calibrated_weights";
}

}  // namespace

ordered_json to_json(const models::CalibrationOutcome& outcome) {
  auto blocks = ordered_json::array();
  for (std::size_t k = 0; k < outcome.blocks.size(); ++k)
    blocks.push_back(block_json(outcome.calibration.blocks[k], outcome.blocks[k]));
  return {{"blocks", blocks}};
}

void write_calibration(const std::filesystem::path& file, const models::CalibrationOutcome& outcome,
                       const models::QuantizedModel& model) {
  const models::SavedBlocks saved(weights_folder(file), model.dense);
  for (std::size_t k = 0; k < outcome.calibration.blocks.size(); ++k)
    if (const auto& calibration = outcome.calibration.blocks[k]; has_weights(calibration) && !saved.has(k)) {
      make_folder(weights_folder(file));
      saved.write(k, with_weights(model.blocks[k], calibration));
    }
  write_file(file, to_json(outcome).dump() + "\n");
}

models::CalibrationOutcome read_calibration(const std::filesystem::path& file, const models::QuantizedModel& model) {
  return parse_calibration(read_file(file), file, model, [&](std::size_t k) {
    try {
      return models::SavedBlocks(weights_folder(file), model.dense).read(k).matrices;
    } catch (const DataError& error) {
      throw DataError(error.what(), "run the experiment again with --fresh");
    }
  });
}

models::CalibrationOutcome parse_calibration(std::string_view text, const std::filesystem::path& file,
                                             const models::QuantizedModel& model, const WeightsReader& weights) {
  models::CalibrationOutcome outcome;
  try {
    const auto json = ordered_json::parse(text);
    const ordered_json& blocks = json.at("blocks");
    if (blocks.size() > model.blocks.size()) throw std::invalid_argument("more blocks than the model has");
    for (std::size_t k = 0; k < blocks.size(); ++k) read_block(blocks[k], model.blocks[k], weights, outcome);
  } catch (const nlohmann::json::exception&) {
    throw DataError(fmt::format("{}: damaged", file.string()), "run the experiment again with --fresh");
  } catch (const std::invalid_argument&) {
    throw DataError(fmt::format("{}: does not fit the model", file.string()), "run the experiment again with --fresh");
  }
  return outcome;
}

}  // namespace snnsim::experiments
