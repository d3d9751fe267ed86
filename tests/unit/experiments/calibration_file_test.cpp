#include "experiments/calibration_file.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "models/calibration/bias_correction.hpp"
#include "models/calibration/theta_v0.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

using namespace snnsim::models;

models::CalibrationOutcome calibrated(const QuantizedModel& qann, const Calibrator& calibrator) {
  const CalibrationOptions options{.timesteps = 3, .neuron = [](std::string_view, LevelRange range) {
                                     return IntegerSpiking{range, 3};
                                   }};
  CalibrationObserver observer;
  return calibrate(qann, {tests::random_tokens(qann.dense->config(), 12, 1)}, options, calibrator, observer);
}

models::CalibrationOutcome calibrated(const QuantizedModel& qann) {
  return calibrated(qann, *make_theta_v0({.potential = 1, .offsets = 3}, {.epochs = 3, .learning_rate = 0.05}));
}

/// Other integers on the same scales.
WeightMatrix halved(const WeightMatrix& matrix) {
  const std::size_t out = matrix.integer->out(), in = matrix.integer->in();
  std::vector<std::int8_t> levels;
  for (std::size_t i = 0; i < out; ++i)
    for (std::size_t j = 0; j < in; ++j) levels.push_back(static_cast<std::int8_t>(matrix.integer->weight(i, j) / 2));
  return integer_matrix(std::make_shared<const IntegerWeights>(out, in, levels), matrix.scale);
}

}  // namespace

TEST_CASE("a calibration is read as it was written, bit for bit") {
  const QuantizedModel qann =
      tests::quantized(std::make_shared<const DenseModel>(tests::random_checkpoint(3)), 8, 6, 1);
  models::CalibrationOutcome outcome = calibrated(qann);
  at(outcome.calibration.blocks[1], Site::attn_out)->phase = 2;
  outcome.blocks[1].peak_memory = 123456789012;
  const tests::ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "calibration.json";
  write_calibration(file, outcome, qann);
  const models::CalibrationOutcome read = read_calibration(file, qann);
  CHECK(read.calibration == outcome.calibration);
  CHECK(at(outcome.calibration.blocks[0], Site::v)->step_offset.size() == 3);
  CHECK_FALSE(outcome.calibration.blocks[0] == uncalibrated(qann.blocks[0]));
  CHECK(read.blocks[1].curve == outcome.blocks[1].curve);
  CHECK(read.blocks[1].before == outcome.blocks[1].before);
  CHECK(read.blocks[1].tokens == 11);
  CHECK(read.blocks[1].peak_memory == 123456789012);
}

TEST_CASE("biases are read as they were written") {
  const QuantizedModel qann =
      tests::quantized(std::make_shared<const DenseModel>(tests::random_checkpoint(3)), 8, 6, 1);
  const models::CalibrationOutcome outcome = calibrated(qann, *make_bias_correction());
  REQUIRE_FALSE(at(outcome.calibration.blocks[0].bias, MatrixName::down).empty());
  const tests::ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "calibration.json";
  write_calibration(file, outcome, qann);
  CHECK(read_calibration(file, qann).calibration == outcome.calibration);
}

TEST_CASE("weights of their own are kept beside the calibration, and must be there") {
  const QuantizedModel qann =
      tests::quantized(std::make_shared<const DenseModel>(tests::random_checkpoint(3)), 4, 4, 1);
  models::CalibrationOutcome outcome = calibrated(qann);
  for (std::size_t k = 0; k < 2; ++k)
    for (const MatrixName name : kAllMatrices)
      at(outcome.calibration.blocks[k].weights, name) = halved(qann.blocks[k].matrix(name));
  const tests::ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "calibration.json";
  write_calibration(file, outcome, qann);
  CHECK(read_calibration(file, qann).calibration == outcome.calibration);
  CHECK_FALSE(outcome.calibration == calibrated(qann).calibration);
  std::filesystem::remove_all(folder.path() / "calibrated_weights");
  const std::string said = tests::complaint([&] { read_calibration(file, qann); });
  CHECK(said.find("block_00000") != std::string::npos);
}

TEST_CASE("a calibration file that is damaged or of another model is refused") {
  const QuantizedModel qann =
      tests::quantized(std::make_shared<const DenseModel>(tests::random_checkpoint(3)), 8, 6, 1);
  const tests::ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "calibration.json";
  const nlohmann::ordered_json good = to_json(calibrated(qann));
  const auto said = [&](const auto& change) {
    nlohmann::ordered_json json = good;
    change(json["blocks"]);
    write_file(file, json.dump());
    const std::string what = tests::complaint([&] { read_calibration(file, qann); });
    return what.substr(what.find(": ") == std::string::npos ? 0 : what.find(": "));
  };
  CHECK(said([](auto&) {}) == "accepted");
  CHECK(said([](auto& blocks) { blocks.erase(1); }) == "accepted");  // the first ones
  CHECK(said([](auto& blocks) { blocks.push_back(blocks[0]); }) == ": does not fit the model");
  CHECK(said([](auto& blocks) { blocks[0]["populations"]["q"]["threshold"][0][1] = 1; }) == ": does not fit the model");
  CHECK(said([](auto& blocks) { blocks[0]["populations"]["q"]["threshold"][0][1] = 4000000000U; }) ==
        ": does not fit the model");
  CHECK(said([](auto& blocks) { blocks[0]["populations"]["q"]["threshold"][0][0] = -1; }) ==
        ": does not fit the model");
  CHECK(said([](auto& blocks) { blocks[0]["populations"]["q"]["step_offset"][0][1] = 4000000000U; }) ==
        ": does not fit the model");
  CHECK(said([](auto& blocks) { blocks[0]["populations"]["q"]["phase"] = 3; }) == "accepted");
  CHECK(said([](auto& blocks) { blocks[0]["populations"]["q"]["phase"] = -1; }) == ": does not fit the model");
  CHECK(said([](auto& blocks) { blocks[0]["populations"]["q"]["phase"] = "late"; }) == ": damaged");
  CHECK(said([](auto& blocks) { blocks[0]["bias"]["down"] = {{0.5, 3}}; }) == ": does not fit the model");
  CHECK(said([](auto& blocks) { blocks[0]["bias"]["down"] = "none"; }) == ": damaged");
  CHECK(said([](auto& blocks) { blocks[0]["populations"]["q"]["threshold"][0] = 7; }) == ": damaged");
  CHECK(said([](auto& blocks) { blocks[0]["populations"].erase("q"); }) == ": damaged");
  CHECK(said([](auto& blocks) { blocks[0].erase("curve"); }) == ": damaged");
  CHECK(said([](auto& blocks) { blocks = 3; }) == ": damaged");
  std::ofstream(file) << "{ \"blocks\"";
  CHECK(tests::complaint([&] { read_calibration(file, qann); }).ends_with(": damaged"));
}

}  // namespace snnsim::experiments
