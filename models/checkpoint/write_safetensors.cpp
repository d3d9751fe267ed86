#include "models/checkpoint/write_safetensors.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "core/parallel.hpp"
#include "models/checkpoint/half_float.hpp"

namespace snnsim::models {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{8} << 20U;  // of rows that are made at once
constexpr std::size_t alignment = 64;                       // of the data; the widest that a processor loads at once

/// The JSON header, padded with spaces so that the data begin at a multiple of `alignment`.
std::string header(std::span<const NamedTensor> tensors, const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!metadata.empty()) json["__metadata__"] = metadata;
  std::size_t begin = 0;
  for (const auto& [tensor_name, tensor] : tensors) {
    const std::size_t end = begin + tensor.byte_size();
    json[tensor_name] = {{"dtype", name(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = json.dump();
  const std::size_t length = sizeof(std::uint64_t);  // of the header, in front of it
  text.resize((length + text.size() + alignment - 1) / alignment * alignment - length, ' ');
  return text;
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw DataError(fmt::format("{}: {}", path.string(), what), "check the folder and the free space of its disk");
}

/// Written under another name until it is whole.
class TensorFile {
 public:
  TensorFile(std::filesystem::path path, const std::string& header)
      : path_(std::move(path)),
        partial_(path_.string() + ".partial"),
        out_(partial_, std::ios::binary | std::ios::trunc) {
    const std::uint64_t length = header.size();
    write(&length, sizeof length);
    write(header.data(), header.size());
  }
  void write(const void* bytes, std::size_t count) {
    out_.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(count));
    if (!out_) fail(partial_, "cannot be written");
  }
  void finish() {
    out_.close();
    if (!out_) fail(partial_, "cannot be written");
    std::error_code error;
    std::filesystem::rename(partial_, path_, error);
    if (error) fail(path_, error.message());
  }

 private:
  std::filesystem::path path_, partial_;
  std::ofstream out_;
};

}  // namespace

std::vector<std::byte> to_bytes(std::span<const float> values, DataType type) {
  assert(type == DataType::f32 || type == DataType::f16 || type == DataType::bf16);
  const std::size_t width = byte_size(type, 1);
  std::vector<std::byte> bytes(values.size() * width);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::byte* target = bytes.data() + i * width;
    if (type == DataType::f32) {
      std::memcpy(target, &values[i], width);
    } else {
      const std::uint16_t bits = type == DataType::f16 ? to_f16(values[i]) : to_bf16(values[i]);
      std::memcpy(target, &bits, width);
    }
  }
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata) {
  TensorFile file(path, header(tensors, metadata));
  for (const NamedTensor& tensor : tensors) file.write(tensor.tensor.bytes, tensor.tensor.byte_size());
  file.finish();
}

void write_safetensors(const std::filesystem::path& path, std::span<const StreamedTensor> tensors,
                       const std::function<void(std::size_t)>& progress) {
  std::vector<NamedTensor> named;
  for (const StreamedTensor& tensor : tensors) named.push_back({tensor.name, {tensor.type, tensor.shape}});
  TensorFile file(path, header(named, {}));
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& shape = named[i].tensor;
    const std::size_t row_bytes = byte_size(shape.type, shape.columns());
    const std::size_t at_once = std::max<std::size_t>(1, kChunkBytes / std::max<std::size_t>(1, row_bytes));
    for (std::size_t first = 0; first < shape.rows(); first += at_once) {
      const std::size_t rows = std::min(at_once, shape.rows() - first);
      std::vector<std::byte> bytes(rows * row_bytes);
      parallel_for(rows, [&](std::size_t r) {
        std::vector<float> values(shape.columns());
        tensors[i].read_row(first + r, values);
        std::ranges::copy(to_bytes(values, shape.type), bytes.data() + r * row_bytes);
      });
      file.write(bytes.data(), bytes.size());
      progress(bytes.size());
    }
  }
  file.finish();
}

}  // namespace snnsim::models
