#include "models/quantization/output_loss.hpp"

#include "models/quantization/squared_error.hpp"

namespace snnsim::models {

ReferenceOutputs::ReferenceOutputs(const DenseModel& dense, std::span<const std::vector<TokenId>> sequences,
                                   std::size_t prefix)
    : sequences(sequences), prefix(prefix) {
  for (const std::vector<TokenId>& tokens : sequences) {
    DenseSequence sequence(dense);
    sequence.append(tokens);
    values.push_back(sequence.normalised());
  }
}

double output_loss(const QuantizedModel& model, const DenseModel& dense, const ReferenceOutputs& reference) {
  SquaredError loss;
  for (std::size_t i = 0; i < reference.values.size(); ++i) {
    const std::span<const TokenId> tokens = reference.sequences[i];
    const std::size_t prefix = std::min(reference.prefix, tokens.size());
    DenseSequence lead(dense);
    lead.append(tokens.first(prefix));
    QuantizedSequence sequence(model);
    sequence.append_prefix(lead, prefix);
    sequence.append(tokens.subspan(prefix));
    loss.add(sequence.normalised(), reference.values[i], prefix);
  }
  return loss.relative();
}

}  // namespace snnsim::models
