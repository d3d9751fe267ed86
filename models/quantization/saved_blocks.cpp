#include "models/quantization/saved_blocks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <list>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "models/checkpoint/json_fields.hpp"
#include "models/checkpoint/mapped_file.hpp"
#include "models/checkpoint/mapped_pages.hpp"
#include "models/checkpoint/safetensors.hpp"
#include "models/checkpoint/write_safetensors.hpp"
#include "models/checkpoint/xxh3.hpp"

namespace snnsim::models {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kRemedy = "delete the folder: the model is quantized again";
constexpr std::array kTypes{DataType::f32, DataType::u8};
constexpr std::size_t kMostBytes = std::size_t{1} << 50U;
constexpr float kMostLevel = 32767;  // of counts in 16 bits

std::vector<std::size_t> packed_shape(std::size_t out, std::size_t in, WeightFormat format) {
  return {padded_outputs(out) / IntegerWeights::kTile, padded_inputs(in), column_bytes(format)};
}

constexpr std::array kFormats{WeightFormat::two_bits, WeightFormat::three_bits, WeightFormat::nibbles,
                              WeightFormat::six_bits, WeightFormat::bytes};

/// Integers in the fewest bits that hold them.
std::shared_ptr<const IntegerWeights> narrowed(const std::shared_ptr<const IntegerWeights>& weights) {
  const WeightFormat narrowest = weights->narrowest_format();
  return narrowest == weights->format() ? weights
                                        : std::make_shared<const IntegerWeights>(weights->repacked(narrowest));
}

/// The tensors of a block, levels first: they stay aligned, as all that need it are multiples of 64 bytes and come
/// before the others.
class BlockTensors {
 public:
  explicit BlockTensors(const QuantizedBlock& block) {
    for (const MatrixName matrix : kAllMatrices)
      if (const auto& integer = block.matrix(matrix).integer) {
        const IntegerWeights& weights = *levels_.emplace_back(narrowed(integer));
        tensors_.push_back({fmt::format("{}.levels", name(matrix)),
                            {DataType::u8, packed_shape(weights.out(), weights.in(), weights.format()),
                             reinterpret_cast<const std::byte*>(weights.packed().data())}});
      }
    std::ranges::stable_sort(tensors_, std::ranges::greater(), needs_alignment);
    for (const MatrixName matrix : kAllMatrices)
      if (block.matrix(matrix).integer) {
        add(fmt::format("{}.scale", name(matrix)), block.matrix(matrix).scale);
        if (const auto& scale = block.matrix(matrix).input_scale; !scale.empty())
          add(fmt::format("{}.input_scale", name(matrix)), scale);
      }
    for (const Site site : kAllSites) add(std::string(name(site)), at(block.sites, site));
    add("probs", block.probs);
    add(std::string(kFinalIn), block.final_in);
  }

  std::span<const NamedTensor> all() const { return tensors_; }

 private:
  static bool needs_alignment(const NamedTensor& levels) {
    return levels.tensor.shape.back() != column_bytes(WeightFormat::three_bits);
  }
  void add(std::string name, const std::vector<float>& values) {
    tensors_.push_back(
        {std::move(name), {DataType::f32, {values.size()}, reinterpret_cast<const std::byte*>(values.data())}});
  }

  void add(const std::string& site, const std::optional<ActivationQuantizer>& quantizer) {
    if (!quantizer) return;
    const LevelRange range = quantizer->range;
    numbers_.push_back({static_cast<float>(range.low), static_cast<float>(range.high)});
    add(site + ".range", numbers_.back());
    if (!quantizer->dynamic()) return add(site + ".step", quantizer->step);
    numbers_.push_back({static_cast<float>(quantizer->token_groups)});
    add(site + ".token_groups", numbers_.back());
  }

