#include "models/checkpoint/write_safetensors.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace snnsim::models {
namespace {

std::uint16_t to_f16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  constexpr std::uint32_t infinity = 0x7F800000U;
  constexpr std::uint32_t rounds_to_infinity = 0x477FF000U;  // 65520
  constexpr std::uint32_t smallest_normal = 0x38800000U;     // 2^-14
  if (magnitude > infinity) return static_cast<std::uint16_t>(sign | 0x7E00U);
  if (magnitude >= rounds_to_infinity) return static_cast<std::uint16_t>(sign | 0x7C00U);
  if (magnitude < smallest_normal) {
    return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::nearbyint(std::fabs(value) * 0x1p24F)));
  }
  const std::uint32_t rounded = magnitude + 0xFFFU + ((magnitude >> 13) & 1U);
  return static_cast<std::uint16_t>(sign | ((rounded - (112U << 23)) >> 13));
}

std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

std::size_t byte_count(const Tensor& tensor) {
  return tensor.size() * bytes_per_value(tensor.type);
}

/// The JSON header, padded with spaces so that the data begin at a multiple of eight bytes.
std::string header(std::span<const NamedTensor> tensors, const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!metadata.empty()) json["__metadata__"] = metadata;
  std::size_t begin = 0;
  for (const auto& [tensor_name, tensor] : tensors) {
    const std::size_t end = begin + byte_count(tensor);
    json[tensor_name] = {{"dtype", name(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = json.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
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
  const std::size_t width = bytes_per_value(type);
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
  for (const NamedTensor& tensor : tensors) write(out, tensor.tensor.bytes, byte_count(tensor.tensor));
  out.close();
  if (!out) fail(partial, "cannot be written");
  std::error_code error;
  std::filesystem::rename(partial, path, error);
  if (error) fail(path, error.message());
}

}  // namespace snnsim::models
