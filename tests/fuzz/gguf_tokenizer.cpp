// The vocabulary of a GGUF file: what is accepted encodes any text into ids of its vocabulary and decodes each of them.
#include "models/tokenizer/gguf_tokenizer.hpp"

#include "models/checkpoint/gguf.hpp"
#include "tests/fuzz/tokenizer_properties.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] {
    const models::Gguf gguf = models::read_gguf(tests::bytes_of(data, size), "input");
    tests::check_ids(*models::make_gguf_tokenizer(gguf.metadata));
  });
}
