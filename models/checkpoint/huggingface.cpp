#include "models/checkpoint/huggingface.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/assemble.hpp"
#include "models/checkpoint/safetensors_directory.hpp"

namespace snnsim::models {
namespace {

constexpr AssemblyRules rules = {
    .described_by = "config.json",
    .remedy = "fetch the checkpoint again, or correct config.json so that it describes these weights",
    // Rotary frequencies, which old exports store.
    .is_derived = [](std::string_view tensor) { return tensor.ends_with(".rotary_emb.inv_freq"); },
};

}  // namespace

Checkpoint assemble_huggingface(const LlamaConfig& config, const TensorMap& tensors, const std::string& file) {
  Checkpoint checkpoint;
  checkpoint.path = file;
  checkpoint.format = "huggingface";
  checkpoint.config = config;
  take_tensors(checkpoint, tensors, rules);
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
