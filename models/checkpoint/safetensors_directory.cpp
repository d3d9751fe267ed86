#include "models/checkpoint/safetensors_directory.hpp"

#include <set>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/json_fields.hpp"

namespace snnsim::models {
namespace {

constexpr const char* index_name = "model.safetensors.index.json";
constexpr const char* single_name = "model.safetensors";
constexpr const char* remedy = "fetch the checkpoint again with all of its files";

bool is_plain_name(std::string_view file) {
  constexpr std::string_view separators("/\n\0", 3);
  return !file.empty() && file.front() != '.' && file.find_first_of(separators) == std::string_view::npos;
}

[[noreturn]] void fail_without_shard(const std::string& shard, const std::string& file, const ShardIndex& index) {
  std::vector<std::string> held;
  for (const auto& [tensor, holder] : index) {
    if (holder == shard) held.push_back(tensor);
  }
  throw DataError(fmt::format("{} is missing; it holds {} tensors, from {} to {}", file, held.size(),
                              in_quotes(held.front()), in_quotes(held.back())),
                  remedy);
}

void check_holds_what_the_index_says(const TensorMap& tensors, const std::string& shard, const std::string& file,
                                     const ShardIndex& index) {
  for (const auto& [tensor, holder] : index) {
    if (holder != shard || tensors.contains(tensor)) continue;
    throw DataError(fmt::format("{}: tensor {} is missing, which {} places here", file, in_quotes(tensor), index_name),
                    remedy);
  }
}

}  // namespace

ShardIndex read_shard_index(std::string_view text, const std::string& file) {
  const nlohmann::json json = parse_json(text, file, remedy);
  const JsonFields fields(json, file, remedy);
  const nlohmann::json& weights = fields.at("weight_map");
  if (!weights.is_object() || weights.empty()) fields.fail("weight_map is missing or empty");
  ShardIndex index;
  for (const auto& [tensor, shard] : weights.items()) {
    const std::string name = shard.is_string() ? shard.get<std::string>() : "";
    if (!is_plain_name(name)) {
      fields.fail(
          fmt::format("the file of tensor {} is {}, not a plain file name", in_quotes(tensor), in_quotes(name)));
    }
    index.emplace(tensor, name);
  }
  return index;
}

bool SafetensorsDirectory::has(const std::string& file) const {
  std::error_code ignored;
  return std::filesystem::exists(folder_ / file, ignored);
}

std::shared_ptr<const MappedFile> SafetensorsDirectory::map(const std::string& file) {
  files.push_back(folder_ / file);
  return std::make_shared<const MappedFile>(folder_ / file);
}

TensorMap SafetensorsDirectory::tensors() {
  if (has(index_name)) return tensors_of_shards();
  if (has(single_name)) return tensors_of(single_name);
  throw DataError(fmt::format("{}: neither {} nor {} is there", folder_.string(), single_name, index_name),
                  "give a directory with safetensors weights; convert other formats with Hugging Face's "
                  "save_pretrained(safe_serialization=True)");
}

TensorMap SafetensorsDirectory::tensors_of(const std::string& file) {
  const auto mapped = map(file);
  storage.push_back(mapped);
  return read_safetensors(mapped->bytes(), mapped->path().string());
}

TensorMap SafetensorsDirectory::tensors_of_shards() {
  const auto index_file = map(index_name);
  const ShardIndex index = read_shard_index(index_file->text(), index_file->path().string());
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : index) shards.insert(shard);
  TensorMap all;
  for (const std::string& shard : shards) {
    if (!has(shard)) fail_without_shard(shard, name(shard), index);
    TensorMap tensors = tensors_of(shard);
    check_holds_what_the_index_says(tensors, shard, name(shard), index);
    all.merge(tensors);
    if (tensors.empty()) continue;
    const std::string& twice = tensors.begin()->first;
    throw DataError(fmt::format("{}: tensor {} is in another shard too", name(shard), in_quotes(twice)), remedy);
  }
  return all;
}

}  // namespace snnsim::models
