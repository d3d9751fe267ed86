#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/checkpoint/tensor.hpp"

namespace snnsim::models {

/// How a GGUF file stores numbers: blocks of `values` numbers in `bytes` bytes.
struct GgmlType {
  std::uint32_t id = 0;  // as in the file
  std::string_view name;
  std::size_t values = 1;
  std::size_t bytes = 0;
  std::optional<DataType> read_as;  // none: known, but its numbers are not read
};

/// The type of a number in a tensor table, or null for one that is not known.
const GgmlType* find_ggml_type(std::uint32_t id);

/// The type under which numbers are stored in a GGUF file.
const GgmlType& ggml_type(DataType type);

/// Names of the types whose numbers are read, for messages: F32, F16, ...
std::string names_of_read_ggml_types();

}  // namespace snnsim::models
