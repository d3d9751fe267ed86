#include "tests/equivalence/runs.hpp"

#include <cstring>

#include <doctest/doctest.h>

#include "tests/equivalence/small_model.hpp"

namespace snnsim::tests {

using namespace snnsim::models;

SpikingModel convert_to(const QuantizedModel& qann, std::uint32_t timesteps, SourceSchedule embedding,
                        const std::function<NeuronModel(LevelRange)>& neuron) {
  return convert(qann, {timesteps, embedding, [&](auto, LevelRange range) { return neuron(range); }});
}

std::vector<std::function<NeuronModel(LevelRange)>> all_neurons(std::int32_t timesteps) {
  return {[=](LevelRange range) {
            return NeuronModel(IntegerSpiking{range, timesteps});
          },
          [=](LevelRange range) { return NeuronModel(SigmaDelta{range}); },
          [=](LevelRange range) {
            return NeuronModel(StBif{range, 2, timesteps});
          },
          [=](LevelRange range) {
            return NeuronModel(IntegrateAndFire{range, timesteps});
          }};
}

bool Run::operator==(const Run& other) const {
  return same_rows(output, other.output, 0) && emitted == other.emitted && activity == other.activity &&
         timing.first_output == other.timing.first_output && timing.quiescence == other.timing.quiescence &&
         operations == other.operations;
}

Run simulate(const SpikingModel& spiking, const DenseModel& dense, const Executor& executor,
             const std::vector<TokenId>& tokens, std::size_t prefix, bool sequential) {
  DenseSequence reference(dense);
  reference.append(std::span(tokens).first(prefix));
  SpikingSequence sequence(spiking, dense, executor);
  sequence.append_prefix(reference, prefix);
  const std::span<const TokenId> rest = std::span(tokens).subspan(prefix);
  if (sequential)
    for (const TokenId& token : rest) sequence.append({&token, 1});
  else
    sequence.append(rest);
  Run run{sequence.normalised(), {}, {}, sequence.timing(), sequence.state().operations()};
  for (const NodeId id : spiking.graph.populations()) {
    const std::size_t width = spiking.graph.population(id).width();
    Matrix<std::int32_t> emitted(tokens.size(), width);
    for (std::size_t r = prefix; r < tokens.size(); ++r)
      sequence.state().emitted(id, static_cast<Position>(r), {emitted.row(r), width});
    run.emitted.push_back(std::move(emitted));
    run.activity.push_back(sequence.state().activity(id));
  }
  return run;
}

bool same_rows(const Matrix<float>& a, const Matrix<float>& b, std::size_t first) {
  if (a.rows() != b.rows() || a.columns() != b.columns()) return false;
  return std::memcmp(a.row(first), b.row(first), (a.rows() - first) * a.columns() * sizeof(float)) == 0;
}

namespace {

/// Counts per site, and the final RMSNorm.
struct Reference {
  std::vector<Matrix<std::int16_t>> counts;
  Matrix<float> output;
};

Reference run_qann(const QuantizedModel& qann, const std::vector<TokenId>& tokens, std::size_t prefix) {
  Reference result;
  DenseSequence reference(*qann.dense);
  reference.append(std::span(tokens).first(prefix));
  QuantizedSequence quantized(qann);
  quantized.append_prefix(reference, prefix);
  quantized.append(std::span(tokens).subspan(prefix),
                   [&](const std::string&, const Matrix<std::int16_t>& c) { result.counts.push_back(c); });
  result.output = quantized.normalised();
  return result;
}

std::size_t count_different(const Reference& reference, const Run& run, std::size_t prefix) {
  REQUIRE(reference.counts.size() == run.emitted.size());
  std::size_t different = 0;
  for (std::size_t p = 0; p < run.emitted.size(); ++p)
    for (std::size_t r = prefix; r < run.emitted[p].rows(); ++r)
      for (std::size_t j = 0; j < run.emitted[p].columns(); ++j)
        different += run.emitted[p].row(r)[j] != reference.counts[p].row(r)[j] ? 1 : 0;
  return different;
}

}  // namespace

std::size_t count_different(const QuantizedModel& qann, const Run& run, const std::vector<TokenId>& tokens,
                            std::size_t prefix) {
  return count_different(run_qann(qann, tokens, prefix), run, prefix);
}

void check_equals_qann(const QuantizedModel& qann, const SpikingModel& spiking, const Executor& executor,
                       const std::vector<TokenId>& tokens, std::size_t prefix, bool sequential) {
  const Reference reference = run_qann(qann, tokens, prefix);
  const Run run = simulate(spiking, *qann.dense, executor, tokens, prefix, sequential);
  CHECK(count_different(reference, run, prefix) == 0);
  CHECK(same_rows(run.output, reference.output, prefix));
}

void check_equals_qann(const QuantizedModel& qann, const SpikingModel& spiking, const std::vector<TokenId>& tokens,
                       std::size_t prefix, bool sequential) {
  const auto executor = make_stepped_executor(spiking.graph, TimeSettings{.timesteps = spiking.timesteps});
  check_equals_qann(qann, spiking, *executor, tokens, prefix, sequential);
}

void check_executors_agree(const QuantizedModel& qann, const std::vector<TokenId>& tokens, std::size_t prefix) {
  constexpr std::uint32_t timesteps = 4;
  const auto run = [&](const SpikingModel& spiking, const auto& make_executor) {
    return simulate(spiking, *qann.dense, *make_executor(spiking.graph, TimeSettings{.timesteps = timesteps}), tokens,
                    prefix);
  };
  for (const auto& neuron : all_neurons(timesteps)) {
    const SpikingModel spiking = convert_to(qann, timesteps, SourceSchedule::constant, neuron);
    CHECK(run(spiking, make_event_executor) == run(spiking, make_stepped_executor));
  }
}

void check_unquantized_is_dense(const std::shared_ptr<const DenseModel>& dense, const std::vector<TokenId>& tokens) {
  const QuantizedModel qann = quantized(dense, 16, 16, 0);
  DenseSequence reference(*dense);
  reference.append(tokens);
  QuantizedSequence sequence(qann);
  sequence.append(tokens);
  CHECK(same_rows(reference.normalised(), sequence.normalised(), 0));
}

}  // namespace snnsim::tests
