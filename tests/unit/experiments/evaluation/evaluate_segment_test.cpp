#include "experiments/evaluation/evaluate_segment.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <doctest/doctest.h>
#include <oneapi/tbb/global_control.h>

#include "experiments/evaluation/depth_errors.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::experiments {
namespace {

Experiment bundled_experiment(Neuron neuron, std::size_t timesteps) {
  const std::filesystem::path texts = tests::source_dir() / "bundled" / "text";
  Experiment experiment;
  experiment.model.checkpoint = tests::bundled_model();
  experiment.quantization.activation_bits = 6;
  experiment.quantization.calibration = {.text = texts / "calibration.txt", .segments = 2, .length = 48};
  experiment.conversion.neuron = neuron;
  experiment.conversion.timesteps = timesteps;
  experiment.evaluation.perplexity = {{.text = texts / "heldout.txt", .segment = 20, .max_segments = 1}};
  return experiment;
}

/// The first segment; its wall time, the one thing that may differ, is taken out.
SegmentResult evaluated(const Experiment& experiment, std::vector<TokenLikelihood>* tokens = nullptr) {
  const auto pipeline = build_pipeline(experiment);
  const auto segments = evaluation_segments(experiment.evaluation.perplexity[0], *pipeline->opened.tokenizer);
  SegmentResult result = evaluate_segment(*pipeline, experiment, segments[0], {.tokens = tokens});
  result.wall_s = 0;
  result.peak_events = 0;  // only the event executor has a queue
  return result;
}

SegmentResult evaluated_on(std::size_t threads, const Experiment& experiment) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  return evaluated(experiment);
}

}  // namespace

TEST_CASE("a result is the same on one and two threads and for both executors") {
  Experiment experiment = bundled_experiment(Neuron::integer_spiking, 4);
  const SegmentResult one = evaluated_on(1, experiment);
  CHECK(one == evaluated_on(2, experiment));
  experiment.simulation.executor = Executor::stepped;
  CHECK(one == evaluated_on(2, experiment));
  CHECK(one.tokens == 19);
  CHECK(one.populations.size() == 6 * 7);
  CHECK(one.neurons_different > 0);
  CHECK(one.kl_qann_snn > 0);
}

TEST_CASE("sigma-delta is the QANN: no unevenness, no divergence, the same likelihood") {
  Experiment experiment = bundled_experiment(Neuron::sigma_delta, 3);
  for (const Positions positions : {Positions::concurrent, Positions::sequential}) {
    experiment.conversion.positions = positions;
    const SegmentResult result = evaluated(experiment);
    CHECK(result.output_equal);
    CHECK(result.neurons_different == 0);
    CHECK(result.kl_qann_snn == 0);
    CHECK(result.snn == result.qann);
    for (const PopulationTally& tally : result.populations) {
      CHECK(tally.unevenness == 0);
      CHECK(tally.uneven == 0);
      CHECK(tally.instances == tally.neurons * 18);  // 20 ids: the last is only predicted, the first is the prefix
    }
  }
}

TEST_CASE("errors by position add up to those of the populations, a position each behind the prefix") {
  const SegmentResult result = evaluated(bundled_experiment(Neuron::integer_spiking, 4));
  PopulationTally network;
  for (const PopulationTally& tally : result.populations) add_sums(network, tally);
  const auto sum = [](const std::vector<double>& values) {
    CHECK(values.size() == 18);
    return doctest::Approx(std::accumulate(values.begin(), values.end(), 0.0)).epsilon(1e-12);
  };
  CHECK(network.unevenness > 0);
  CHECK(network.dense == sum(result.positions.dense));
  CHECK(network.clipping == sum(result.positions.clipping));
  CHECK(network.quantization == sum(result.positions.quantization));
  CHECK(network.propagated == sum(result.positions.propagated));
  CHECK(network.unevenness == sum(result.positions.unevenness));
  CHECK(network.total == sum(result.positions.total));
}

TEST_CASE("a bound is measured where it is asked for") {
  Experiment experiment = bundled_experiment(Neuron::integer_spiking, 4);
  experiment.quantization.rotation = Rotation::hadamard;
  CHECK(evaluated(experiment).blocks.empty());
  experiment.record.bound = true;
  const std::vector<BlockErrors> blocks = evaluated(experiment).blocks;
  REQUIRE(blocks.size() == 6);
  for (const DepthBound& depth : depth_bounds(blocks)) {
    CHECK(depth.error > 0);
    CHECK(depth.error < 1);
    CHECK(depth.bound >= depth.error);
  }
}

