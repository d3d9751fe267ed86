#include "experiments/calibration_file.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "models/calibration/theta_v0.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

using namespace snnsim::models;

models::CalibrationOutcome calibrated(const QuantizedModel& qann) {
  const CalibrationOptions options{.timesteps = 3, .neuron = [](std::string_view, LevelRange range) {
                                     return IntegerSpiking{range, 3};
                                   }};
  CalibrationObserver observer;
  return calibrate(qann, {tests::random_tokens(qann.dense->config(), 12, 1)}, options,
                   *make_theta_v0({.groups = {.potential = 1}, .epochs = 3, .learning_rate = 0.05}), observer);
}

}  // namespace

TEST_CASE("a calibration is read as it was written, bit for bit") {
  const QuantizedModel qann =
      tests::quantized(std::make_shared<const DenseModel>(tests::random_checkpoint(3)), 8, 6, 1);
  const models::CalibrationOutcome outcome = calibrated(qann);
  const tests::ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "calibration.json";
  write_calibration(file, outcome);
  const models::CalibrationOutcome read = read_calibration(file, qann);
  CHECK(read.calibration == outcome.calibration);
  CHECK_FALSE(outcome.calibration.blocks[0] == uncalibrated(qann.blocks[0]));
  CHECK(read.blocks[1].curve == outcome.blocks[1].curve);
  CHECK(read.blocks[1].before == outcome.blocks[1].before);
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
  CHECK(said([](auto& blocks) { blocks[0]["populations"]["q"]["threshold"][0] = 7; }) == ": damaged");
  CHECK(said([](auto& blocks) { blocks[0]["populations"].erase("q"); }) == ": damaged");
  CHECK(said([](auto& blocks) { blocks[0].erase("curve"); }) == ": damaged");
  CHECK(said([](auto& blocks) { blocks = 3; }) == ": damaged");
  std::ofstream(file) << "{ \"blocks\"";
  CHECK(tests::complaint([&] { read_calibration(file, qann); }).ends_with(": damaged"));
}

}  // namespace snnsim::experiments
