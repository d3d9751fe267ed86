#pragma once

#include <functional>
#include <vector>

#include "models/conversion/spiking_sequence.hpp"
#include "models/quantization/quantized_model.hpp"

namespace snnsim::tests {

/// A QANN with the same neuron at every site.
models::SpikingModel convert_to(const models::QuantizedModel& qann, std::uint32_t timesteps, SourceSchedule embedding,
                                const std::function<NeuronModel(LevelRange)>& neuron);

/// Every kind of neuron, for T steps.
std::vector<std::function<NeuronModel(LevelRange)>> all_neurons(std::int32_t timesteps);

struct Run {
  Matrix<float> output;                       // final RMSNorm (positions × hidden)
  std::vector<Matrix<std::int32_t>> emitted;  // per population (positions × width)
  std::vector<PopulationActivity> activity;   // per population
  SimulationTiming timing;
  OperationCount operations;
  bool operator==(const Run& other) const;
};

/// Runs a sequence through a spiking model; `prefix` positions come from the dense model.
Run simulate(const models::SpikingModel& spiking, const models::DenseModel& dense, const Executor& executor,
             const std::vector<models::TokenId>& tokens, std::size_t prefix, bool sequential = false);

/// True if the rows from `first` on have the same bits.
bool same_rows(const Matrix<float>& a, const Matrix<float>& b, std::size_t first);

/// Checks that every count and every bit of the output is the QANN's.
void check_equals_qann(const models::QuantizedModel& qann, const models::SpikingModel& spiking,
                       const std::vector<models::TokenId>& tokens, std::size_t prefix, bool sequential = false);
void check_equals_qann(const models::QuantizedModel& qann, const models::SpikingModel& spiking,
                       const Executor& executor, const std::vector<models::TokenId>& tokens, std::size_t prefix,
                       bool sequential = false);
/// Checks that both executors give the same bits, with every kind of neuron in 4 steps.
void check_executors_agree(const models::QuantizedModel& qann, const std::vector<models::TokenId>& tokens,
                           std::size_t prefix);
/// Checks that the QANN of a model with nothing quantized is that model to the last bit.
void check_unquantized_is_dense(const std::shared_ptr<const models::DenseModel>& dense,
                                const std::vector<models::TokenId>& tokens);
/// How many counts differ from the QANN's.
std::size_t count_different(const models::QuantizedModel& qann, const Run& run,
                            const std::vector<models::TokenId>& tokens, std::size_t prefix);

}  // namespace snnsim::tests
