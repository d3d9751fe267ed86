#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "models/quantization/quantized_model.hpp"

namespace snnsim::models {

/// The blocks of a quantized model in a folder, two files each:
///   block_<k>.safetensors  <matrix>.levels, U8 (tiles, columns, bytes of a column): IntegerWeights::packed() in
///                          the narrowest format that holds them, 2, 3, 4, 6 or 8 bits a weight;
///                          <matrix>.scale, F32 (out); <matrix>.input_scale, F32 (in), where steps are folded into the
///                          levels; <site>.range, F32 (low, high), and <site>.step, F32 (width), or
///                          <site>.token_groups, F32 (1); sites are also probs and final_in
///   block_<k>.json         length and XXH3 of the other file. It is written last: a block that has it is whole.
/// What is not quantized is not in them: it comes from the dense model.
class SavedBlocks {
 public:
  /// `dense`: in the coordinates in which the model is quantized.
  SavedBlocks(std::filesystem::path folder, std::shared_ptr<const DenseModel> dense)
      : folder_(std::move(folder)), dense_(std::move(dense)) {}

  bool has(std::size_t k) const;
  /// Throws DataError when it cannot be written.
  void write(std::size_t k, const QuantizedBlock& block) const;
  /// The same block, bit for bit, with its integers in the mapped file unless they are few. Throws DataError for a file
  /// that is missing, damaged, or no block of this model.
  QuantizedBlock read(std::size_t k) const;
  /// Takes the files of a block away.
  void remove(std::size_t k) const;

 private:
  std::filesystem::path file(std::size_t k, const char* extension) const;

  std::filesystem::path folder_;
  std::shared_ptr<const DenseModel> dense_;
};

}  // namespace snnsim::models