TEST_CASE("what the populations did adds up to the operations of the network") {
  for (const Neuron neuron : {Neuron::sigma_delta, Neuron::integer_spiking}) {
    const SegmentResult result = evaluated(bundled_experiment(neuron, 3));
    OperationCount sum;
    for (const PopulationTally& tally : result.populations) {
      sum.synaptic_operations += tally.spikes * tally.fan_out;
      sum.synaptic_magnitude += tally.magnitude * tally.fan_out;
      sum.synaptic_shift_adds += tally.shift_adds * tally.fan_out;
      sum.neuron_updates += tally.updates;
      sum.neurons_active += tally.spikes;
      sum.spike_messages += tally.spikes * tally.projections;
    }
    sum.weight_bytes = result.operations.weight_bytes;
    sum.multiply_accumulates = result.operations.multiply_accumulates;
    sum.analog = result.operations.analog;
    sum.analog_once = result.operations.analog_once;
    CHECK(sum == result.operations);
    CHECK(sum.weight_bytes == sum.synaptic_operations);  // 8-bit weights
    CHECK(result.populations[0].projections == 3);       // q, k, v
    CHECK(sum.synaptic_shift_adds < sum.synaptic_magnitude);
  }
}

TEST_CASE("what the projections did adds up to that of each population, and to the operations of the network") {
  Experiment experiment = bundled_experiment(Neuron::integer_spiking, 3);
  experiment.quantization.weight_bits = 4;
  experiment.simulation.hop = 1;
  const SegmentResult result = evaluated(experiment);
  REQUIRE(result.projections.size() == 6 * 7);
  OperationCount sum;
  for (const ProjectionTally& tally : result.projections) {
    sum.synaptic_operations += tally.synaptic_operations;
    sum.synaptic_magnitude += tally.synaptic_magnitude;
    sum.synaptic_shift_adds += tally.synaptic_shift_adds;
    sum.weight_bytes += tally.weight_bytes;
    sum.spike_messages += tally.spikes;
    sum.multiply_accumulates += tally.multiply_accumulates;
    CHECK(tally.multiply_accumulates == 18 * tally.synapses);
    CHECK(tally.weight_bytes == tally.synaptic_operations / 2);
  }
  sum.neuron_updates = result.operations.neuron_updates;
  sum.neurons_active = result.operations.neurons_active;
  sum.analog = result.operations.analog;
  sum.analog_once = result.operations.analog_once;
  CHECK(sum == result.operations);
  for (const PopulationTally& population : result.populations) {
    CAPTURE(population.name);
    std::uint64_t spikes = 0, hops = 0, operations = 0, magnitude = 0, shift_adds = 0;
    for (const ProjectionTally& tally : result.projections) {
      if (tally.from != population.name) continue;
      CHECK(tally.spikes == population.spikes);
      spikes += tally.spikes;
      hops += tally.spike_hops;
      operations += tally.synaptic_operations;
      magnitude += tally.synaptic_magnitude;
      shift_adds += tally.synaptic_shift_adds;
    }
    CHECK(spikes == population.spikes * population.projections);
    CHECK(hops == population.spike_hops);
    CHECK(operations == population.spikes * population.fan_out);
    CHECK(magnitude == population.magnitude * population.fan_out);
    CHECK(shift_adds == population.shift_adds * population.fan_out);
  }
  CHECK(result.projections[0].name == "blocks.0.query");
  CHECK(result.projections[0].from == "blocks.0.attn_in");
  CHECK(result.projections[6].from == "blocks.0.mlp_mid");
}

TEST_CASE("the numbers of a result belong together") {
  std::vector<TokenLikelihood> tokens;
  const SegmentResult result = evaluated(bundled_experiment(Neuron::st_bif, 2), &tokens);
  double nll = 0;
  for (const TokenLikelihood& token : tokens) nll += token.snn;
  CHECK(nll == doctest::Approx(result.snn.nll));
  std::uint64_t spikes = 0, instances = 0;
  for (const PopulationTally& tally : result.populations) {
    CAPTURE(tally.name);
    const double largest = std::sqrt(tally.clipping) + std::sqrt(tally.quantization) + std::sqrt(tally.propagated) +
                           std::sqrt(tally.unevenness);
    CHECK(std::sqrt(tally.total) <= largest * (1 + 1e-9));  // the triangle inequality of the terms
    spikes += tally.spikes;
    instances += tally.instances;
  }
  CHECK(spikes == result.operations.neurons_active);
  CHECK(instances == result.neurons_checked);
}

