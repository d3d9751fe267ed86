#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>

#include <doctest/doctest.h>

#include "models/checkpoint/llama2c.hpp"
#include "models/checkpoint/llama_tensors.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

using Header = std::array<std::int32_t, 7>;  // dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, seq_len

constexpr Header tied = {4, 6, 2, 2, 1, 3, 5};
constexpr Header untied = {4, 6, 2, 2, 1, -3, 5};

/// embedding 12; 2 blocks of norms 8, q and o 32, k and v 16, mlp 72; final norm 4; rotary tables 2 * 5; LM head 12
constexpr std::size_t tied_floats = 12 + 2 * 128 + 4 + 10;
constexpr std::size_t untied_floats = tied_floats + 12;

/// A file whose floats are 0, 1, 2, ...
std::vector<std::byte> file_of(const Header& header, std::size_t floats) {
  std::vector<float> values(floats);
  std::iota(values.begin(), values.end(), 0.0F);
  std::vector<std::byte> bytes(sizeof header + floats * sizeof(float));
  std::memcpy(bytes.data(), header.data(), sizeof header);
  if (floats > 0) std::memcpy(bytes.data() + sizeof header, values.data(), floats * sizeof(float));
  return bytes;
}

std::string complaint(const Header& header, std::size_t floats) {
  return tests::complaint([&] { read_llama2c(file_of(header, floats), "f"); });
}

}  // namespace

TEST_CASE("arrays lie in the file in llama2.c's order, one kind for all blocks at a time") {
  const std::vector<std::byte> bytes = file_of(untied, untied_floats);
  const Checkpoint checkpoint = read_llama2c(bytes, "f");
  const auto first = [](const Tensor& tensor) { return static_cast<int>(tensor.read().front()); };
  const BlockWeights& block = checkpoint.blocks[1];
  CHECK(first(checkpoint.embedding) == 0);
  CHECK(first(block.attention_norm) == 12 + 4);
  CHECK(first(block.query) == 20 + 16);
  CHECK(first(block.key) == 52 + 8);
  CHECK(first(block.value) == 68 + 8);
  CHECK(first(block.output) == 84 + 16);
  CHECK(first(block.mlp_norm) == 116 + 4);
  CHECK(first(block.gate) == 124 + 24);
  CHECK(first(block.down) == 172 + 24);
  CHECK(first(block.up) == 220 + 24);
  CHECK(first(checkpoint.final_norm) == 268);
  CHECK(first(checkpoint.lm_head) == 272 + 10);
  CHECK_FALSE(checkpoint.config.tied_embeddings);
  CHECK(block.key.shape == std::vector<std::size_t>{2, 4});
  CHECK(block.down.shape == std::vector<std::size_t>{4, 6});
}

TEST_CASE("a positive vocabulary ties the LM head to the embedding") {
  const std::vector<std::byte> bytes = file_of(tied, tied_floats);
  const Checkpoint checkpoint = read_llama2c(bytes, "f");
  CHECK(checkpoint.config.tied_embeddings);
  CHECK(checkpoint.lm_head.bytes == checkpoint.embedding.bytes);
  CHECK(checkpoint.parameters() == tied_floats - 10);
}

TEST_CASE("a file of another length than its header asks for") {
  CHECK(complaint(tied, tied_floats) == "accepted");
  CHECK(complaint(tied, tied_floats - 1) == "f: the header asks for 1156 bytes, the file has 1152");
  CHECK(complaint(tied, tied_floats + 1) == "f: the header asks for 1156 bytes, the file has 1160");
  CHECK(complaint(untied, tied_floats) != "accepted");
  CHECK(tests::complaint([] { read_llama2c(std::vector<std::byte>(27), "f"); }) ==
        "f: 27 bytes are fewer than the 28 of the header");
}

TEST_CASE("headers that cannot be, the largest numbers too") {
  CHECK(complaint({4, 6, 2, 3, 3, 3, 5}, 0) == "f: the header's 3 heads do not divide dim 4");
  CHECK(complaint({4, 6, 2, 4, 4, 3, 5}, 0).starts_with("f: head size 1 is not an even number"));
  CHECK(complaint({8, 6, 2, 4, 3, 3, 5}, 0) == "f: 3 key-value heads do not divide 4 heads");
  constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
  constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
  for (std::size_t field = 0; field < tied.size(); ++field) {
    for (const std::int32_t value : {0, -1, least, most}) {
      Header header = tied;
      header[field] = value;
      CHECK(complaint(header, tied_floats) != "accepted");
    }
  }
  CHECK(complaint({1 << 20, 1 << 20, 4096, 2, 2, 1 << 24, 1 << 24}, 0).starts_with("f: the header asks for"));
}

}  // namespace snnsim::models
