#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snnsim::models {

/// How a GGUF file stores numbers: blocks of `values` numbers in `bytes` bytes.
struct GgmlType {
  std::uint32_t id = 0;  // as in the file
  std::string_view name;
  std::size_t values = 1;
  std::size_t bytes = 0;
};

/// The type of a number in a tensor table, or null for one that is not known.
const GgmlType* find_ggml_type(std::uint32_t id);

}  // namespace snnsim::models
