// A llama2.c tokenizer.bin behind two bytes that give the size of the vocabulary.
#include "models/tokenizer/llama2c_tokenizer.hpp"

#include "tests/fuzz/tokenizer_properties.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  if (size < 2) return 0;
  const std::size_t vocabulary = data[0] + 256U * data[1];
  return tests::attempt([&] {
    const auto tokenizer = models::read_llama2c_tokenizer(tests::bytes_of(data, size).subspan(2), vocabulary, "input");
    tests::require(tokenizer->vocabulary_size() == vocabulary, "the vocabulary has the size that was asked for");
    tests::check_ids(*tokenizer);
  });
}
