#include "models/checkpoint/write_safetensors.hpp"

#include <cassert>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "models/checkpoint/half_float.hpp"

namespace snnsim::models {
namespace {

constexpr std::size_t alignment = 64;  // of the data; the widest that a processor loads at once

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

void write(std::ofstream& out, const void* bytes, std::size_t count) {
  out.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(count));
}

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
  std::filesystem::path partial = path;
  partial += ".partial";
  std::ofstream out(partial, std::ios::binary | std::ios::trunc);
  const std::string text = header(tensors, metadata);
  const std::uint64_t length = text.size();
  write(out, &length, sizeof length);
  write(out, text.data(), text.size());
  for (const NamedTensor& tensor : tensors) write(out, tensor.tensor.bytes, tensor.tensor.byte_size());
  out.close();
  if (!out) fail(partial, "cannot be written");
  std::error_code error;
  std::filesystem::rename(partial, path, error);
  if (error) fail(path, error.message());
}

}  // namespace snnsim::models
