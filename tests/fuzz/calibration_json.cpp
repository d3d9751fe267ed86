// calibration.json: what is accepted has a finite positive threshold and a finite potential for every channel.
#include <cmath>

#include "experiments/calibration_file.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace {

/// Two blocks of four channels a site.
snnsim::models::QuantizedModel small_model() {
  snnsim::models::QuantizedModel model;
  model.blocks.resize(2);
  for (auto& block : model.blocks)
    for (auto& site : block.sites) site = snnsim::models::ActivationQuantizer{{-8, 7}, std::vector<float>(4, 0.5F)};
  return model;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  static const models::QuantizedModel model = small_model();
  return tests::attempt([&] {
    const auto outcome = experiments::parse_calibration(tests::text_of(data, size), "/lab/calibration.json", model);
    tests::require(outcome.blocks.size() == outcome.calibration.blocks.size(), "one outcome a block");
    for (const auto& block : outcome.calibration.blocks)
      for (const auto& site : block) {
        tests::require(site && site->threshold.size() == 4 && site->initial_potential.size() == 4, "every channel");
        for (const float threshold : site->threshold)
          tests::require(std::isfinite(threshold) && threshold > 0, "thresholds are positive");
        for (const float potential : site->initial_potential)
          tests::require(std::isfinite(potential), "potentials are finite");
      }
  });
}
