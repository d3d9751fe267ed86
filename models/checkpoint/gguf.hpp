#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/checkpoint/ggml_type.hpp"
#include "models/checkpoint/gguf_metadata.hpp"
#include "models/checkpoint/mapped_file.hpp"

namespace snnsim::models {

/// An entry of a GGUF file's tensor table, with its numbers as they are stored.
struct GgufTensor {
  std::string name;
  GgmlType type;
  std::vector<std::size_t> shape;  // slowest first, as everywhere here; the file lists the fastest first
  std::span<const std::byte> bytes;
};

/// The numbers of an entry. Throws DataError, with the types that are read, for another one; `file` is for messages.
Tensor to_tensor(const GgufTensor& entry, const std::string& file);

/// Metadata and tensor table of a GGUF file; views into its bytes.
struct Gguf {
  GgufMetadata metadata;
  std::vector<GgufTensor> tensors;            // in the order of the file
  std::shared_ptr<const MappedFile> storage;  // keeps the mapping alive; null when the bytes are the caller's
};

/// Reads a GGUF file of version 2 or 3 (little-endian). Every length, count and offset is checked before it is used:
/// keys and tensor names are unique, tensors lie inside the file at multiples of general.alignment, do not overlap, and
/// are as long as their shapes say. A vocabulary without tensors is fine. `file` is for messages only.
/// Throws DataError. Format: the GGUF specification of the ggml project.
Gguf read_gguf(std::span<const std::byte> bytes, const std::string& file);

/// The same of a file, which stays mapped; nothing but header and tables is touched.
Gguf open_gguf(const std::filesystem::path& path);

}  // namespace snnsim::models
