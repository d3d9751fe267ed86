// A tokenizer.json: what is accepted encodes any text into ids of its vocabulary and decodes each of them.
#include "models/tokenizer/tokenizer_json.hpp"

#include "tests/fuzz/tokenizer_properties.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] { tests::check_ids(*models::read_tokenizer_json(tests::text_of(data, size), "input")); });
}
