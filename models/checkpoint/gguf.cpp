#include "models/checkpoint/gguf.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"

namespace snnsim::models {
namespace {

constexpr const char* remedy = "fetch or convert the file again: it is damaged or no GGUF file of version 3";
constexpr std::uint32_t most_dimensions = 4;
constexpr std::size_t longest_name = 65535;
constexpr std::size_t largest_alignment = std::size_t{1} << 20U;

/// A tensor whose place in the data is known, but not yet where the data begin.
struct Entry {
  GgufTensor tensor;
  std::uint64_t offset = 0, length = 0;
};

void read_magic(ByteReader& reader) {
  constexpr std::uint32_t magic = 0x46554747U;  // "GGUF"
  if (reader.value<std::uint32_t>("the magic number") != magic) reader.fail("does not begin with GGUF");
  const auto version = reader.value<std::uint32_t>("the version");
  if (version == 2 || version == 3) return;
  if (__builtin_bswap32(version) <= 3) reader.fail("is big-endian; little-endian files are read");
  reader.fail(fmt::format("is GGUF version {}; versions 2 and 3 are read", version));
}

std::string read_name(ByteReader& reader, std::string_view what) {
  const std::string_view name = reader.text(what);
  if (name.empty() || name.size() > longest_name) {
    reader.fail(fmt::format("{} is {} bytes long, not 1..{}", what, name.size(), longest_name));
  }
  return std::string(name);
}

/// Keys are ASCII by the specification; they appear in messages, which are one line.
std::string read_key(ByteReader& reader) {
  std::string key = read_name(reader, "a metadata key");
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (!printable) reader.fail(fmt::format("metadata key {} is not printable ASCII", in_quotes(key)));
  return key;
}

GgufMetadata read_metadata(ByteReader& reader, std::uint64_t count, const std::string& file) {
  GgufMetadata metadata(file);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string key = read_key(reader);
    if (!metadata.add(key, read_gguf_value(reader, key))) {
      reader.fail(fmt::format("metadata key {} is there twice", in_quotes(key)));
    }
  }
  return metadata;
}

std::vector<std::size_t> read_shape(ByteReader& reader, const std::string& name) {
  const auto dimensions = reader.value<std::uint32_t>("the number of dimensions of a tensor");
  if (dimensions < 1 || dimensions > most_dimensions) {
    reader.fail(fmt::format("tensor {} has {} dimensions, not 1..{}", in_quotes(name), dimensions, most_dimensions));
  }
  std::vector<std::size_t> shape(dimensions);
  for (std::size_t& extent : shape) extent = reader.value<std::uint64_t>("the shape of a tensor");
  std::reverse(shape.begin(), shape.end());
  return shape;
}

/// Bytes of a tensor; its rows are whole blocks.
std::uint64_t byte_length(const GgufTensor& tensor, const ByteReader& reader) {
  const std::size_t row = tensor.shape.back();
  if (row == 0 || row % tensor.type.values != 0) {
    reader.fail(fmt::format("tensor {} has rows of {} numbers, not whole blocks of {} ({})", in_quotes(tensor.name),
                            row, tensor.type.values, tensor.type.name));
  }
  std::uint64_t length = tensor.type.bytes;
  bool overflow = __builtin_mul_overflow(length, row / tensor.type.values, &length);
  for (std::size_t i = 0; i + 1 < tensor.shape.size(); ++i)
    overflow = overflow || __builtin_mul_overflow(length, tensor.shape[i], &length);
  if (overflow) reader.fail(fmt::format("tensor {} has an impossible shape", in_quotes(tensor.name)));
  return length;
}

Entry read_entry(ByteReader& reader) {
  Entry entry;
  entry.tensor.name = read_name(reader, "a tensor's name");
  entry.tensor.shape = read_shape(reader, entry.tensor.name);
  const auto id = reader.value<std::uint32_t>("the type of a tensor");
  const GgmlType* type = find_ggml_type(id);
  if (type == nullptr) {
    reader.fail(fmt::format("tensor {} has type {}, which is not known", in_quotes(entry.tensor.name), id));
  }
  entry.tensor.type = *type;
  entry.offset = reader.value<std::uint64_t>("the offset of a tensor");
  entry.length = byte_length(entry.tensor, reader);
  return entry;
}

std::size_t read_alignment(const GgufMetadata& metadata) {
  constexpr std::size_t usual = 32;
  const std::size_t alignment = metadata.count("general.alignment", largest_alignment, usual);
  if (alignment % 8 != 0) metadata.fail(fmt::format("general.alignment is {}, not a multiple of 8", alignment));
  return alignment;
}

void place(Entry& entry, std::span<const std::byte> data, std::size_t alignment, const ByteReader& reader) {
  const std::string name = in_quotes(entry.tensor.name);
  if (entry.offset % alignment != 0) {
    reader.fail(
        fmt::format("tensor {} begins at byte {} of the data, not a multiple of {}", name, entry.offset, alignment));
  }
  if (entry.offset > data.size() || entry.length > data.size() - entry.offset) {
    reader.fail(fmt::format("tensor {} has {} bytes at {} of {} bytes of data: the file is cut short", name,
                            entry.length, entry.offset, data.size()));
  }
  entry.tensor.bytes = data.subspan(entry.offset, entry.length);
}

void check_distinct(const std::vector<Entry>& entries, const ByteReader& reader) {
  std::set<std::string_view> names;
  std::vector<const Entry*> order;
  for (const Entry& entry : entries) {
    order.push_back(&entry);
    if (!names.insert(entry.tensor.name).second) {
      reader.fail(fmt::format("tensor {} is there twice", in_quotes(entry.tensor.name)));
    }
  }
  std::sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) { return a->offset < b->offset; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (order[i - 1]->offset + order[i - 1]->length <= order[i]->offset) continue;
    reader.fail(fmt::format("tensors {} and {} overlap", in_quotes(order[i - 1]->tensor.name),
                            in_quotes(order[i]->tensor.name)));
  }
}

