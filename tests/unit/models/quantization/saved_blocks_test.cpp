#include "models/quantization/saved_blocks.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "models/checkpoint/mapped_file.hpp"
#include "models/checkpoint/safetensors.hpp"
#include "models/quantization/quantizer.hpp"
#include "models/quantization/threshold_search.hpp"
#include "models/rotation/model_rotation.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/quantized_equal.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {
namespace {

namespace fs = std::filesystem;

struct Setting {
  WeightMethod weights;
  int weight_bits, activation_bits;
  Granularity granularity = Granularity::per_head;
  std::size_t group = RoundingGrid::kWholeRow;
};
constexpr Setting kSmall{WeightMethod::gptq, 4, 4}, kChannels{WeightMethod::gptq, 4, 4, Granularity::per_channel};
constexpr std::array kSettings{Setting{WeightMethod::rtn, 8, 8},
                               Setting{WeightMethod::rtn, 4, 6},
                               Setting{WeightMethod::rtn, 2, 8},
                               Setting{WeightMethod::rtn, 5, 8},
                               Setting{WeightMethod::rtn, 6, 6},
                               kSmall,
                               Setting{WeightMethod::gptq, 3, kBitsOff},
                               Setting{WeightMethod::rtn, kBitsOff, 8},
                               Setting{WeightMethod::rtn, kBitsOff, kBitsOff},
                               kChannels,
                               Setting{WeightMethod::awq, 3, 8, Granularity::per_head, 32},
                               Setting{WeightMethod::awq, 4, kBitsOff}};

QuantizedModel quantize_with(const std::shared_ptr<const DenseModel>& dense, const Setting& setting,
                             const BlockStore& store = {}) {
  const QuantizerOptions options{
      .weight_bits = setting.weight_bits,
      .activation_bits = setting.activation_bits,
      .weights = setting.weights,
      .group = setting.group,
      .granularity = setting.granularity,
      .activation_range = [&](std::string_view population) {
        return population.ends_with(".q") ? LevelRange{-5, 5} : signed_range(setting.activation_bits);
      }};
  std::vector<std::vector<TokenId>> calibration;
  for (const std::uint64_t seed : {7, 8, 9}) calibration.push_back(tests::random_tokens(dense->config(), 24, seed));
  return quantize(dense, calibration, options, {}, store);
}

std::shared_ptr<const DenseModel> stored_model() {
  return std::make_shared<const DenseModel>(tests::random_checkpoint(3));
}
std::shared_ptr<const DenseModel> rotated_model() {
  const auto checkpoint = tests::random_checkpoint(3);
  return std::make_shared<const DenseModel>(checkpoint, ModelRotation(checkpoint->config, 5));
}

QuantizedModel through_files(const QuantizedModel& model) {
  const tests::ScratchFolder folder;
  const SavedBlocks saved(folder.path(), model.dense);
  QuantizedModel read = model;
  for (std::size_t k = 0; k < model.blocks.size(); ++k) {
    saved.write(k, model.blocks[k]);
    read.blocks[k] = saved.read(k);
  }
  return read;
}

void check_survives_files(const QuantizedModel& model, std::size_t length) {
  const QuantizedModel read = through_files(model);
  CHECK(tests::equal(read, model));
  const std::vector<TokenId> tokens = tests::random_tokens(model.dense->config(), length, 11);
  CHECK(tests::output(read, tokens) == tests::output(model, tokens));
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace

TEST_CASE("what is read is what was written, bit for bit, in every setting and both coordinates") {
  for (const auto& dense : {stored_model(), rotated_model()})
    for (const Setting& setting : kSettings) {
      CAPTURE(setting.weight_bits);
      CAPTURE(setting.activation_bits);
      check_survives_files(quantize_with(dense, setting), 20);
    }
}

TEST_CASE("what is read is what was written: optional sites and dynamic steps") {
  for (const auto& dense : {stored_model(), rotated_model()})
    for (const Granularity granularity : {Granularity::per_head, Granularity::per_channel, Granularity::per_token}) {
      const QuantizerOptions options{.weight_bits = 3,
                                     .activation_bits = 6,
                                     .granularity = granularity,
                                     .keys = 40,
                                     .final_in = true,
                                     .activation_range = [](std::string_view population) {
                                       return population.ends_with(".probs") ? unsigned_range(6) : signed_range(6);
                                     }};
      const QuantizedModel model = quantize(dense, {tests::random_tokens(dense->config(), 24, 7)}, options);
      REQUIRE(model.blocks[0].probs.has_value());
      REQUIRE(!model.blocks[0].final_in.has_value());
      REQUIRE(model.blocks[1].final_in.has_value());
      check_survives_files(model, 20);
    }
}

TEST_CASE("groups of a dynamic step that are not the model's are refused") {
  const tests::ScratchFolder folder;
  const auto dense = stored_model();
  QuantizedBlock block = quantize_with(dense, {WeightMethod::rtn, 8, 8, Granularity::per_token}).blocks[0];
  at(block.sites, Site::k)->token_groups = 3;
  const SavedBlocks saved(folder.path(), dense);
  saved.write(0, block);
  const std::string cause = tests::complaint([&] { saved.read(0); });
  CHECK(cause.find("k.token_groups are other groups than the model's") != std::string::npos);
}

TEST_CASE("what is read is what was written: the bundled model") {
  const auto checkpoint = std::make_shared<const Checkpoint>(open_checkpoint(tests::bundled_model()));
  check_survives_files(quantize_with(std::make_shared<const DenseModel>(checkpoint), kSmall), 16);
}

TEST_CASE("what is read is what was written: stories260K") {
  if (!tests::have_assets()) return;
  const auto checkpoint =
      std::make_shared<const Checkpoint>(open_checkpoint(tests::assets() / "weights" / "stories260K.bin"));
  const auto dense = std::make_shared<const DenseModel>(checkpoint, ModelRotation(checkpoint->config, 2));
  for (const Setting& setting : kSettings) check_survives_files(quantize_with(dense, setting), 16);
}

TEST_CASE("weights of so many bits take so many in the file, the wider ones aligned") {
  const auto dense = stored_model();
  for (const auto& [bits, stored] : {std::pair{2, 2}, {3, 3}, {4, 4}, {5, 6}, {6, 6}, {7, 8}, {8, 8}}) {
    CAPTURE(bits);
    const tests::ScratchFolder folder;
    SavedBlocks(folder.path(), dense).write(0, quantize_with(dense, {WeightMethod::rtn, bits, kBitsOff}).blocks[0]);
    const MappedFile file(folder.path() / "block_00000.safetensors");
    const TensorMap tensors = read_safetensors(file.bytes(), "block", std::array{DataType::f32, DataType::u8});
    for (const MatrixName matrix : kAllMatrices) {
      const Tensor& levels = tensors.at(std::string(name(matrix)) + ".levels");
      CHECK(levels.shape.back() == static_cast<std::size_t>(8 * stored));
      if (stored != 3) CHECK(reinterpret_cast<std::uintptr_t>(levels.bytes) % 64 == 0);
    }
  }
}

TEST_CASE("quantizing goes on from the blocks that a store finds, and gives the same bits") {
  for (const auto& dense : {stored_model(), rotated_model()})
    for (const Setting& setting : kSettings)
      for (const std::size_t found : {0, 1}) {
        CAPTURE(setting.weight_bits);
        CAPTURE(found);
        const QuantizedModel expected = quantize_with(dense, setting);
        std::vector<std::size_t> kept;
        const BlockStore store{.find = [&](std::size_t k) -> std::optional<QuantizedBlock> {
                                 if (k != found) return std::nullopt;
                                 return expected.blocks[k];
                               },
                               .keep =
                                   [&](std::size_t k, QuantizedBlock block) {
                                     kept.push_back(k);
                                     return block;
                                   }};
        CHECK(tests::equal(quantize_with(dense, setting, store), expected));
        CHECK(kept == std::vector<std::size_t>{1 - found});
      }
}

TEST_CASE("with every block found nothing is computed") {
  const auto dense = stored_model();
  const QuantizedModel expected = quantize_with(dense, kSmall);
  const BlockStore store{.find = [&](std::size_t k) { return expected.blocks[k]; }, .keep = {}};
  const QuantizerOptions options{.weight_bits = 4, .activation_bits = 4, .activation_range = {}};
  CHECK(tests::equal(quantize(dense, {}, options, {}, store), expected));  // without any text
}

TEST_CASE("a damaged block is refused: any byte, a shorter file, none") {
  const tests::ScratchFolder folder;
  const auto dense = stored_model();
  const QuantizedModel model = quantize_with(dense, kSettings[1]);
  const SavedBlocks saved(folder.path(), dense);
  saved.write(1, model.blocks[1]);
  REQUIRE(saved.has(1));
  CHECK(!saved.has(0));
  CHECK_THROWS_AS(saved.read(0), DataError);
  for (const char* name : {"block_00001.safetensors", "block_00001.json"}) {
    const fs::path file = folder.path() / name;
    const std::string whole = content(file);
    const std::size_t stride = whole.size() / 40 + 1;
    for (std::size_t i = 0; i + 1 < whole.size(); i += stride) {
      std::string broken = whole;
      broken[i] = static_cast<char>(broken[i] ^ 0x15);
      write(file, broken);
      CAPTURE(i);
      CHECK_THROWS_AS(saved.read(1), DataError);
      write(file, whole.substr(0, i));
      CHECK_THROWS_AS(saved.read(1), DataError);
    }
    write(file, whole);
    CHECK(tests::equal(saved.read(1), model.blocks[1]));
  }
  saved.remove(1);
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a block of another shape is refused by name") {
  const tests::ScratchFolder folder;
  const auto dense = stored_model();
  SavedBlocks(folder.path(), dense).write(0, quantize_with(dense, kSettings[0]).blocks[0]);
  const auto bundled =
      std::make_shared<const DenseModel>(std::make_shared<const Checkpoint>(open_checkpoint(tests::bundled_model())));
  const std::string cause = tests::complaint([&] { SavedBlocks(folder.path(), bundled).read(0); });
  CHECK(cause.find("query.levels has another shape than the model's") != std::string::npos);
}

TEST_CASE("steps that the integers are not for are refused") {
  const tests::ScratchFolder folder;
  const auto dense = stored_model();
  QuantizedBlock block = quantize_with(dense, kChannels).blocks[0];
  at(block.sites, Site::mlp_in)->step[5] *= 2;
  const SavedBlocks saved(folder.path(), dense);
  saved.write(0, block);
  const std::string cause = tests::complaint([&] { saved.read(0); });
  CHECK(cause.find("gate.input_scale is not that of the steps of its input") != std::string::npos);
}

TEST_CASE("a folder that cannot be written") {
  const tests::ScratchFolder folder;
  const auto dense = stored_model();
  const SavedBlocks saved(folder.path() / "none", dense);
  CHECK_THROWS_AS(saved.write(0, quantize_with(dense, kSettings[0]).blocks[0]), DataError);
}

}  // namespace snnsim::models
