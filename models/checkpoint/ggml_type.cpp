#include "models/checkpoint/ggml_type.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

namespace snnsim::models {
namespace {

GgmlType read(std::uint32_t id, DataType type) {
  return {id, name(type), block_values(type), byte_size(type, block_values(type)), type};
}

GgmlType other(std::uint32_t id, std::string_view name, std::size_t values, std::size_t bytes) {
  return {id, name, values, bytes, std::nullopt};
}

/// All types whose size is public, also those whose numbers are not read: a table that holds them can still be checked.
const std::vector<GgmlType>& known() {
  static const std::vector<GgmlType> types = {
      read(0, DataType::f32),        read(1, DataType::f16),        read(2, DataType::q4_0),
      read(3, DataType::q4_1),       read(6, DataType::q5_0),       read(7, DataType::q5_1),
      read(8, DataType::q8_0),       other(9, "Q8_1", 32, 36),      read(10, DataType::q2_k),
      read(11, DataType::q3_k),      read(12, DataType::q4_k),      read(13, DataType::q5_k),
      read(14, DataType::q6_k),      other(15, "Q8_K", 256, 292),   read(16, DataType::iq2_xxs),
      other(17, "IQ2_XS", 256, 74),  other(18, "IQ3_XXS", 256, 98), other(19, "IQ1_S", 256, 50),
      other(20, "IQ4_NL", 32, 18),   other(21, "IQ3_S", 256, 110),  other(22, "IQ2_S", 256, 82),
      other(23, "IQ4_XS", 256, 136), other(24, "I8", 1, 1),         other(25, "I16", 1, 2),
      other(26, "I32", 1, 4),        other(27, "I64", 1, 8),        other(28, "F64", 1, 8),
      other(29, "IQ1_M", 256, 56),   read(30, DataType::bf16),      other(34, "TQ1_0", 256, 54),
      other(35, "TQ2_0", 256, 66),   other(39, "MXFP4", 32, 17),
  };
  return types;
}

}  // namespace

const GgmlType* find_ggml_type(std::uint32_t id) {
  const auto found = std::ranges::find(known(), id, &GgmlType::id);
  return found == known().end() ? nullptr : &*found;
}

const GgmlType& ggml_type(DataType type) {
  const auto found = std::ranges::find(known(), std::optional(type), &GgmlType::read_as);
  assert(found != known().end());
  return *found;
}

std::string names_of_read_ggml_types() {
  std::string names;
  for (const GgmlType& type : known())
    if (type.read_as) names += (names.empty() ? "" : ", ") + std::string(type.name);
  return names;
}

}  // namespace snnsim::models
