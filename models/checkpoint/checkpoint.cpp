#include "models/checkpoint/checkpoint.hpp"

#include <map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/gguf_checkpoint.hpp"
#include "models/checkpoint/huggingface.hpp"
#include "models/checkpoint/llama2c.hpp"
#include "models/checkpoint/llama_tensors.hpp"

namespace snnsim::models {
namespace {

constexpr const char* what_is_read =
    "give a directory with config.json and model.safetensors (or model.safetensors.index.json), a .gguf, or a llama2.c "
    "legacy .bin";

}  // namespace

std::uint64_t Checkpoint::parameters() const {
  std::uint64_t sum = 0;
  visit_tensors(*this, [&](const auto&, const auto&, const Tensor& tensor) { sum += tensor.size(); });
  return sum;
}

std::uint64_t Checkpoint::bytes() const {
  std::uint64_t sum = 0;
  visit_tensors(*this, [&](const auto&, const auto&, const Tensor& tensor) { sum += tensor.byte_size(); });
  return sum;
}

std::string Checkpoint::data_types() const {
  std::map<DataType, std::size_t> counts;
  visit_tensors(*this, [&](const auto&, const auto&, const Tensor& tensor) { ++counts[tensor.type]; });
  if (counts.size() == 1) return std::string(name(counts.begin()->first));
  std::string text;
  for (const auto& [type, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name(type), count);
  return text;
}

Checkpoint open_checkpoint(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return open_huggingface(path);
  if (!std::filesystem::exists(path, ignored)) {
    throw DataError(fmt::format("{}: no such checkpoint", path.string()), what_is_read);
  }
  if (path.extension() == ".bin") return open_llama2c(path);
  if (path.extension() == ".gguf") return open_gguf_checkpoint(path);
  throw DataError(fmt::format("{}: neither a directory nor a .gguf or .bin file", path.string()), what_is_read);
}

}  // namespace snnsim::models
