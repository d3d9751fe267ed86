#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/quantization/quantized_model.hpp"

namespace snnsim::models {

/// The final RMSNorm of the dense model on sequences.
struct ReferenceOutputs {
  ReferenceOutputs(const DenseModel& dense, std::span<const std::vector<TokenId>> sequences, std::size_t prefix);

  std::span<const std::vector<TokenId>> sequences;
  std::size_t prefix;                 // leading positions in full precision
  std::vector<Matrix<float>> values;  // of each sequence (positions × hidden)
};

/// Σ |n - d|² / Σ |d|² over the positions behind the prefix, n being the final RMSNorm of the QANN and d that of the
/// dense model (`dense`: as the reference was made with). What the LM head sees, whatever the coordinates.
double output_loss(const QuantizedModel& model, const DenseModel& dense, const ReferenceOutputs& reference);

}  // namespace snnsim::models
