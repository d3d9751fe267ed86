#include "models/checkpoint/checkpoint.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/huggingface.hpp"
#include "models/checkpoint/llama2c.hpp"
#include "models/checkpoint/llama_tensors.hpp"

namespace snnsim::models {
namespace {

constexpr const char* what_is_read =
    "give a directory with config.json and model.safetensors (or model.safetensors.index.json), or a llama2.c legacy "
    ".bin";

void check_finite(const std::string& name, const Tensor& tensor, const std::string& path) {
  std::vector<float> row(tensor.columns());
  for (std::size_t r = 0; r < tensor.rows(); ++r) {
    tensor.read_row(r, row.data());
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (std::isfinite(row[c])) continue;
      throw DataError(fmt::format("{}: {} holds {} at row {}, column {}", path, name, row[c], r, c),
                      "fetch or convert the checkpoint again: no spike count can stand for this value");
    }
  }
}

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

Checkpoint open_checkpoint(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return open_huggingface(path);
  if (!std::filesystem::exists(path, ignored)) {
    throw DataError(fmt::format("{}: no such checkpoint", path.string()), what_is_read);
  }
  if (path.extension() == ".bin") return open_llama2c(path);
  throw DataError(fmt::format("{}: neither a directory nor a .bin file", path.string()), what_is_read);
}

void check_finite(const Checkpoint& checkpoint) {
  visit_tensors(checkpoint, [&](const std::string& name, const auto&, const Tensor& tensor) {
    check_finite(name, tensor, checkpoint.path.string());
  });
}

}  // namespace snnsim::models
