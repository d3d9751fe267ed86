#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/checkpoint/gguf.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::tests {

using models::GgufType;

/// Bytes of a GGUF file, written piece by piece.
struct GgufBytes {
  std::string text;

  template <typename T>
  GgufBytes& number(T value) {
    text.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  GgufBytes& string(std::string_view value) {
    number<std::uint64_t>(value.size());
    text.append(value);
    return *this;
  }
  GgufBytes& key(std::string_view name, GgufType type) { return string(name).number(static_cast<std::uint32_t>(type)); }
  GgufBytes& array(GgufType type, std::uint64_t count) {
    return number(static_cast<std::uint32_t>(type)).number(count);
  }
  GgufBytes& head(std::uint64_t tensors, std::uint64_t keys, std::uint32_t version = 3) {
    text += "GGUF";
    return number(version).number(tensors).number(keys);
  }
  GgufBytes& tensor(std::string_view name, std::vector<std::uint64_t> extents, std::uint32_t type,
                    std::uint64_t offset) {
    string(name).number(static_cast<std::uint32_t>(extents.size()));
    for (const std::uint64_t extent : extents) number(extent);
    return number(type).number(offset);
  }
  GgufBytes& pad(std::size_t alignment) {
    text.resize((text.size() + alignment - 1) / alignment * alignment);
    return *this;
  }
  models::Gguf read() const { return models::read_gguf(std::as_bytes(std::span(text)), "x.gguf"); }
  /// What read() says about it.
  std::string error() const {
    return complaint([&] { read(); });
  }
};

}  // namespace snnsim::tests
