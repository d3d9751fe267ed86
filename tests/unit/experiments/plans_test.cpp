// What --dry-run expects: how memory and passes follow from an experiment.
#include <doctest/doctest.h>

#include "experiments/memory_plan.hpp"
#include "experiments/time_plan.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::experiments {
namespace {

Experiment bundled_experiment() {
  Experiment experiment;
  experiment.model.checkpoint = tests::bundled_model();
  experiment.quantization.calibration.text = tests::source_dir() / "bundled" / "text" / "calibration.txt";
  experiment.quantization.calibration.segments = 4;
  experiment.evaluation.perplexity.resize(1);
  experiment.evaluation.perplexity[0].text = tests::source_dir() / "bundled" / "text" / "heldout.txt";
  experiment.evaluation.perplexity[0].max_segments = 1;
  return experiment;
}

/// Bytes while the model is quantized.
std::uint64_t quantizing(const Experiment& experiment, bool kept) {
  return plan_memory(experiment, open_inputs(experiment), 64, 1, kept).quantizing;
}

}  // namespace

TEST_CASE("the bound of Theorem 3 takes three passes more") {
  Experiment experiment = bundled_experiment();
  const std::size_t passes = dense_passes(experiment);
  CHECK(passes == 3 + 1 + experiment.conversion.timesteps);
  experiment.record.bound = true;
  CHECK(dense_passes(experiment) == passes + 3);
  experiment.evaluation.networks = {Network::dense, Network::qann};
  CHECK(dense_passes(experiment) == 3);
}

TEST_CASE("trials of rotations hold a model of their own where the one that is taken is mapped") {
  Experiment experiment = bundled_experiment();
  experiment.quantization.rotation = Rotation::hadamard;
  const std::uint64_t one = quantizing(experiment, true);
  CHECK(quantizing(experiment, false) == one);
  experiment.quantization.rotation_trials = 3;
  const std::uint64_t mapped = quantizing(experiment, true), allocated = quantizing(experiment, false);
  CHECK(allocated > one);  // the outputs that trials are compared with
  CHECK(mapped - allocated == plan_memory(experiment, open_inputs(experiment), 64, 1, true).weights);
}

TEST_CASE("what is measured while the model is quantized") {
  Experiment experiment = bundled_experiment();
  const std::uint64_t measured = quantizing(experiment, true);
  experiment.quantization.optional_sites = {OptionalSite::probs};
  CHECK(quantizing(experiment, true) > measured);
  experiment.quantization.optional_sites.clear();
  experiment.quantization.granularity = Granularity::per_token;
  experiment.evaluation.networks = {Network::dense, Network::qann};
  experiment.quantization.calibration.text.clear();
  CHECK(quantizing(experiment, true) < measured / 10);
  experiment.quantization.calibration.text = tests::source_dir() / "bundled" / "text" / "calibration.txt";
  experiment.quantization.prefix_tokens.search = true;
  const std::uint64_t searching = quantizing(experiment, true);
  CHECK(searching > measured / 20);
  CHECK(searching < measured);
}

}  // namespace snnsim::experiments