  std::vector<std::shared_ptr<const IntegerWeights>> levels_;
  std::vector<NamedTensor> tensors_;
  std::list<std::vector<float>> numbers_;
};

void write_text(const fs::path& path, const std::string& text) {
  const fs::path partial = path.string() + ".partial";
  std::ofstream out(partial, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code error;
  if (out) fs::rename(partial, path, error);
  if (!out || error)
    throw DataError(fmt::format("{}: cannot be written", path.string()),
                    "check the folder and the free space of its disk");
}

/// Reads the two files of one block.
class BlockReader {
 public:
  BlockReader(const fs::path& tensors, const fs::path& description, const LlamaConfig& config)
      : config_(config),
        description_(description),
        json_(parse_json(description_.text(), description.string(), kRemedy)),
        fields_(json_, description.string(), kRemedy),
        file_(std::make_shared<const MappedFile>(tensors)) {
    check_content();
    tensors_ = read_safetensors(file_->bytes(), name(), kTypes);
  }

  /// Without integers: not quantized.
  WeightMatrix matrix(MatrixName matrix, std::size_t out, std::size_t in) const {
    const auto levels = tensors_.find(fmt::format("{}.levels", models::name(matrix)));
    if (levels == tensors_.end()) return {};
    const Tensor& packed = levels->second;
    for (const WeightFormat format : kFormats)
      if (packed.type == DataType::u8 && packed.shape == packed_shape(out, in, format)) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(packed.bytes);
        if (reinterpret_cast<std::uintptr_t>(bytes) % IntegerWeights::alignment(format) != 0)
          fail(levels->first, "is not aligned");
        return integer_matrix(ready(IntegerWeights(out, in, format, bytes, file_)),
                              positive(fmt::format("{}.scale", models::name(matrix)), out), input_scale(matrix, in));
      }
    fail(levels->first, "has another shape than the model's");
  }

  /// A quantizer of so many steps, or a dynamic one of so many groups; 0: it cannot be dynamic.
  std::optional<ActivationQuantizer> site(const std::string& name, std::size_t steps, std::size_t groups) const {
    const bool dynamic = tensors_.contains(name + ".token_groups");
    if (!dynamic && !tensors_.contains(name + ".step")) return std::nullopt;
    const std::vector<float> range = floats(name + ".range", 2);
    for (const float level : range)
      if (!(std::abs(level) <= kMostLevel)) fail(name + ".range", "is out of bounds");
    if (!(range[0] <= 0 && range[1] > 0)) fail(name + ".range", "is no range around 0");
    const LevelRange levels{static_cast<std::int32_t>(range[0]), static_cast<std::int32_t>(range[1])};
    if (!dynamic) return ActivationQuantizer{levels, positive(name + ".step", steps)};
    if (groups == 0 || floats(name + ".token_groups", 1)[0] != static_cast<float>(groups))
      fail(name + ".token_groups", "are other groups than the model's");
    return ActivationQuantizer{levels, {}, groups};
  }

  /// The integers are for steps of other ratios.
  [[noreturn]] void refuse_steps(MatrixName matrix) const {
    fail(fmt::format("{}.input_scale", models::name(matrix)), "is not that of the steps of its input");
  }

 private:
  std::string name() const { return file_->path().string(); }

  [[noreturn]] void fail(const std::string& tensor, const char* what) const {
    throw DataError(fmt::format("{}: {} {}", name(), tensor, what), kRemedy);
  }

  /// In the mapped file, or where kernels are faster with another format, in memory.
  static std::shared_ptr<const IntegerWeights> ready(IntegerWeights stored) {
    const WeightFormat working = IntegerWeights::working_format(stored.out(), stored.in(), stored.format());
    return std::make_shared<const IntegerWeights>(working == stored.format() ? std::move(stored)
                                                                             : stored.repacked(working));
  }

  std::vector<float> input_scale(MatrixName matrix, std::size_t in) const {
    const std::string tensor = fmt::format("{}.input_scale", models::name(matrix));
    return tensors_.contains(tensor) ? positive(tensor, in) : std::vector<float>{};
  }

  std::vector<float> positive(const std::string& tensor, std::size_t size) const {
    std::vector<float> values = floats(tensor, size);
    for (const float value : values)
      if (!(value > 0 && std::isfinite(value))) fail(tensor, "holds a number that is not positive");
    return values;
  }

  void check_content() const {
    const std::size_t bytes = file_->bytes().size();
    if (bytes != fields_.count("bytes", kMostBytes) || xxh3(file_->bytes()) != fields_.text("xxh3", ""))
      throw DataError(fmt::format("{}: is not as it was written", name()), kRemedy);
  }

  std::vector<float> floats(const std::string& tensor, std::size_t size) const {
    const auto found = tensors_.find(tensor);
    if (found == tensors_.end()) fail(tensor, "is missing");
    if (found->second.type != DataType::f32 || found->second.shape != std::vector{size})
      fail(tensor, "has another shape than the model's");
    return found->second.read();
  }

  const LlamaConfig& config_;
  MappedFile description_;
  json json_;
  JsonFields fields_;
  std::shared_ptr<const MappedFile> file_;
  TensorMap tensors_;
};

}  // namespace

fs::path SavedBlocks::file(std::size_t k, const char* extension) const {
  return folder_ / fmt::format("block_{:05}.{}", k, extension);
}

bool SavedBlocks::has(std::size_t k) const {
  std::error_code ignored;
  return fs::exists(file(k, "json"), ignored);
}

void SavedBlocks::write(std::size_t k, const QuantizedBlock& block) const {
  const BlockTensors tensors(block);
  write_safetensors(file(k, "safetensors"), tensors.all(), {{"block", std::to_string(k)}});
  const MappedFile written(file(k, "safetensors"));
  const nlohmann::ordered_json description = {{"bytes", written.bytes().size()}, {"xxh3", xxh3(written.bytes())}};
  write_text(file(k, "json"), description.dump(2) + "\n");
}

QuantizedBlock SavedBlocks::read(std::size_t k) const {
  trim_mapped_pages();
  const BlockReader reader(file(k, "safetensors"), file(k, "json"), dense_->config());
  QuantizedBlock block;
  BlockFloats stored;  // made only when needed: those of a rotated model are large
  for (const MatrixName matrix : kAllMatrices) {
    const Tensor& shape = tensor(dense_->checkpoint().blocks[k], matrix);
    WeightMatrix& weights = at(block.matrices, matrix) = reader.matrix(matrix, shape.rows(), shape.columns());
    if (weights.integer) continue;
    if (!at(stored, matrix)) stored = dense_->weights(k);
    weights.floating = at(stored, matrix);
  }
  const LlamaConfig& config = dense_->config();
  for (const Site site : kAllSites)
    at(block.sites, site) = reader.site(std::string(name(site)), width(config, site), groups(config, site));
  block.probs = reader.site("probs", config.heads, 0);
  block.final_in = reader.site(std::string(kFinalIn), config.hidden_size, 1);
  for (const MatrixName matrix : kAllMatrices)
    if (block.integer_product(matrix) && !block.matrix(matrix).fits(at(block.sites, input_of(matrix))->step))
      reader.refuse_steps(matrix);
  return block;
}

void SavedBlocks::remove(std::size_t k) const {
  for (const char* extension : {"json", "safetensors"}) fs::remove(file(k, extension));
}

}  // namespace snnsim::models