/// What follows the tables, from the next multiple of the alignment on.
std::span<const std::byte> rest(ByteReader& reader, std::size_t alignment) {
  const std::size_t padding = (alignment - reader.position() % alignment) % alignment;
  reader.take(std::min(padding, reader.remaining()), "padding");
  return reader.take(reader.remaining(), "data");
}

}  // namespace

Gguf read_gguf(std::span<const std::byte> bytes, const std::string& file) {
  constexpr std::size_t least_key = 8 + 1 + 4 + 1, least_tensor = 8 + 1 + 4 + 8 + 4 + 8;
  ByteReader reader(bytes, file, remedy);
  read_magic(reader);
  const std::uint64_t tensors = reader.count(least_tensor, "the number of tensors");
  const std::uint64_t keys = reader.count(least_key, "the number of metadata keys");
  Gguf gguf{.metadata = read_metadata(reader, keys, file), .tensors = {}, .storage = nullptr};
  std::vector<Entry> entries;
  for (std::uint64_t i = 0; i < tensors; ++i) entries.push_back(read_entry(reader));
  const std::size_t alignment = read_alignment(gguf.metadata);
  const std::span<const std::byte> data = rest(reader, alignment);
  for (Entry& entry : entries) place(entry, data, alignment, reader);
  check_distinct(entries, reader);
  for (Entry& entry : entries) gguf.tensors.push_back(std::move(entry.tensor));
  return gguf;
}

Tensor to_tensor(const GgufTensor& entry, const std::string& file) {
  if (entry.type.read_as) return {*entry.type.read_as, entry.shape, entry.bytes.data()};
  throw DataError(
      fmt::format("{}: tensor {} is stored as {}, which is not read", file, in_quotes(entry.name), entry.type.name),
      fmt::format("take a file with other types; {} are read", names_of_read_ggml_types()));
}

Gguf open_gguf(const std::filesystem::path& path) {
  const auto file = std::make_shared<const MappedFile>(path);
  Gguf gguf = read_gguf(file->bytes(), path.string());
  gguf.storage = file;
  return gguf;
}

}  // namespace snnsim::models
