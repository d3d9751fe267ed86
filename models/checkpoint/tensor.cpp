#include "models/checkpoint/tensor.hpp"

#include <array>
#include <bit>
#include <cassert>

#include "models/checkpoint/dequantize.hpp"

namespace snnsim::models {
namespace {

static_assert(std::endian::native == std::endian::little, "stored numbers are little-endian");

struct Storage {
  std::string_view name;
  std::size_t values, bytes;  // of a block
};

const Storage& storage(DataType type) {
  static constexpr std::array<Storage, 15> all = {{{"F32", 1, 4},
                                                   {"F16", 1, 2},
                                                   {"BF16", 1, 2},
                                                   {"Q8_0", 32, 34},
                                                   {"Q4_0", 32, 18},
                                                   {"Q4_1", 32, 20},
                                                   {"Q5_0", 32, 22},
                                                   {"Q5_1", 32, 24},
                                                   {"Q2_K", 256, 84},
                                                   {"Q3_K", 256, 110},
                                                   {"Q4_K", 256, 144},
                                                   {"Q5_K", 256, 176},
                                                   {"Q6_K", 256, 210},
                                                   {"IQ2_XXS", 256, 66},
                                                   {"U8", 1, 1}}};
  return all[static_cast<std::size_t>(type)];
}

}  // namespace

std::string_view name(DataType type) {
  return storage(type).name;
}

std::size_t block_values(DataType type) {
  return storage(type).values;
}

std::size_t byte_size(DataType type, std::size_t values) {
  assert(values % block_values(type) == 0);
  return values / storage(type).values * storage(type).bytes;
}

std::size_t Tensor::size() const {
  std::size_t product = 1;
  for (const std::size_t extent : shape) product *= extent;
  return product;
}

void Tensor::read_row(std::size_t r, float* out) const {
  dequantize(type, bytes + r * models::byte_size(type, columns()), columns(), out);
}

std::vector<float> Tensor::read() const {
  std::vector<float> values(size());
  dequantize(type, bytes, values.size(), values.data());
  return values;
}

}  // namespace snnsim::models
