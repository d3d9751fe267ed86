// Models whose spikes take time: what must stay the same, and what must not.
#include <doctest/doctest.h>
#include <oneapi/tbb/global_control.h>

#include "core/placement.hpp"
#include "tests/equivalence/runs.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::tests {
namespace {

using namespace snnsim::models;

constexpr std::uint32_t kTimesteps = 4;

struct Fixture {
  std::shared_ptr<const DenseModel> dense = std::make_shared<DenseModel>(random_checkpoint(3));
  std::vector<TokenId> tokens = random_tokens(dense->config(), 21, 5);
  QuantizedModel qann = quantized(dense, 6, 6, 1);

  SpikingModel convert_with(const NeuronModel& neuron, Axon axon, std::optional<std::uint32_t> phase = 0) const {
    return convert(qann, {.timesteps = kTimesteps,
                          .neuron = [&](auto, LevelRange) { return neuron; },
                          .phase = [=](auto) { return phase; },
                          .input = [=](auto) { return InputPattern{.spread = axon.travels(), .complete = !phase}; },
                          .axon = axon});
  }
  Run run(const SpikingModel& spiking, const TimeSettings& time, bool sequential = false) const {
    return simulate(spiking, *dense, *make_event_executor(spiking.graph, time), tokens, 1, sequential);
  }
  std::size_t different(const Run& run) const { return count_different(qann, run, tokens, 1); }
};

constexpr LevelRange kSixBits{-32, 31};
const TimeSettings kFourTicks{.timesteps = kTimesteps, .ticks_per_step = 4};
const TimeSettings kSettling{.timesteps = kTimesteps, .ticks_per_step = 4, .horizon = {Horizon::Kind::quiescence}};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "without delay and jitter ticks change nothing but the clock, for every neuron") {
  for (const auto& neuron : all_neurons(kTimesteps)) {
    NeuronModel in_ticks = neuron(kSixBits);
    if (auto* st_bif = std::get_if<StBif>(&in_ticks)) st_bif->refractory *= 4;
    const SpikingModel spiking = convert_with(neuron(kSixBits), {});
    const Run steps =
        simulate(spiking, *dense, *make_stepped_executor(spiking.graph, {.timesteps = kTimesteps}), tokens, 1);
    Run ticks = run(convert_with(in_ticks, {}), kFourTicks);
    CHECK(ticks.timing.quiescence == 4 * steps.timing.quiescence);
    CHECK(ticks.timing.first_output == 4 * steps.timing.first_output);
    ticks.timing = steps.timing;
    CHECK(ticks == steps);
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "sigma-delta and settled st_bif equal the QANN whatever the delays; integer_spiking does not") {
  for (const Axon axon : {Axon{1, 0}, Axon{0, 3}, Axon{7, 5}}) {
    CAPTURE(axon.delay);
    CAPTURE(axon.jitter);
    const SpikingModel sigma_delta = convert_with(SigmaDelta{kSixBits}, axon);
    CHECK(different(run(sigma_delta, kFourTicks)) == 0);
    CHECK(different(run(sigma_delta, kFourTicks, true)) == 0);
    const SpikingModel st_bif = convert_with(StBif{kSixBits, 2, kTimesteps, 4}, axon);
    CHECK(different(run(st_bif, kSettling)) == 0);
    CHECK(different(run(st_bif, kFourTicks)) > 0);
    CHECK(different(run(convert_with(IntegerSpiking{kSixBits, kTimesteps}, axon), kFourTicks)) > 0);
  }
}

TEST_CASE_FIXTURE(Fixture, "jitter costs integer_spiking more than even delays do") {
  const auto lost = [&](Axon axon) {
    return different(run(convert_with(IntegerSpiking{kSixBits, kTimesteps}, axon), kFourTicks));
  };
  CHECK(lost({0, 6}) > lost({0, 0}));
  CHECK(lost({0, 6}) > lost({6, 0}));
}

TEST_CASE_FIXTURE(Fixture, "the same on every number of threads, with delays and jitter") {
  for (const auto& neuron : all_neurons(kTimesteps)) {
    const SpikingModel spiking = convert_with(neuron(kSixBits), {1, 5});
    const Run expected = run(spiking, kFourTicks);
    for (const std::size_t threads : {1, 2, 7}) {
      const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
      CHECK(run(spiking, kFourTicks) == expected);
    }
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "layer by layer nothing is uneven: integer_spiking equals the QANN where T divides its levels") {
  for (const std::int32_t timesteps : {3, 7, 9}) {  // of 63
    const auto t = static_cast<std::uint32_t>(timesteps);
    const SpikingModel spiking =
        convert(qann, {.timesteps = t,
                       .neuron =
                           [&](auto, LevelRange range) {
                             return NeuronModel(IntegerSpiking{range, timesteps});
                           },
                       .phase = [](auto) -> std::optional<std::uint32_t> { return std::nullopt; },
                       .input = [](auto) { return InputPattern{.complete = true}; }});
    CHECK(spiking.exact);
    check_equals_qann(qann, spiking, *make_event_executor(spiking.graph, {.timesteps = t}), tokens, 1);
    check_equals_qann(qann, spiking, *make_stepped_executor(spiking.graph, {.timesteps = t}), tokens, 1);
  }
  const SpikingModel pipelined = convert_with(IntegerSpiking{kSixBits, kTimesteps}, {}, 1);
  CHECK(different(run(pipelined, kFourTicks)) > 0);
}

TEST_CASE_FIXTURE(Fixture, "hops between cores delay, and exact neurons stay exact") {
  SpikingModel spiking = convert_with(SigmaDelta{kSixBits}, {0, 1});
  const Run near = run(spiking, kFourTicks);
  add_hop_delays(spiking.graph, Placement(spiking.graph, 0), 3);
  const Run far = run(spiking, kFourTicks);
  CHECK(different(far) == 0);
  CHECK(far.timing.quiescence > near.timing.quiescence);
}

}  // namespace snnsim::tests
