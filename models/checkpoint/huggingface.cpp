#include "models/checkpoint/huggingface.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/llama_tensors.hpp"
#include "models/checkpoint/safetensors_directory.hpp"

namespace snnsim::models {
namespace {

constexpr const char* lm_head_name = "lm_head.weight";
constexpr const char* remedy = "fetch the checkpoint again, or correct config.json so that it describes these weights";

/// Rotary frequencies, which old exports store and the configuration determines.
bool is_derived(const std::string& tensor) {
  return tensor.ends_with(".rotary_emb.inv_freq");
}

const Tensor& find_tensor(const std::string& name, const std::vector<std::size_t>& shape, const TensorMap& tensors,
                          const std::string& file) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) throw DataError(fmt::format("{}: tensor {} is missing", file, name), remedy);
  if (found->second.shape == shape) return found->second;
  throw DataError(fmt::format("{}: {} has shape [{}], config.json asks for [{}]", file, name,
                              fmt::join(found->second.shape, ", "), fmt::join(shape, ", ")),
                  remedy);
}

/// A tensor that no part of the computation uses would change the results if it were left out in silence.
void refuse_others(const TensorMap& tensors, const std::set<std::string>& expected, const std::string& file) {
  for (const auto& [name, tensor] : tensors) {
    if (expected.contains(name) || is_derived(name)) continue;
    throw DataError(
        fmt::format("{}: tensor {} is no part of the decoder that config.json describes", file, in_quotes(name)),
        remedy);
  }
}

}  // namespace

Checkpoint assemble_huggingface(const LlamaConfig& config, const TensorMap& tensors, const std::string& file) {
  Checkpoint checkpoint;
  checkpoint.path = file;
  checkpoint.format = "huggingface";
  checkpoint.config = config;
  checkpoint.config.tied_embeddings = config.tied_embeddings || !tensors.contains(lm_head_name);
  checkpoint.blocks.resize(config.blocks);
  std::set<std::string> expected = {lm_head_name};
  visit_tensors(checkpoint, [&](const std::string& name, const std::vector<std::size_t>& shape, Tensor& tensor) {
    tensor = find_tensor(name, shape, tensors, file);
    expected.insert(name);
  });
  if (checkpoint.config.tied_embeddings) checkpoint.lm_head = checkpoint.embedding;
  refuse_others(tensors, expected, file);
  return checkpoint;
}

Checkpoint open_huggingface(const std::filesystem::path& folder) {
  SafetensorsDirectory directory(folder);
  if (!directory.has("config.json")) {
    throw DataError(fmt::format("{}: config.json is missing", folder.string()),
                    "give a directory with config.json and model.safetensors or model.safetensors.index.json");
  }
  const auto config_file = directory.map("config.json");
  const LlamaConfig config = read_llama_config(config_file->text(), config_file->path().string());
  Checkpoint checkpoint = assemble_huggingface(config, directory.tensors(), folder.string());
  checkpoint.path = folder;
  checkpoint.files = std::move(directory.files);
  checkpoint.storage = std::move(directory.storage);
  return checkpoint;
}

}  // namespace snnsim::models
