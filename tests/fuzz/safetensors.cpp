// A safetensors file: every tensor that is accepted can be read from end to end.
#include "models/checkpoint/safetensors.hpp"

#include "tests/fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] {
    for (const auto& [name, tensor] : models::read_safetensors(tests::bytes_of(data, size), "input")) {
      tests::require(tensor.byte_size() <= size, "a tensor lies inside the file");
      tests::require(tensor.rows() * tensor.columns() == tensor.size(), "rows of equal length");
      tests::require(tensor.read().size() == tensor.size(), "all values are read");
    }
  });
}
