#include "models/checkpoint/huggingface.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "models/checkpoint/check_finite.hpp"
#include "models/checkpoint/llama_tensors.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {
namespace {

constexpr LlamaConfig small = {.hidden_size = 4,
                               .intermediate_size = 6,
                               .blocks = 2,
                               .heads = 2,
                               .kv_heads = 1,
                               .head_dim = 4,
                               .vocabulary_size = 5,
                               .context_length = 8};

/// The tensors that `small` asks for; their values are not looked at.
TensorMap small_tensors() {
  Checkpoint checkpoint;
  checkpoint.config = small;
  checkpoint.blocks.resize(small.blocks);
  TensorMap tensors;
  visit_tensors(checkpoint, [&](const std::string& name, const std::vector<std::size_t>& shape, const Tensor&) {
    tensors.emplace(name, Tensor{.shape = shape});
  });
  return tensors;
}

std::string complaint(const TensorMap& tensors) {
  return tests::complaint([&] { assemble_huggingface(small, tensors, "d"); });
}

}  // namespace

TEST_CASE("the bundled model opens with every shape as configured") {
  const Checkpoint checkpoint = open_checkpoint(tests::bundled_model());
  CHECK(checkpoint.format == "huggingface");
  CHECK(checkpoint.config.rope_layout == RopeLayout::halves);
  CHECK(checkpoint.config.tied_embeddings);
  CHECK(checkpoint.lm_head.bytes == checkpoint.embedding.bytes);
  CHECK(checkpoint.embedding.type == DataType::bf16);
  CHECK(checkpoint.bytes() == 2 * checkpoint.parameters());
  CHECK(checkpoint.files.size() == 2);
  visit_tensors(checkpoint, [](const auto&, const auto& shape, const Tensor& tensor) { CHECK(tensor.shape == shape); });
  CHECK_NOTHROW(check_finite(checkpoint));
}

TEST_CASE("a head size of its own, grouped heads, and an LM head or none") {
  TensorMap tensors = small_tensors();
  const Checkpoint own = assemble_huggingface(small, tensors, "d");
  CHECK_FALSE(own.config.tied_embeddings);
  CHECK(own.blocks[1].query.shape == std::vector<std::size_t>{8, 4});
  CHECK(own.blocks[1].key.shape == std::vector<std::size_t>{4, 4});
  CHECK(own.blocks[1].output.shape == std::vector<std::size_t>{4, 8});
  tensors.erase("lm_head.weight");
  CHECK(assemble_huggingface(small, tensors, "d").config.tied_embeddings);
}

TEST_CASE("tensors that are missing, of another shape, or not part of the decoder") {
  TensorMap tensors = small_tensors();
  tensors.erase("model.layers.1.mlp.up_proj.weight");
  CHECK(complaint(tensors) == "d: tensor model.layers.1.mlp.up_proj.weight is missing");

  tensors = small_tensors();
  tensors.at("model.layers.0.self_attn.k_proj.weight").shape = {4, 8};
  CHECK(complaint(tensors) ==
        "d: model.layers.0.self_attn.k_proj.weight has shape [4, 8], config.json asks for [4, 4]");

  tensors = small_tensors();
  tensors.emplace("model.layers.0.self_attn.rotary_emb.inv_freq", Tensor{.shape = {2}});
  CHECK(complaint(tensors) == "accepted");
  tensors.emplace("model.layers.2.mlp.up_proj.weight", Tensor{.shape = {6, 4}});
  CHECK(complaint(tensors) ==
        "d: tensor 'model.layers.2.mlp.up_proj.weight' is no part of the decoder that config.json describes");
}

TEST_CASE("paths that hold no checkpoint") {
  const tests::ScratchFolder folder;
  const auto refused = [&](const std::string& file) {
    return tests::complaint([&] { open_checkpoint(folder.path() / file); }).substr(folder.path().string().size());
  };
  CHECK(refused("") == "/: config.json is missing");
  CHECK(refused("none") == "/none: no such checkpoint");
  std::ofstream(folder.path() / "m.pt") << "x";
  CHECK(refused("m.pt") == "/m.pt: neither a directory nor a .gguf or .bin file");
  std::ofstream(folder.path() / "m.bin").flush();
  CHECK(refused("m.bin") == "/m.bin: the file is empty");
  std::ofstream(folder.path() / "config.json") << "{}";
  CHECK(refused("") == "/config.json: model_type is ''; llama, mistral and qwen2 are read");
}

}  // namespace snnsim::models
