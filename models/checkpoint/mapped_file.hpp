#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace snnsim::models {

/// A file mapped read-only for as long as the object lives. Throws DataError when the path is missing, is not a regular
/// file, cannot be read, or is empty.
class MappedFile {
 public:
  explicit MappedFile(std::filesystem::path path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::filesystem::path path_;
  std::span<const std::byte> bytes_;
};

}  // namespace snnsim::models
