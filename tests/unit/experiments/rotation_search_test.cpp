#include "experiments/rotation_search.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "models/checkpoint/checkpoint.hpp"
#include "models/quantization/output_loss.hpp"
#include "models/quantization/threshold_search.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

/// A small model with three trials, and what the search says.
struct Setup {
  tests::ScratchFolder scratch;
  std::shared_ptr<const models::DenseModel> dense =
      std::make_shared<const models::DenseModel>(tests::random_checkpoint(3));
  std::vector<TokenIds> calibration{tests::random_tokens(dense->config(), 24, 7),
                                    tests::random_tokens(dense->config(), 24, 8)};
  Experiment experiment;
  models::QuantizerOptions quantizer{.weight_bits = 4, .activation_bits = 4, .activation_range = [](std::string_view) {
                                       return models::signed_range(4);
                                     }};
  std::vector<std::string> told;

  Setup() {
    experiment.seed = 11;
    experiment.model.checkpoint = tests::bundled_model();  // what is hashed for the key
    experiment.quantization.rotation = Rotation::hadamard;
    experiment.quantization.rotation_trials = 3;
  }
  RotationChoice choose(bool kept) {
    told.clear();
    BuildOptions build;
    build.stage = [&](const std::string& line) { told.push_back(line); };
    if (kept) build.cache = QuantizedCache(scratch.path());
    return choose_rotation(experiment, dense, calibration, quantizer, build);
  }
};

}  // namespace

TEST_CASE("the rotation of least loss is taken; the first trial is what the seed draws without a search") {
  Setup s;
  const RotationChoice choice = s.choose(false);
  REQUIRE(choice.losses.size() == 3);
  CHECK(std::set<double>(choice.losses.begin(), choice.losses.end()).size() == 3);
  CHECK(choice.losses[choice.trial] == std::ranges::min(choice.losses));
  CHECK(choice.seed == trial_seed(11, choice.trial));
  CHECK(trial_seed(11, 0) == 11);
  const models::ReferenceOutputs reference(*s.dense, s.calibration, 1);
  for (std::size_t trial = 0; trial < 3; ++trial) {
    const auto model =
        models::quantize(rotated(s.experiment, s.dense, trial_seed(11, trial)), s.calibration, s.quantizer);
    CHECK(models::output_loss(model, *s.dense, reference) == choice.losses[trial]);
  }
  CHECK(s.told.size() == 4);
}

TEST_CASE("one trial, or no rotation: nothing is searched") {
  Setup s;
  s.experiment.quantization.rotation_trials = 1;
  CHECK(s.choose(true).seed == 11);
  s.experiment.quantization.rotation_trials = 3;
  s.experiment.quantization.rotation = Rotation::none;
  CHECK(s.choose(true).losses.empty());
  CHECK(s.told.empty());
}

TEST_CASE("each trial is kept and found again, unless it is damaged or for other inputs") {
  Setup s;
  const auto files = [&] {
    std::set<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(s.scratch.path())) found.insert(entry.path());
    return found;
  };
  const RotationChoice first = s.choose(true);
  const RotationChoice again = s.choose(true);
  CHECK(again.losses == first.losses);
  CHECK(again.seed == first.seed);
  CHECK(s.told.size() == 1);
  CHECK(files().size() == 3);
  const std::filesystem::path one = *files().begin();
  std::string whole;
  std::getline(std::ifstream(one), whole, '\0');
  for (const char* content : {"{", "{}", R"({"inputs": 1, "result": 3})"}) {
    std::ofstream(one) << content;
    CHECK(s.choose(true).losses == first.losses);
    CHECK(s.told.size() == 2);
  }
  s.experiment.quantization.rotation_trials = 2;  // as a search that was stopped: what is there is taken
  CHECK(s.choose(true).losses == std::vector(first.losses.begin(), first.losses.begin() + 2));
  CHECK(s.told.size() == 1);
  auto kept = nlohmann::ordered_json::parse(whole);
  kept["result"] = nullptr;  // a loss that was not finite is not made again, nor taken
  std::ofstream(one) << kept.dump();
  s.experiment.quantization.rotation_trials = 3;
  const RotationChoice unsound = s.choose(true);
  CHECK(s.told.size() == 1);
  CHECK(std::ranges::count_if(unsound.losses, [](double loss) { return std::isinf(loss); }) == 1);
  CHECK(std::isfinite(unsound.losses[unsound.trial]));
}

}  // namespace snnsim::experiments
