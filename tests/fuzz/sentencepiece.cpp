// A SentencePiece model: what is accepted encodes any text into ids of its vocabulary and decodes each of them.
#include "models/tokenizer/sentencepiece_model.hpp"
#include "tests/fuzz/tokenizer_properties.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] {
    const auto model = models::read_sentencepiece_model(tests::text_of(data, size), "input");
    tests::check_ids(*models::make_sentencepiece_tokenizer(model, "", "input"));
  });
}
