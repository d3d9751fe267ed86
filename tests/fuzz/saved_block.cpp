// A block of a quantized model whose length and hash are as written: what is accepted has every matrix, finite positive
// scales and steps, ranges around 0, and integers that are for these steps.
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "models/checkpoint/llama2c.hpp"
#include "models/checkpoint/xxh3.hpp"
#include "models/quantization/saved_blocks.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace {

using namespace snnsim;
using namespace snnsim::models;

/// The model whose block it should be: hidden 4, intermediate 6, 2 heads of 2, 1 for keys and values.
std::shared_ptr<const DenseModel> dense_model() {
  const std::filesystem::path corpus = std::filesystem::path(SNNSIM_SOURCE_DIR) / "tests" / "fuzz" / "corpus";
  return std::make_shared<const DenseModel>(
      std::make_shared<const Checkpoint>(open_llama2c(corpus / "llama2c" / "seed_tied")));
}

/// A folder of this process that goes with it.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / fmt::format("snnsim_fuzz_{}", ::getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write_block(std::span<const std::byte> bytes) const {
    std::ofstream(path_ / "block_00000.safetensors", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    std::ofstream(path_ / "block_00000.json")
        << fmt::format(R"({{"bytes": {}, "xxh3": "{}"}})", bytes.size(), xxh3(bytes));
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void require_positive(const std::vector<float>& values, const char* what) {
  for (const float value : values) tests::require(std::isfinite(value) && value > 0, what);
}

void check_matrix(const QuantizedBlock& block, MatrixName name) {
  const WeightMatrix& matrix = block.matrix(name);
  tests::require(matrix.floating != nullptr, "every matrix is there");
  std::vector<float> row(matrix.floating->in());
  for (std::size_t i = 0; i < matrix.floating->out(); ++i) matrix.floating->read_row(i, row.data());
  require_positive(matrix.scale, "scales are positive");
  require_positive(matrix.input_scale, "scales of inputs are positive");
  if (block.integer_product(name))
    tests::require(matrix.fits(at(block.sites, input_of(name))->step), "the integers are for the steps");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  static const std::shared_ptr<const DenseModel> dense = dense_model();
  folder.write_block(tests::bytes_of(data, size));
  return tests::attempt([&] {
    const QuantizedBlock block = SavedBlocks(folder.path(), dense).read(0);
    for (const MatrixName name : kAllMatrices) check_matrix(block, name);
    for (const auto& site : block.sites) {
      if (!site) continue;
      require_positive(site->step, "steps are positive");
      tests::require(site->range.low <= 0 && site->range.high > 0, "0 is a level");
    }
  });
}
