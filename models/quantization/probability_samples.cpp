#include "models/quantization/probability_samples.hpp"

#include "core/parallel.hpp"

namespace snnsim::models {

ProbabilitySamples::ProbabilitySamples(const AttentionShape& shape, std::size_t rows, std::size_t longest)
    : shape_(shape), every_((rows * longest + kMostOfHead - 1) / kMostOfHead), values_(shape.heads) {}

void ProbabilitySamples::add(const Matrix<float>& query, const Matrix<float>& key,
                             std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> taken;
  for (std::size_t k = 0; k < rows.size(); k += every_) taken.push_back(rows[k]);
  const std::size_t keys = query.rows();
  Matrix<float> probabilities(query.rows(), shape_.heads * keys);
  attention_probabilities(shape_, query, key, taken, probabilities);
  for (const std::uint32_t r : taken)
    for (std::size_t h = 0; h < shape_.heads; ++h) {
      const float* own = probabilities.row(r) + h * keys;
      values_[h].insert(values_[h].end(), own, own + r + 1);
    }
}

ActivationQuantizer ProbabilitySamples::fit(LevelRange range, const StepRule& rule) const {
  ActivationQuantizer quantizer{range, std::vector<float>(values_.size())};
  parallel_for(values_.size(), [&](std::size_t h) { quantizer.step[h] = rule(values_[h], range); });
  return quantizer;
}

}  // namespace snnsim::models
