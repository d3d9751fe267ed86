// A config.json: what is accepted can be built.
#include "models/checkpoint/huggingface.hpp"
#include "tests/fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] {
    const models::LlamaConfig config = models::read_llama_config(tests::text_of(data, size), "input");
    tests::require(config.hidden_size > 0 && config.intermediate_size > 0 && config.blocks > 0, "sizes above zero");
    tests::require(config.vocabulary_size > 0 && config.context_length > 0, "a vocabulary and a context");
    tests::require(config.heads % config.kv_heads == 0 && config.head_dim % 2 == 0, "heads that can be grouped");
    tests::require(config.rms_norm_epsilon > 0 && config.rope_theta > 0, "constants above zero");
  });
}
