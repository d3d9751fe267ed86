#include "models/checkpoint/llama2c.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/llama_tensors.hpp"
#include "models/checkpoint/mapped_file.hpp"

namespace snnsim::models {
namespace {

constexpr const char* remedy = "give a .bin in llama2.c's legacy format (version 0, fp32), or fetch the file again";

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw DataError(fmt::format("{}: {}", file, what), remedy);
}

struct Header {
  std::int32_t dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, seq_len;
};

Header read_header(std::span<const std::byte> bytes, const std::string& file) {
  Header header{};
  if (bytes.size() < sizeof header) {
    fail(file, fmt::format("{} bytes are fewer than the {} of the header", bytes.size(), sizeof header));
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

std::size_t bounded(const char* field, std::int64_t value, std::size_t limit, const std::string& file) {
  if (value < 1 || static_cast<std::uint64_t>(value) > limit) {
    fail(file, fmt::format("the header's {} is {}, not in 1..{}", field, value, limit));
  }
  return static_cast<std::size_t>(value);
}

LlamaConfig to_config(const Header& header, const std::string& file) {
  LlamaConfig config;
  config.hidden_size = bounded("dim", header.dim, largest_dimension, file);
  config.intermediate_size = bounded("hidden_dim", header.hidden_dim, largest_dimension, file);
  config.blocks = bounded("n_layers", header.n_layers, most_blocks, file);
  config.heads = bounded("n_heads", header.n_heads, largest_dimension, file);
  config.kv_heads = bounded("n_kv_heads", header.n_kv_heads, largest_dimension, file);
  const std::int64_t vocabulary = header.vocab_size;
  config.vocabulary_size = bounded("vocab_size", vocabulary < 0 ? -vocabulary : vocabulary, largest_vocabulary, file);
  config.context_length = bounded("seq_len", header.seq_len, largest_context, file);
  config.tied_embeddings = vocabulary > 0;
  config.rope_layout = RopeLayout::pairs;
  if (config.hidden_size % config.heads != 0) {
    fail(file, fmt::format("the header's {} heads do not divide dim {}", config.heads, config.hidden_size));
  }
  config.head_dim = config.hidden_size / config.heads;
  if (const std::string wrong = contradiction(config); !wrong.empty()) fail(file, wrong);
  return config;
}

/// Hands out the arrays of the file one after the other.
class ArrayReader {
 public:
  explicit ArrayReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  Tensor take(std::vector<std::size_t> shape) {
    Tensor tensor{.type = DataType::f32, .shape = std::move(shape), .bytes = rest_.data()};
    skip(tensor.size());
    return tensor;
  }
  void skip(std::size_t floats) { rest_ = rest_.subspan(floats * sizeof(float)); }

 private:
  std::span<const std::byte> rest_;
};

constexpr std::array<BlockTensor, 9> order_in_file = {
    &BlockWeights::attention_norm, &BlockWeights::query,  &BlockWeights::key,
    &BlockWeights::value,          &BlockWeights::output, &BlockWeights::mlp_norm,
    &BlockWeights::gate,           &BlockWeights::down,   &BlockWeights::up,
};

std::size_t product(const std::vector<std::size_t>& shape) {
  return Tensor{.shape = shape}.size();
}

/// The cosine and sine tables that old exports hold; they follow from the configuration.
std::size_t rope_table_size(const LlamaConfig& config) {
  return config.context_length * config.head_dim;
}

std::size_t expected_bytes(const LlamaConfig& config) {
  const std::size_t table = config.vocabulary_size * config.hidden_size;
  std::size_t floats = table * (config.tied_embeddings ? 1 : 2) + config.hidden_size + rope_table_size(config);
  for (const BlockTensor tensor : order_in_file) floats += config.blocks * product(shape_of(config, tensor));
  return sizeof(Header) + floats * sizeof(float);
}

}  // namespace

Checkpoint read_llama2c(std::span<const std::byte> bytes, const std::string& file) {
  Checkpoint checkpoint;
  checkpoint.path = file;
  checkpoint.format = "llama2c";
  checkpoint.config = to_config(read_header(bytes, file), file);
  const LlamaConfig& config = checkpoint.config;
  if (const std::size_t expected = expected_bytes(config); bytes.size() != expected) {
    fail(file, fmt::format("the header asks for {} bytes, the file has {}", expected, bytes.size()));
  }
  ArrayReader reader(bytes.subspan(sizeof(Header)));
  checkpoint.embedding = reader.take({config.vocabulary_size, config.hidden_size});
  checkpoint.blocks.resize(config.blocks);
  for (const BlockTensor tensor : order_in_file) {
    for (BlockWeights& block : checkpoint.blocks) block.*tensor = reader.take(shape_of(config, tensor));
  }
  checkpoint.final_norm = reader.take({config.hidden_size});
  reader.skip(rope_table_size(config));
  checkpoint.lm_head = checkpoint.embedding;
  if (!config.tied_embeddings) checkpoint.lm_head = reader.take({config.vocabulary_size, config.hidden_size});
  return checkpoint;
}

Checkpoint open_llama2c(const std::filesystem::path& path) {
  const auto file = std::make_shared<const MappedFile>(path);
  Checkpoint checkpoint = read_llama2c(file->bytes(), path.string());
  checkpoint.files = {path};
  checkpoint.storage = {file};
  return checkpoint;
}

}  // namespace snnsim::models
