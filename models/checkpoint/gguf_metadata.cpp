#include "models/checkpoint/gguf_metadata.hpp"

#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"

namespace snnsim::models {
namespace {

constexpr const char* remedy = "fetch or convert the GGUF file again: its metadata are damaged or of another model";
constexpr int deepest_array = 4;

/// Bytes of a value of fixed size; 0 for texts and arrays.
std::size_t width(GgufType type) {
  switch (type) {
    case GgufType::u8:
    case GgufType::i8:
    case GgufType::boolean:
      return 1;
    case GgufType::u16:
    case GgufType::i16:
      return 2;
    case GgufType::u32:
    case GgufType::i32:
    case GgufType::f32:
      return 4;
    case GgufType::u64:
    case GgufType::i64:
    case GgufType::f64:
      return 8;
    case GgufType::text:
    case GgufType::array:
      break;
  }
  return 0;
}

std::string_view plural(GgufType type) {
  switch (type) {
    case GgufType::boolean:
      return "booleans";
    case GgufType::text:
      return "strings";
    case GgufType::array:
      return "arrays";
    case GgufType::f32:
    case GgufType::f64:
      return "numbers";
    default:
      return "whole numbers";
  }
}

GgufType read_type(ByteReader& reader, std::string_view key) {
  const auto number = reader.value<std::uint32_t>("the type of a metadata value");
  if (number <= static_cast<std::uint32_t>(GgufType::f64)) return static_cast<GgufType>(number);
  reader.fail(
      fmt::format("metadata key {} has a value of type {}, which GGUF 3 does not know", in_quotes(key), number));
}

void skip_values(ByteReader& reader, GgufType type, std::uint64_t count, std::string_view key, int depth);

/// Element type and number of an array.
std::pair<GgufType, std::uint64_t> read_array_head(ByteReader& reader, std::string_view key) {
  const GgufType type = read_type(reader, key);
  constexpr std::size_t least_text = 8, least_array = 12;
  const std::size_t least = type == GgufType::text ? least_text : type == GgufType::array ? least_array : width(type);
  return {type, reader.count(least, fmt::format("the length of array {}", in_quotes(key)))};
}

void skip_array(ByteReader& reader, std::string_view key, int depth) {
  if (depth == 0) reader.fail(fmt::format("array {} nests too deep", in_quotes(key)));
  const auto [type, count] = read_array_head(reader, key);
  skip_values(reader, type, count, key, depth - 1);
}

void check_booleans(const ByteReader& reader, std::span<const std::byte> bytes, std::string_view key) {
  for (const std::byte byte : bytes)
    if (std::to_integer<int>(byte) > 1) reader.fail(fmt::format("boolean {} is neither 0 nor 1", in_quotes(key)));
}

void skip_values(ByteReader& reader, GgufType type, std::uint64_t count, std::string_view key, int depth) {
  const std::size_t bytes = width(type);
  if (bytes > 0) {  // count <= the rest of the file: the product cannot overflow
    const auto values = reader.take(count * bytes, fmt::format("metadata value {}", in_quotes(key)));
    if (type == GgufType::boolean) check_booleans(reader, values, key);
    return;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    if (type == GgufType::text) {
      reader.text(fmt::format("a string of {}", in_quotes(key)));
    } else {
      skip_array(reader, key, depth);
    }
  }
}

template <typename T>
T load(const GgufValue& value, std::size_t i) {
  T result{};
  std::memcpy(&result, value.bytes.data() + i * sizeof result, sizeof result);
  return result;
}

/// Element i if it is a whole number that fits 64 signed bits.
std::optional<std::int64_t> whole_number(const GgufValue& value, std::size_t i) {
  switch (value.type) {
    case GgufType::u8:
      return load<std::uint8_t>(value, i);
    case GgufType::i8:
      return load<std::int8_t>(value, i);
    case GgufType::u16:
      return load<std::uint16_t>(value, i);
    case GgufType::i16:
      return load<std::int16_t>(value, i);
    case GgufType::u32:
      return load<std::uint32_t>(value, i);
    case GgufType::i32:
      return load<std::int32_t>(value, i);
    case GgufType::i64:
      return load<std::int64_t>(value, i);
    case GgufType::u64: {
      const auto number = load<std::uint64_t>(value, i);
      if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
      return static_cast<std::int64_t>(number);
    }
    default:
      return std::nullopt;
  }
}

/// Element i if it is a number of any type.
std::optional<double> number(const GgufValue& value, std::size_t i) {
  if (value.type == GgufType::f32) return static_cast<double>(load<float>(value, i));
  if (value.type == GgufType::f64) return load<double>(value, i);
  const std::optional<std::int64_t> whole = whole_number(value, i);
  return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

std::string_view whole_text(const GgufValue& value) {
  constexpr std::size_t length = sizeof(std::uint64_t);
  return {reinterpret_cast<const char*>(value.bytes.data()) + length, value.bytes.size() - length};
}

}  // namespace

GgufValue read_gguf_value(ByteReader& reader, std::string_view key) {
  GgufValue value{.type = read_type(reader, key), .bytes = {}};
  if (value.type == GgufType::array) {
    value.is_array = true;
    std::tie(value.type, value.count) = read_array_head(reader, key);
  }
  ByteReader start = reader;
  const std::size_t begin = reader.position();
  skip_values(reader, value.type, value.count, key, deepest_array - 1);
  value.bytes = start.take(reader.position() - begin, key);
  return value;
}

void GgufMetadata::fail(const std::string& what) const {
  throw DataError(fmt::format("{}: {}", file_, what), remedy);
}

void GgufMetadata::fail_type(std::string_view key, std::string_view expected) const {
  fail(fmt::format("metadata key {} is {}, not {}", key, describe(key), expected));
}

const GgufValue& GgufMetadata::at(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) fail(fmt::format("metadata key {} is missing", key));
  return found->second;
}

const GgufValue& GgufMetadata::at(std::string_view key, bool is_array, std::string_view expected) const {
  const GgufValue& value = at(key);
  if (value.is_array != is_array) fail_type(key, expected);
  return value;
}

std::string_view GgufMetadata::text(std::string_view key) const {
  const GgufValue& value = at(key, false, "a string");
  if (value.type != GgufType::text) fail_type(key, "a string");
  return whole_text(value);
}

std::string_view GgufMetadata::text(std::string_view key, std::string_view fallback) const {
  return has(key) ? text(key) : fallback;
}

bool GgufMetadata::flag(std::string_view key, bool fallback) const {
  if (!has(key)) return fallback;
  const GgufValue& value = at(key, false, "a boolean");
  if (value.type != GgufType::boolean) fail_type(key, "a boolean");
  return load<std::uint8_t>(value, 0) != 0;
}

std::int64_t GgufMetadata::integer(std::string_view key) const {
  const std::optional<std::int64_t> number = whole_number(at(key, false, "a whole number"), 0);
  if (!number) fail_type(key, "a whole number");
  return *number;
}

std::size_t GgufMetadata::count(std::string_view key, std::size_t limit) const {
  const std::int64_t number = integer(key);
  if (number < 1 || static_cast<std::uint64_t>(number) > limit) {
    fail_type(key, fmt::format("a whole number in 1..{}", limit));
  }
  return static_cast<std::size_t>(number);
}

std::size_t GgufMetadata::count(std::string_view key, std::size_t limit, std::size_t fallback) const {
  return has(key) ? count(key, limit) : fallback;
}

float GgufMetadata::positive(std::string_view key) const {
  constexpr const char* expected = "a number above zero";
  const auto result = static_cast<float>(number(at(key, false, expected), 0).value_or(0));
  if (!(result > 0.0F) || !std::isfinite(result)) fail_type(key, expected);
  return result;
}

float GgufMetadata::positive(std::string_view key, float fallback) const {
  return has(key) ? positive(key) : fallback;
}

std::vector<std::string_view> GgufMetadata::texts(std::string_view key) const {
  const GgufValue& value = at(key, true, "an array of strings");
  if (value.type != GgufType::text) fail_type(key, "an array of strings");
  ByteReader reader(value.bytes, file_, remedy);
  std::vector<std::string_view> result(value.count);
  for (std::string_view& text : result) text = reader.text(key);
  return result;
}

std::vector<float> GgufMetadata::floats(std::string_view key) const {
  const GgufValue& value = at(key, true, "an array of numbers");
  std::vector<float> result(value.count);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::optional<double> element = number(value, i);
    if (!element) fail_type(key, "an array of numbers");
    result[i] = static_cast<float>(*element);
  }
  return result;
}

std::vector<std::int64_t> GgufMetadata::integers(std::string_view key) const {
  const GgufValue& value = at(key, true, "an array of whole numbers");
  std::vector<std::int64_t> result(value.count);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::optional<std::int64_t> element = whole_number(value, i);
    if (!element) fail_type(key, "an array of whole numbers");
    result[i] = *element;
  }
  return result;
}

std::string GgufMetadata::describe(std::string_view key) const {
  const GgufValue& value = at(key);
  if (value.is_array) return fmt::format("[{} {}]", value.count, plural(value.type));
  if (value.type == GgufType::text) return in_quotes(whole_text(value));
  if (value.type == GgufType::boolean) return load<std::uint8_t>(value, 0) != 0 ? "true" : "false";
  if (value.type == GgufType::f32) return fmt::format("{}", load<float>(value, 0));
  if (value.type == GgufType::f64) return fmt::format("{}", load<double>(value, 0));
  const std::optional<std::int64_t> whole = whole_number(value, 0);
  return whole ? fmt::format("{}", *whole) : fmt::format("{}", load<std::uint64_t>(value, 0));
}

}  // namespace snnsim::models
