#include "models/checkpoint/safetensors_directory.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "models/checkpoint/write_safetensors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {
namespace {

constexpr const char* two_shards =
    R"({"weight_map": {"a": "1.safetensors", "b": "1.safetensors", "c": "2.safetensors"}})";

class Shards : tests::ScratchFolder {
 public:
  /// A shard in which each tensor is one float.
  void write(const std::string& file, std::initializer_list<const char*> names) const {
    const auto bytes = to_bytes(std::vector<float>{1}, DataType::f32);
    std::vector<NamedTensor> tensors;
    for (const char* name : names) tensors.push_back({name, {DataType::f32, {1}, bytes.data()}});
    write_safetensors(path() / file, tensors);
  }
  void write_index(std::string_view text) const { std::ofstream(path() / "model.safetensors.index.json") << text; }
  TensorMap read() const {
    SafetensorsDirectory directory(path());
    TensorMap tensors = directory.tensors();
    for (const auto& [name, tensor] : tensors) CHECK(tensor.read() == std::vector<float>{1});
    return tensors;
  }
  std::string complaint() const {
    const std::string cause = tests::complaint([&] { read(); });
    return cause.starts_with(path().string()) ? cause.substr(path().string().size()) : cause;
  }
};

std::string index_complaint(const char* text) {
  return tests::complaint([&] { read_shard_index(text, "i"); });
}

}  // namespace

TEST_CASE("the shards of an index are read together") {
  const Shards shards;
  shards.write_index(two_shards);
  shards.write("1.safetensors", {"a", "b"});
  shards.write("2.safetensors", {"c", "d"});
  CHECK(shards.read().size() == 4);
}

TEST_CASE("a missing shard is named with its tensors") {
  const Shards shards;
  shards.write_index(two_shards);
  shards.write("2.safetensors", {"c"});
  CHECK(shards.complaint() == "/1.safetensors is missing; it holds 2 tensors, from 'a' to 'b'");
}

TEST_CASE("shards that are not what the index says") {
  const Shards shards;
  shards.write_index(two_shards);
  shards.write("1.safetensors", {"a", "x"});
  shards.write("2.safetensors", {"c"});
  CHECK(shards.complaint() == "/1.safetensors: tensor 'b' is missing, which model.safetensors.index.json places here");
  shards.write("1.safetensors", {"a", "b"});
  shards.write("2.safetensors", {"c", "a"});
  CHECK(shards.complaint() == "/2.safetensors: tensor 'a' is in another shard too");
}

TEST_CASE("a folder without weights") {
  CHECK(Shards().complaint() == ": neither model.safetensors nor model.safetensors.index.json is there");
}

TEST_CASE("an index can only name files beside it") {
  CHECK(index_complaint("{}") == "i: weight_map is missing or empty");
  CHECK(index_complaint(R"({"weight_map": {}})") == "i: weight_map is missing or empty");
  CHECK(index_complaint(R"({"weight_map": ["a"]})") == "i: weight_map is missing or empty");
  CHECK(index_complaint(R"({"weight_map": {"a": 1}})") == "i: the file of tensor 'a' is '', not a plain file name");
  for (const char* file : {"../x", "/etc/x", "sub/x", "..", ".x", "", "x\\ny", "x\\u0000"})
    CHECK_MESSAGE(index_complaint((R"({"weight_map": {"a": ")" + std::string(file) + "\"}}").c_str()) != "accepted",
                  file);
}

}  // namespace snnsim::models
