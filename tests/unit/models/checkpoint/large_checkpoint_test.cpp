// A checkpoint as large as LLaMA-2-7B, in a sparse file: opening it may read the header and nothing else.
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include "models/checkpoint/check_finite.hpp"
#include "models/checkpoint/llama_tensors.hpp"
#include "models/llama/dense_model.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {
namespace {

/// The shapes of LLaMA-2-7B, BF16, all zero except the places that are written to.
class SparseModel {
 public:
  SparseModel() {
    std::ofstream(folder_.path() / "config.json") << R"({"model_type": "llama", "hidden_size": 4096,
      "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 32000,
      "max_position_embeddings": 4096, "tie_word_embeddings": false})";
    Checkpoint shapes;
    shapes.config = {.hidden_size = 4096,
                     .intermediate_size = 11008,
                     .blocks = 32,
                     .heads = 32,
                     .kv_heads = 32,
                     .head_dim = 128,
                     .vocabulary_size = 32000,
                     .context_length = 4096};
    shapes.blocks.resize(32);
    nlohmann::json header;
    visit_tensors(shapes, [&](const std::string& name, const std::vector<std::size_t>& shape, const Tensor&) {
      const std::uint64_t end = data_ + 2 * Tensor{.shape = shape}.size();
      header[name] = {{"dtype", "BF16"}, {"shape", shape}, {"data_offsets", {data_, end}}};
      begin_[name] = data_;
      data_ = end;
    });
    const std::string text = header.dump();
    const std::uint64_t length = text.size();
    std::ofstream out(file(), std::ios::binary);
    out.write(reinterpret_cast<const char*>(&length), sizeof length);
    out << text;
    out.close();
    head_ = sizeof length + length;
    std::filesystem::resize_file(file(), head_ + data_);
  }

  const std::filesystem::path& folder() const { return folder_.path(); }
  void write(const std::string& tensor, std::uint64_t index, std::uint16_t bits) const {
    std::fstream out(file(), std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(head_ + begin_.at(tensor) + 2 * index));
    out.write(reinterpret_cast<const char*>(&bits), sizeof bits);
  }

 private:
  std::filesystem::path file() const { return folder_.path() / "model.safetensors"; }

  tests::ScratchFolder folder_;
  std::uint64_t head_ = 0, data_ = 0;
  std::map<std::string, std::uint64_t> begin_;
};

/// Bytes of a tensor's mapping that are in memory.
std::size_t resident_bytes(const Tensor& tensor) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto first = (reinterpret_cast<std::uintptr_t>(tensor.bytes) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(tensor.bytes) + tensor.byte_size();
  if (end < first + page) return 0;
  std::vector<unsigned char> pages((end - first) / page);
  REQUIRE(mincore(reinterpret_cast<void*>(first), pages.size() * page, pages.data()) == 0);
  return static_cast<std::size_t>(std::ranges::count_if(pages, [](unsigned char p) { return (p & 1U) != 0; })) * page;
}

std::size_t resident_bytes(const Checkpoint& checkpoint) {
  std::size_t sum = 0;
  visit_tensors(checkpoint, [&](const auto&, const auto&, const Tensor& tensor) { sum += resident_bytes(tensor); });
  return sum;
}

TEST_CASE("a 7B model opens, and becomes a dense model, without reading its weights") {
  const SparseModel model;
  const auto checkpoint = std::make_shared<const Checkpoint>(open_checkpoint(model.folder()));
  CHECK(checkpoint->parameters() == 6738415616);
  CHECK(checkpoint->bytes() == 2 * checkpoint->parameters());
  CHECK(resident_bytes(*checkpoint) < checkpoint->bytes() / 100);
  // The norms are read now; around each of them the kernel reads some pages ahead.
  const DenseModel dense(checkpoint);
  CHECK(resident_bytes(*checkpoint) < checkpoint->bytes() / 10);
}

TEST_CASE("one number of a 7B model that is not finite is found in its block") {
  const SparseModel model;
  model.write("model.layers.7.self_attn.v_proj.weight", 4096 * 4000 + 17, 0x7FC0);
  const Checkpoint checkpoint = open_checkpoint(model.folder());
  CHECK(tests::complaint([&] { check_finite_block(checkpoint, 7); }) ==
        model.folder().string() + ": model.layers.7.self_attn.v_proj.weight holds nan at row 4000, column 17");
}

}  // namespace
}  // namespace snnsim::models
