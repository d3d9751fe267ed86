#include "models/synthesis/synthesize.hpp"

#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/error.hpp"
#include "models/checkpoint/llama_tensors.hpp"
#include "models/checkpoint/write_safetensors.hpp"
#include "models/synthesis/synthetic_tokenizer.hpp"
#include "models/synthesis/synthetic_weights.hpp"

namespace snnsim::models {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* kSpaceRemedy = "check the folder and the free space of its disk";

/// All tensors in the order in which they are written.
std::vector<StreamedTensor> tensors_of(const ModelShape& shape, const SyntheticWeights& weights) {
  const LlamaConfig& c = shape.config;
  const EndNames names = end_names("huggingface");
  const std::vector<std::size_t> table{c.vocabulary_size, c.hidden_size};
  std::vector<StreamedTensor> tensors{{names.embedding, shape.type, table, weights.embedding()}};
  for (std::size_t k = 0; k < c.blocks; ++k)
    for (const NamedBlockTensor& entry : block_tensors)
      if (!entry.is_bias)
        tensors.push_back({block_tensor_name("huggingface", k, entry), shape.type, shape_of(c, entry.tensor),
                           weights.block(k, entry.tensor)});
  tensors.push_back({names.final_norm, shape.type, {c.hidden_size}, weights.final_norm()});
  if (!c.tied_embeddings) tensors.push_back({names.lm_head, shape.type, table, weights.lm_head()});
  return tensors;
}

std::size_t bytes_of(const StreamedTensor& tensor) {
  return Tensor{tensor.type, tensor.shape}.byte_size();
}

/// As many tensors in a file as fit.
std::vector<std::span<const StreamedTensor>> shards_of(std::span<const StreamedTensor> tensors, std::size_t most) {
  std::vector<std::span<const StreamedTensor>> shards;
  for (std::size_t first = 0; first < tensors.size();) {
    std::size_t count = 1, bytes = bytes_of(tensors[first]);
    while (first + count < tensors.size() && bytes + bytes_of(tensors[first + count]) <= most)
      bytes += bytes_of(tensors[first + count++]);
    shards.push_back(tensors.subspan(first, count));
    first += count;
  }
  return shards;
}

void write_text(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw DataError(fmt::format("{}: cannot be written", file.string()), kSpaceRemedy);
}

/// A folder on its way to its name; goes with the object unless it was finished.
class PartialFolder {
 public:
  explicit PartialFolder(fs::path folder)
      : folder_(std::move(folder)), partial_(fmt::format("{}.partial-{}", folder_.string(), ::getpid())) {
    std::error_code error;
    if (fs::exists(folder_, error) && !(fs::is_directory(folder_, error) && fs::is_empty(folder_, error)))
      throw ConfigurationError(fmt::format("{}: is there already", folder_.string()),
                               "give a folder that does not exist, or an empty one");
    fs::create_directories(partial_, error);
    if (error) throw DataError(fmt::format("{}: cannot be made: {}", folder_.string(), error.message()), kSpaceRemedy);
  }
  ~PartialFolder() {
    std::error_code ignored;
    fs::remove_all(partial_, ignored);
  }
  PartialFolder(const PartialFolder&) = delete;
  PartialFolder& operator=(const PartialFolder&) = delete;

  fs::path operator/(const std::string& file) const { return partial_ / file; }
  void finish() const {
    std::error_code error;
    fs::rename(partial_, folder_, error);
    if (error) throw DataError(fmt::format("{}: {}", folder_.string(), error.message()), kSpaceRemedy);
  }

 private:
  fs::path folder_, partial_;
};

void write_weights(const PartialFolder& folder, std::span<const StreamedTensor> tensors, std::size_t shard_bytes,
                   const std::function<void(double)>& progress) {
  std::size_t total = 0, done = 0;
  for (const StreamedTensor& tensor : tensors) total += bytes_of(tensor);
  const auto shards = shards_of(tensors, shard_bytes);
  nlohmann::json map = nlohmann::json::object();
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const std::string file = fmt::format("model-{:05}-of-{:05}.safetensors", i + 1, shards.size());
    write_safetensors(folder / file, shards[i], [&](std::size_t bytes) {
      done += bytes;
      if (progress) progress(static_cast<double>(done) / static_cast<double>(total));
    });
    for (const StreamedTensor& tensor : shards[i]) map[tensor.name] = file;
  }
  const nlohmann::json index = {{"metadata", {{"total_size", total}}}, {"weight_map", map}};
  write_text(folder / "model.safetensors.index.json", index.dump(2) + "\n");
}

ordered_json tokenizer_config(const LlamaConfig& config) {
  return {{"tokenizer_class", "LlamaTokenizer"},
          {"add_bos_token", true},
          {"add_eos_token", false},
          {"bos_token", "<s>"},
          {"eos_token", "</s>"},
          {"unk_token", "<unk>"},
          {"model_max_length", config.context_length}};
}

}  // namespace

void synthesize(const ModelShape& shape, const fs::path& folder, const SynthesisOptions& options,
                const std::function<void(double)>& progress) {
  const LlamaConfig& config = shape.config;
  if (config.vocabulary_size < kLeastSyntheticVocabulary)
    throw ConfigurationError(
        fmt::format("a vocabulary of {} is too small", config.vocabulary_size),
        fmt::format("give at least {}: control pieces, bytes and the space", kLeastSyntheticVocabulary));
  const PartialFolder partial(folder);
  const SyntheticWeights weights(config, options.seed);
  write_text(partial / "config.json", config_json(shape).dump(2) + "\n");
  write_text(partial / "tokenizer.json", synthetic_tokenizer(config.vocabulary_size));
  write_text(partial / "tokenizer_config.json", tokenizer_config(config).dump(2) + "\n");
  write_weights(partial, tensors_of(shape, weights), options.shard_bytes, progress);
  partial.finish();
}

std::uint64_t parameters(const LlamaConfig& config) {
  std::uint64_t block = 0;
  for (const NamedBlockTensor& entry : block_tensors)
    if (!entry.is_bias) block += Tensor{DataType::f32, shape_of(config, entry.tensor)}.size();
  const std::uint64_t tables = config.tied_embeddings ? 1 : 2;
  return config.blocks * block + tables * config.vocabulary_size * config.hidden_size + config.hidden_size;
}

}  // namespace snnsim::models