TEST_CASE("the share done rises to the last step") {
  const Experiment experiment = bundled_experiment(Neuron::integer_spiking, 4);
  const auto pipeline = build_pipeline(experiment);
  const auto segments = evaluation_segments(experiment.evaluation.perplexity[0], *pipeline->opened.tokenizer);
  std::vector<double> shares;
  evaluate_segment(*pipeline, experiment, segments[0], {.share = [&](double share) { shares.push_back(share); }});
  CHECK(shares.size() == 2 + 4 * 42);  // dense, QANN, and every population at every step
  CHECK(std::ranges::is_sorted(shares));
  CHECK(shares.front() == doctest::Approx(1.0 / 7));
  CHECK(shares.back() == doctest::Approx(6.0 / 7));
}

TEST_CASE("a prefix as long as the segment leaves nothing to simulate") {
  Experiment experiment = bundled_experiment(Neuron::integer_spiking, 4);
  experiment.quantization.prefix_tokens.count = 40;
  const SegmentResult result = evaluated(experiment);
  CHECK(result.dense == result.snn);
  CHECK(result.dense == result.qann);
  CHECK(result.neurons_checked == 0);
  CHECK(result.operations == OperationCount{});
}

TEST_CASE("prefix tokens: sigma-delta is the QANN, and what is scored stays the same") {
  Experiment experiment = bundled_experiment(Neuron::sigma_delta, 3);
  std::vector<TokenLikelihood> without, with;
  const SegmentResult plain = evaluated(experiment, &without);
  for (const auto rotation : {Rotation::none, Rotation::hadamard})
    for (const std::vector<std::int32_t>& ids : {std::vector<std::int32_t>{300, 13, 1}, {300, 13}}) {
      experiment.quantization.prefix_tokens.ids = ids;
      experiment.quantization.rotation = rotation;
      with.clear();
      const SegmentResult result = evaluated(experiment, &with);
      CHECK(result.output_equal);
      CHECK(result.neurons_different == 0);
      CHECK(result.kl_qann_snn == 0);
      CHECK(result.tokens == plain.tokens);
      CHECK(result.dense == plain.dense);
      CHECK(result.qann.nll != plain.qann.nll);
      REQUIRE(with.size() == without.size());
      for (std::size_t i = 0; i < with.size(); ++i) {
        CHECK(with[i].position == without[i].position);
        CHECK(with[i].id == without[i].id);
      }
      // A prefix that ends with BOS has the segment's own BOS in it; behind another one BOS is quantized too.
      const std::size_t quantized = ids.back() == 1 ? 18 : 19;
      for (const PopulationTally& tally : result.populations) {
        CHECK(tally.instances == tally.neurons * quantized);
        CHECK(tally.unevenness == 0);
      }
    }
}

TEST_CASE("BOS as the only prefix token is the default") {
  Experiment experiment = bundled_experiment(Neuron::integer_spiking, 3);
  const SegmentResult expected = evaluated(experiment);
  experiment.quantization.prefix_tokens.ids = {1};
  CHECK(evaluated(experiment) == expected);
}

TEST_CASE("without quantization the QANN behind prefix tokens is the dense model behind them") {
  Experiment experiment = bundled_experiment(Neuron::sigma_delta, 2);
  experiment.quantization.weight_bits = experiment.quantization.activation_bits = bits_off;
  experiment.quantization.prefix_tokens.ids = {300, 13, 1};
  const auto pipeline = build_pipeline(experiment);
  const auto segments = evaluation_segments(experiment.evaluation.perplexity[0], *pipeline->opened.tokenizer);
  TokenIds ids{300, 13};
  ids.insert(ids.end(), segments[0].ids.begin(), segments[0].ids.end());
  Segment whole{.ids = ids, .first_scored = 3};
  experiment.evaluation.networks = {Network::dense};
  const SegmentResult dense = evaluate_segment(*pipeline, experiment, whole);
  experiment.evaluation.networks = {Network::dense, Network::qann};
  const SegmentResult behind = evaluate_segment(*pipeline, experiment, segments[0]);
  CHECK(behind.qann == dense.dense);
  CHECK(behind.dense.nll != dense.dense.nll);
}

}  // namespace snnsim::experiments
