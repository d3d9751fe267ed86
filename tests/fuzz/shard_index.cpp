// A model.safetensors.index.json: it cannot name a file outside its folder.
#include "models/checkpoint/safetensors_directory.hpp"
#include "tests/fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] {
    for (const auto& [tensor, file] : models::read_shard_index(tests::text_of(data, size), "input")) {
      tests::require(!file.empty() && std::filesystem::path(file).filename() == file, "a plain file name");
      tests::require(file != "." && file != "..", "a file, not a folder");
    }
  });
}
