#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace snnsim::models {

/// One field of a message in protobuf's wire format, asked for as the type that the schema gives it.
class ProtobufField {
 public:
  std::uint32_t number = 0;

  bool flag() const { return whole() != 0; }
  std::uint64_t whole() const;
  float single() const;
  /// The bytes of a string or of an embedded message; they belong to the file.
  std::string_view bytes() const;

 private:
  friend class ProtobufReader;
  void require(std::uint32_t wire_type) const;

  std::uint32_t wire_type_ = 0;
  std::uint64_t value_ = 0;  // varint, or the bits of a fixed-width number
  std::string_view bytes_;
  const std::string* file_ = nullptr;
};

/// The fields of one message, one after the other; every length is checked before it is read. Throws DataError that
/// names `file` when the bytes are no protobuf message, or when a field has another type than it is asked for.
class ProtobufReader {
 public:
  /// Both must outlive the reader and its fields.
  ProtobufReader(std::string_view message, const std::string& file) : rest_(message), file_(file) {}

  /// Nothing at the end of the message.
  std::optional<ProtobufField> next();

 private:
  std::uint64_t varint();
  std::uint64_t fixed(std::size_t bytes);
  std::string_view take(std::uint64_t count);

  std::string_view rest_;
  const std::string& file_;
};

}  // namespace snnsim::models
