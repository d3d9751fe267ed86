// A GGUF file: what is accepted can be described, every value be decoded and every tensor of a known type be read from
// end to end; a file that is a whole model has the shapes that its configuration asks for.
#include "models/checkpoint/gguf_checkpoint.hpp"
#include "models/checkpoint/llama_tensors.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace {

using namespace snnsim;

void decode(const models::GgufMetadata& metadata) {
  for (const auto& [key, value] : metadata.values()) {
    tests::require(!metadata.describe(key).empty(), "every value can be described");
    tests::attempt([&, key = key] { metadata.text(key); });
    tests::attempt([&, key = key] { metadata.integer(key); });
    tests::attempt([&, key = key] { metadata.positive(key); });
    tests::attempt([&, key = key] { metadata.flag(key, false); });
    tests::attempt([&, key = key] { metadata.texts(key); });
    tests::attempt([&, key = key] { metadata.floats(key); });
    tests::attempt([&, key = key] { metadata.integers(key); });
  }
}

void read(const models::Gguf& gguf, std::size_t size) {
  for (const models::GgufTensor& entry : gguf.tensors) {
    tests::require(entry.bytes.size() <= size, "a tensor lies inside the file");
    tests::attempt([&] {
      const models::Tensor tensor = models::to_tensor(entry, "input");
      tests::require(tensor.byte_size() == entry.bytes.size(), "as long as its shape says");
      tests::require(tensor.read().size() == tensor.size(), "all values are read");
    });
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return tests::attempt([&] {
    const models::Gguf gguf = models::read_gguf(tests::bytes_of(data, size), "input");
    decode(gguf.metadata);
    read(gguf, size);
    const models::Checkpoint checkpoint = models::assemble_gguf(gguf, "input");
    models::visit_tensors(checkpoint, [](const auto&, const auto& shape, const models::Tensor& tensor) {
      tests::require(tensor.shape == shape, "every shape is what the configuration asks for");
    });
  });
}
