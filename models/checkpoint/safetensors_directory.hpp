#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/checkpoint/mapped_file.hpp"
#include "models/checkpoint/safetensors.hpp"

namespace snnsim::models {

/// Which file holds which tensor.
using ShardIndex = std::map<std::string, std::string>;

/// The index in the text of a model.safetensors.index.json; files are plain names. Throws DataError.
ShardIndex read_shard_index(std::string_view text, const std::string& file);

/// A folder that holds model.safetensors, or the shards that model.safetensors.index.json names. What has been read
/// from it stays mapped as long as `storage` is kept.
class SafetensorsDirectory {
 public:
  explicit SafetensorsDirectory(std::filesystem::path folder) : folder_(std::move(folder)) {}

  bool has(const std::string& file) const;
  std::string name(const std::string& file) const { return (folder_ / file).string(); }
  std::shared_ptr<const MappedFile> map(const std::string& file);
  /// The tensors of all shards. Throws DataError that names a missing shard and what it holds.
  TensorMap tensors();

  std::vector<std::filesystem::path> files;  // in the order of reading
  std::vector<std::shared_ptr<const void>> storage;

 private:
  TensorMap tensors_of(const std::string& file);
  TensorMap tensors_of_shards();

  std::filesystem::path folder_;
};

}  // namespace snnsim::models
