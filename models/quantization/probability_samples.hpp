#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "models/llama/kernels.hpp"
#include "models/quantization/site_samples.hpp"

namespace snnsim::models {

/// Attention probabilities of each head on the calibration text.
class ProbabilitySamples {
 public:
  static constexpr std::size_t kMostOfHead = std::size_t{1} << 18;  // samples

  /// rows: that will be added; of sequences that are at most `longest` positions long.
  ProbabilitySamples(const AttentionShape& shape, std::size_t rows, std::size_t longest);

  /// One sequence: queries and keys of all its positions, and the rows whose probabilities count. Every few of these
  /// are taken, the same few whatever else is added, so that there are not too many.
  void add(const Matrix<float>& query, const Matrix<float>& key, std::span<const std::uint32_t> rows);

  /// A step for each head.
  ActivationQuantizer fit(LevelRange range, const StepRule& rule) const;

 private:
  AttentionShape shape_;
  std::size_t every_;  // of so many rows one is taken
  std::vector<std::vector<float>> values_;
};

}  // namespace snnsim::models
