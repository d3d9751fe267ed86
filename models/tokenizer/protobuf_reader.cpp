#include "models/tokenizer/protobuf_reader.hpp"

#include <bit>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::models {
namespace {

enum WireType : std::uint32_t { varint_type = 0, fixed64_type = 1, bytes_type = 2, fixed32_type = 5 };

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw DataError(fmt::format("{}: {}", file, what), "fetch the file again: it is damaged or no SentencePiece model");
}

}  // namespace

void ProtobufField::require(std::uint32_t wire_type) const {
  if (wire_type_ == wire_type) return;
  fail(*file_, fmt::format("field {} has wire type {} where {} is expected", number, wire_type_, wire_type));
}

std::uint64_t ProtobufField::whole() const {
  require(varint_type);
  return value_;
}

float ProtobufField::single() const {
  require(fixed32_type);
  return std::bit_cast<float>(static_cast<std::uint32_t>(value_));
}

std::string_view ProtobufField::bytes() const {
  require(bytes_type);
  return bytes_;
}

std::optional<ProtobufField> ProtobufReader::next() {
  if (rest_.empty()) return std::nullopt;
  const std::uint64_t key = varint();
  const std::uint64_t number = key >> 3U;
  if (number == 0 || number > std::numeric_limits<std::uint32_t>::max()) {
    fail(file_, fmt::format("{} is no field number", number));
  }
  ProtobufField field;
  field.number = static_cast<std::uint32_t>(number);
  field.wire_type_ = key & 7U;
  field.file_ = &file_;
  switch (field.wire_type_) {
    case varint_type:
      field.value_ = varint();
      break;
    case fixed64_type:
      field.value_ = fixed(8);
      break;
    case fixed32_type:
      field.value_ = fixed(4);
      break;
    case bytes_type:
      field.bytes_ = take(varint());
      break;
    default:
      fail(file_, fmt::format("field {} has the wire type {}", number, field.wire_type_));
  }
  return field;
}

std::uint64_t ProtobufReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(take(1).front());
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
  fail(file_, "a number has more than 64 bits");
}

std::uint64_t ProtobufReader::fixed(std::size_t bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, take(bytes).data(), bytes);  // little-endian, as in the file
  return value;
}

std::string_view ProtobufReader::take(std::uint64_t count) {
  if (count > rest_.size()) fail(file_, fmt::format("{} bytes are left where {} should follow", rest_.size(), count));
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

}  // namespace snnsim::models
