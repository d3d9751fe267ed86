#include "experiments/sweep/point_filter.hpp"

#include <doctest/doctest.h>

#include "tests/support/complaint.hpp"

namespace snnsim::experiments {
namespace {

using Conditions = std::vector<std::string>;
using Points = std::vector<std::size_t>;

/// T in {4, 8}, each with three neurons.
Sweep sample() {
  Sweep sweep{.name = "demo", .hash = {}, .keys = {"conversion.timesteps", "conversion.neuron"}, .points = {}};
  for (const int timesteps : {4, 8})
    for (const char* neuron : {"st_bif", "sigma_delta", "16"})
      sweep.points.push_back({.values = {timesteps, neuron}, .experiment = {}, .run = {}});
  return sweep;
}

std::string complaint(const std::string& condition) {
  return tests::complaint([&] { (void)select_points(sample(), Conditions{condition}); });
}

}  // namespace

TEST_CASE("conditions on different keys all hold, on one key any") {
  const Sweep sweep = sample();
  CHECK(select_points(sweep, {}) == Points{0, 1, 2, 3, 4, 5});
  CHECK(select_points(sweep, Conditions{"conversion.timesteps=8"}) == Points{3, 4, 5});
  CHECK(select_points(sweep, Conditions{"conversion.timesteps=8", "conversion.neuron=st_bif"}) == Points{3});
  CHECK(select_points(sweep, Conditions{"conversion.neuron=sigma_delta", "conversion.neuron=st_bif"}) ==
        Points{0, 1, 3, 4});
  CHECK(select_points(sweep, Conditions{"conversion.neuron=\"16\""}) == Points{2, 5});
}

TEST_CASE("a condition that can select nothing is a mistake") {
  CHECK(complaint("conversion.timestep=8") ==
        "--where conversion.timestep=8: the sweep does not change conversion.timestep");
  CHECK(complaint("conversion.timesteps=5") == "--where conversion.timesteps=5: no point has this value");
  CHECK(complaint("conversion.neuron=16") == "--where conversion.neuron=16: no point has this value");
  CHECK(complaint("conversion.neuron") == "--where conversion.neuron: not of the form key=value");
}

}  // namespace snnsim::experiments
