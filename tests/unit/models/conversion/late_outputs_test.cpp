#include "models/conversion/late_outputs.hpp"

#include <doctest/doctest.h>

#include "tests/equivalence/runs.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::models {
namespace {

Matrix<float> one_row(float a, float b) {
  Matrix<float> row(1, 2);
  row.row(0)[0] = a;
  row.row(0)[1] = b;
  return row;
}

Matrix<float> mean_of(const LateOutputs& late, Tick horizon) {
  Matrix<float> mean = one_row(99, 99);
  late.mean(horizon, 0, mean);
  return mean;
}

/// Everything that a network shows at its output, of two ticks a step.
class OutputRecorder final : public Probe {
 public:
  void on_update(const PopulationUpdate&) override {}
  void on_output(Tick tick, const Matrix<float>& value) override { shown.emplace_back(tick, value); }
  Matrix<float> shown_after(Tick step) const {
    Matrix<float> value(shown.front().second.rows(), shown.front().second.columns());
    for (const auto& [tick, state] : shown)
      if (tick <= 2 * step) value = state;
    return value;
  }

  std::vector<std::pair<Tick, Matrix<float>>> shown;
};

SpikingModel spiking_model(const QuantizedModel& qann, std::uint32_t timesteps) {
  return tests::convert_to(qann, timesteps, SourceSchedule::constant, [&](LevelRange range) {
    return IntegerSpiking{range, static_cast<std::int32_t>(timesteps)};
  });
}

}  // namespace

TEST_CASE("the mean of the last steps, worked by hand: a step without an update shows what the one before did") {
  LateOutputs late({.steps = 3});
  late.on_output(1, one_row(8, 0));
  late.on_output(3, one_row(2, 4));
  late.on_output(4, one_row(5, -4));
  CHECK(mean_of(late, 4) == one_row(5, 0));   // 8, 2, 5
  CHECK(mean_of(late, 6) == one_row(5, -4));  // it has stayed so for long
}

TEST_CASE("of the ticks of a step the last counts, and before the first update the output is zero") {
  LateOutputs late({.steps = 2, .ticks_per_step = 4});
  late.on_output(5, one_row(100, 100));
  late.on_output(7, one_row(6, 2));
  CHECK(mean_of(late, 8) == one_row(3, 1));   // nothing in step 1, the second of the two in step 2
  CHECK(mean_of(late, 12) == one_row(6, 2));  // steps 2 and 3
}

TEST_CASE("input that arrives after the last step counts: the mean ends where the last state is") {
  LateOutputs late({.steps = 2, .ticks_per_step = 2});
  for (const Tick tick : {2, 4, 6, 8}) late.on_output(tick, one_row(static_cast<float>(tick), 0));
  late.on_output(9, one_row(20, 2));  // the horizon is at 8
  late.on_output(11, one_row(30, 4));
  CHECK(mean_of(late, 8) == one_row(25, 3));
  LateOutputs long_delay({.steps = 2});
  long_delay.on_output(20, one_row(6, 2));
  CHECK(mean_of(long_delay, 4) == one_row(3, 1));
}

TEST_CASE("states that are too early are forgotten, and no step before the first is averaged") {
  LateOutputs late({.steps = 2});
  for (Tick step = 1; step <= 50; ++step) late.on_output(step, one_row(static_cast<float>(step), 0));
  CHECK(mean_of(late, 50) == one_row(49.5F, 0));
  LateOutputs longer({.steps = 9});
  longer.on_output(1, one_row(1, 0));
  longer.on_output(2, one_row(3, 0));
  CHECK(mean_of(longer, 2) == one_row(2, 0));
}

TEST_CASE("a network's read-out is the mean of what it shows when it is stopped earlier, on every executor") {
  const auto dense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));
  const QuantizedModel qann = tests::quantized(dense, 8, 5, 1);
  SpikingModel spiking = spiking_model(qann, 4);
  const std::vector<TokenId> tokens = tests::random_tokens(dense->config(), 9, 5);
  const auto stopped_at = [&](Tick tick) {
    const auto executor =
        make_queue_executor(spiking.graph, {.timesteps = 4, .horizon = {.kind = Horizon::Kind::tick, .tick = tick}});
    return tests::simulate(spiking, *dense, *executor, tokens, 1).output;
  };
  const Matrix<float> before = stopped_at(3), last = stopped_at(4);
  Matrix<float> mean = last;
  for (std::size_t i = 0; i < mean.values().size(); ++i) mean.values()[i] = (before.values()[i] + last.values()[i]) / 2;
  REQUIRE_FALSE(tests::same_rows(before, last, 1));
  spiking.readout.steps = 2;
  const TimeSettings time{.timesteps = 4};
  for (const auto make : {make_stepped_executor, make_event_executor, make_queue_executor})
    CHECK(tests::same_rows(tests::simulate(spiking, *dense, *make(spiking.graph, time), tokens, 1).output, mean, 1));
}

TEST_CASE("with delays the mean ends with the state that the network comes to, not at the last step of its neurons") {
  const auto dense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));
  const QuantizedModel qann = tests::quantized(dense, 8, 5, 1);
  const std::vector<TokenId> tokens = tests::random_tokens(dense->config(), 6, 5);
  SpikingModel spiking = convert(qann, {.timesteps = 3,
                                        .embedding = SourceSchedule::constant,
                                        .neuron =
                                            [](auto, LevelRange range) {
                                              return IntegerSpiking{range, 3};
                                            },
                                        .axon = {.delay = 7}});
  spiking.readout = {.steps = 2, .ticks_per_step = 2};
  const auto executor = make_event_executor(spiking.graph, {.timesteps = 3, .ticks_per_step = 2});
  OutputRecorder recorder;
  SpikingSequence sequence(spiking, *dense, *executor);
  sequence.append(tokens, &recorder);
  REQUIRE(recorder.shown.size() > 1);
  const Tick last = (recorder.shown.back().first + 1) / 2;
  REQUIRE(last > 3);  // the neurons' last step
  Matrix<float> mean = recorder.shown_after(last - 1);
  for (std::size_t i = 0; i < mean.values().size(); ++i)
    mean.values()[i] = (mean.values()[i] + recorder.shown_after(last).values()[i]) / 2;
  CHECK(tests::same_rows(sequence.normalised(), mean, 0));
}

TEST_CASE("positions one after another are each averaged over their own steps") {
  const auto dense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));
  const QuantizedModel qann = tests::quantized(dense, 8, 5, 1);
  const std::vector<TokenId> tokens = tests::random_tokens(dense->config(), 6, 5);
  SpikingModel spiking = spiking_model(qann, 3);
  const auto executor = make_event_executor(spiking.graph, {.timesteps = 3});
  const auto output = [&](std::ptrdiff_t count) {
    return tests::simulate(spiking, *dense, *executor, {tokens.begin(), tokens.begin() + count}, 1, true).output;
  };
  spiking.readout.steps = 2;
  const Matrix<float> whole = output(6), part = output(4);
  for (std::size_t r = 1; r < 4; ++r)
    for (std::size_t i = 0; i < whole.columns(); ++i) CHECK(whole.row(r)[i] == part.row(r)[i]);
}

}  // namespace snnsim::models
