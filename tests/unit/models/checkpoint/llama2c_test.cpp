#include "models/checkpoint/llama2c.hpp"

#include "models/checkpoint/check_finite.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::models {

TEST_CASE("stories260K opens with grouped-query attention and a tied LM head") {
  if (!tests::have_assets()) return;
  const Checkpoint checkpoint = open_checkpoint(tests::assets() / "weights" / "stories260K.bin");
  CHECK(checkpoint.format == "llama2c");
  CHECK(checkpoint.config == LlamaConfig{.hidden_size = 64,
                                         .intermediate_size = 172,
                                         .blocks = 5,
                                         .heads = 8,
                                         .kv_heads = 4,
                                         .head_dim = 8,
                                         .vocabulary_size = 512,
                                         .context_length = 512,
                                         .rope_layout = RopeLayout::pairs,
                                         .tied_embeddings = true});
  CHECK(checkpoint.blocks[4].key.shape == std::vector<std::size_t>{32, 64});
  CHECK(checkpoint.blocks[4].down.shape == std::vector<std::size_t>{64, 172});
  CHECK(checkpoint.lm_head.bytes == checkpoint.embedding.bytes);
  CHECK(checkpoint.parameters() == 260032);
  CHECK_NOTHROW(check_finite(checkpoint));
}

TEST_CASE("stories15M opens") {
  if (!tests::have_assets()) return;
  const Checkpoint checkpoint = open_checkpoint(tests::assets() / "weights" / "stories15M.bin");
  CHECK(checkpoint.config.hidden_size == 288);
  CHECK(checkpoint.config.intermediate_size == 768);
  CHECK(checkpoint.config.blocks == 6);
  CHECK(checkpoint.config.heads == 6);
  CHECK(checkpoint.config.kv_heads == 6);
  CHECK(checkpoint.config.vocabulary_size == 32000);
  CHECK(checkpoint.config.context_length == 256);
  CHECK(checkpoint.parameters() == 15191712);
  CHECK(checkpoint.bytes() == 4 * checkpoint.parameters());
  CHECK_NOTHROW(check_finite(checkpoint));
}

}  // namespace snnsim::models
