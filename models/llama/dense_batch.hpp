#pragma once

#include "models/llama/dense_model.hpp"

namespace snnsim::models {

/// Appends to several sequences at once, with the bits that DenseSequence::append() gives each: every matrix is read
/// and dequantized once for all of them.
class DenseBatch {
 public:
  explicit DenseBatch(const DenseModel& model) : model_(model) {}

  /// The tokens will be the next positions of the sequence. A sequence comes once, belongs to the model and stays where
  /// it is until run() is done.
  void add(DenseSequence& sequence, std::span<const TokenId> tokens);
  void run();

 private:
  friend class ManySequences;
  /// Rows first_row, first_row + 1, … of the batch are positions first, first + 1, …, end - 1 of a sequence.
  struct Part {
    DenseSequence* sequence;
    std::size_t first_row, first, end;
  };

  const DenseModel& model_;
  std::vector<TokenId> tokens_;
  std::vector<std::size_t> positions_;  // of every row
  std::vector<Part> parts_;
};

}  // namespace snnsim::models
