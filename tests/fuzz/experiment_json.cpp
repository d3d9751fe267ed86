// An experiment: what is accepted reads back from its own JSON as the same experiment.
#include <nlohmann/json.hpp>

#include "experiments/experiment_file.hpp"
#include "tests/fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] {
    const auto experiment = experiments::parse_experiment(tests::text_of(data, size), "/lab/input.json");
    const std::string resolved = experiments::to_json(experiment).dump();
    tests::require(experiments::parse_experiment(resolved, "/lab/input.json") == experiment, "the same read back");
  });
}
