#include "core/simulation/row_updates.hpp"

#include <bit>
#include <cstdlib>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/random.hpp"
#include "tests/support/targets.hpp"

namespace snnsim {
namespace {

/// Sigma-delta neurons whose first update emits these counts.
PopulationActivity emit(const std::vector<std::int32_t>& counts, std::int32_t most) {
  const std::size_t width = counts.size();
  const std::vector<float> drive(counts.begin(), counts.end()), threshold(width, 1.0F), initial(width, 0.0F);
  std::vector<std::int32_t> state(width, 0);
  std::vector<std::int16_t> spikes(width, 0);
  const NeuronRow row{width, drive.data(), threshold.data(), initial.data(), state.data(), spikes.data(), 1, 0, 0};
  return update_neurons(SigmaDelta{{-most, most}}, row);
}

}  // namespace

TEST_CASE("what a row emitted is counted alike on every instruction set, rows of many neurons too") {
  tests::Random random(11);
  for (const std::size_t width : {1U, 31U, 203U, 70001U, 140000U}) {
    CAPTURE(width);
    for (const std::int32_t most : {1, 63, 32767}) {
      std::vector<std::int32_t> counts(width);
      PopulationActivity expected{.updates = width};
      for (std::int32_t& count : counts) {
        count = random.between(0, 2) == 0 ? 0 : random.between(-most, most);
        const auto size = static_cast<std::uint32_t>(std::abs(count));
        expected += {.spikes = size != 0 ? 1U : 0U,
                     .magnitude = size,
                     .shift_adds = static_cast<std::uint64_t>(std::popcount(size))};
      }
      tests::on_every_target([&] { CHECK(emit(counts, most) == expected); });
    }
  }
}

}  // namespace snnsim
