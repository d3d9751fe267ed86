#include "models/checkpoint/safetensors.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/json_fields.hpp"

namespace snnsim::models {
namespace {

using nlohmann::json;

constexpr const char* remedy = "fetch or convert the file again: it is damaged or no safetensors file";

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw DataError(fmt::format("{}: {}", file, what), remedy);
}

struct Interval {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct Entry {
  std::string name;
  Tensor tensor;
  Interval place;  // in the data behind the header
};

std::uint64_t header_length(std::span<const std::byte> bytes, const std::string& file) {
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length) fail(file, fmt::format("{} bytes hold no header length", bytes.size()));
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > bytes.size() - sizeof length) {
    fail(file, fmt::format("the header should be {} bytes long, the file has {}", length, bytes.size()));
  }
  return length;
}

/// E.g. "F32, F16 and BF16".
std::string list_of(std::span<const DataType> types) {
  std::string list(name(types.front()));
  for (const DataType& type : types.subspan(1))
    list += fmt::format("{}{}", &type == &types.back() ? " and " : ", ", name(type));
  return list;
}

DataType data_type(const json& entry, const std::string& tensor, const std::string& file,
                   std::span<const DataType> types) {
  const auto found = entry.find("dtype");
  const std::string dtype = found != entry.end() && found->is_string() ? found->get<std::string>() : "";
  for (const DataType type : types) {
    if (dtype == name(type)) return type;
  }
  throw DataError(
      fmt::format("{}: tensor {} has dtype {}; {} are read", file, in_quotes(tensor), in_quotes(dtype), list_of(types)),
      fmt::format("convert the file to one of {}", list_of(types)));
}

/// The whole numbers of a JSON list, or nothing if it is no such list.
std::optional<std::vector<std::size_t>> whole_numbers(const json& entry, const char* key) {
  const auto list = entry.find(key);
  if (list == entry.end() || !list->is_array()) return std::nullopt;
  std::vector<std::size_t> numbers;
  for (const json& number : *list) {
    if (!number.is_number_unsigned()) return std::nullopt;
    numbers.push_back(number.get<std::size_t>());
  }
  return numbers;
}

/// Bytes of a tensor of this shape, or nothing if they do not fit 64 bits.
std::optional<std::uint64_t> byte_length(const Tensor& tensor) {
  std::uint64_t length = byte_size(tensor.type, 1);
  for (const std::size_t extent : tensor.shape) {
    if (__builtin_mul_overflow(length, extent, &length)) return std::nullopt;
  }
  return length;
}

Entry read_entry(const std::string& tensor, const json& entry, std::span<const std::byte> data, const std::string& file,
                 std::span<const DataType> types) {
  if (!entry.is_object()) fail(file, fmt::format("the header's entry {} is no object", in_quotes(tensor)));
  Entry result{.name = tensor, .tensor = {.type = data_type(entry, tensor, file, types), .shape = {}}, .place = {}};
  auto shape = whole_numbers(entry, "shape");
  const auto offsets = whole_numbers(entry, "data_offsets");
  if (!shape) fail(file, fmt::format("tensor {} has no shape", in_quotes(tensor)));
  if (!offsets || offsets->size() != 2) fail(file, fmt::format("tensor {} has no data_offsets", in_quotes(tensor)));
  result.tensor.shape = std::move(*shape);
  result.place = {.begin = offsets->front(), .end = offsets->back()};
  if (result.place.begin > result.place.end || result.place.end > data.size()) {
    fail(file, fmt::format("tensor {} lies at {}..{} of {} bytes of data", in_quotes(tensor), result.place.begin,
                           result.place.end, data.size()));
  }
  const std::uint64_t stored = result.place.end - result.place.begin;
  if (byte_length(result.tensor) != stored) {
    fail(file, fmt::format("tensor {} has {} bytes, which its shape [{}] of {} contradicts", in_quotes(tensor), stored,
                           fmt::join(result.tensor.shape, ", "), name(result.tensor.type)));
  }
  result.tensor.bytes = data.data() + result.place.begin;
  return result;
}

void check_disjoint(std::vector<Entry>& entries, const std::string& file) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.place.begin, a.place.end) < std::pair(b.place.begin, b.place.end);
  });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].place.begin >= entries[i - 1].place.end) continue;
    fail(file, fmt::format("tensors {} and {} overlap", in_quotes(entries[i - 1].name), in_quotes(entries[i].name)));
  }
}

}  // namespace

TensorMap read_safetensors(std::span<const std::byte> bytes, const std::string& file, std::span<const DataType> types) {
  const std::uint64_t length = header_length(bytes, file);
  const std::span<const std::byte> data = bytes.subspan(sizeof length + length);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + sizeof length, length);
  const json header = parse_json(text, file + " (header)", remedy);
  if (!header.is_object()) fail(file, "the header is no JSON object");

  std::vector<Entry> entries;
  for (const auto& [tensor, entry] : header.items()) {
    if (tensor != "__metadata__") entries.push_back(read_entry(tensor, entry, data, file, types));
  }
  check_disjoint(entries, file);
  TensorMap tensors;
  for (Entry& entry : entries) tensors.emplace(std::move(entry.name), std::move(entry.tensor));
  return tensors;
}

}  // namespace snnsim::models
