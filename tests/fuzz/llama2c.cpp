// A llama2.c .bin: every weight of what is accepted lies inside the file.
#include "models/checkpoint/llama2c.hpp"

#include "models/checkpoint/llama_tensors.hpp"
#include "tests/fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] {
    const models::Checkpoint checkpoint = models::read_llama2c(tests::bytes_of(data, size), "input");
    tests::require(checkpoint.bytes() < size, "the weights are shorter than the file");
    models::visit_tensors(checkpoint, [](const auto&, const auto& shape, const models::Tensor& tensor) {
      tests::require(tensor.shape == shape, "the shape of the configuration");
      tests::require(tensor.read().size() == tensor.size(), "all values are read");
    });
  });
}
