#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/checkpoint/byte_reader.hpp"

namespace snnsim::models {

/// Types of metadata values, by their numbers in the file.
enum class GgufType : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, text, array, u64, i64, f64 };

/// A checked metadata value, decoded when it is asked for: its bytes are `count` values of a type.
struct GgufValue {
  GgufType type = GgufType::u8;  // of the value; of the elements of an array (array: an array of arrays)
  bool is_array = false;
  std::uint64_t count = 1;
  std::span<const std::byte> bytes;
};

/// Reads a value; every length is checked, arrays nest at most four deep, a boolean is 0 or 1. Throws DataError.
GgufValue read_gguf_value(ByteReader& reader, std::string_view key);

/// The metadata of a GGUF file by key. Texts are views into the file. Whole numbers may have any integer type. Without
/// a fallback a missing key is an error; every DataError names the file, the key, and what was found instead.
class GgufMetadata {
 public:
  explicit GgufMetadata(std::string file) : file_(std::move(file)) {}

  /// False if the key is there already.
  bool add(std::string_view key, const GgufValue& value) { return values_.emplace(key, value).second; }
  const std::map<std::string, GgufValue, std::less<>>& values() const { return values_; }
  const std::string& file() const { return file_; }

  bool has(std::string_view key) const { return values_.contains(key); }
  std::string_view text(std::string_view key) const;
  std::string_view text(std::string_view key, std::string_view fallback) const;
  bool flag(std::string_view key, bool fallback) const;
  std::int64_t integer(std::string_view key) const;
  /// A whole number in 1..limit.
  std::size_t count(std::string_view key, std::size_t limit) const;
  std::size_t count(std::string_view key, std::size_t limit, std::size_t fallback) const;
  /// A finite number greater than zero, also in fp32.
  float positive(std::string_view key) const;
  float positive(std::string_view key, float fallback) const;

  std::vector<std::string_view> texts(std::string_view key) const;
  std::vector<float> floats(std::string_view key) const;
  std::vector<std::int64_t> integers(std::string_view key) const;

  /// One line for a reader: the value, or what an array holds; e.g. 32, 'llama', [32000 strings].
  std::string describe(std::string_view key) const;
  [[noreturn]] void fail(const std::string& what) const;

 private:
  const GgufValue& at(std::string_view key) const;
  const GgufValue& at(std::string_view key, bool is_array, std::string_view expected) const;
  [[noreturn]] void fail_type(std::string_view key, std::string_view expected) const;

  std::string file_;
  std::map<std::string, GgufValue, std::less<>> values_;
};

}  // namespace snnsim::models
