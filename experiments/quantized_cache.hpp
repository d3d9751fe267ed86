#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "models/quantization/quantizer.hpp"

namespace snnsim::experiments {

/// How a quantized model came about.
struct QuantizedSource {
  std::string key;           // names its folder; empty: it is not kept
  std::size_t loaded = 0;    // blocks that were not quantized but loaded
  std::size_t computed = 0;  // the others
};

/// Quantized models that are kept on disk, each in <folder>/<key>/: quantized.json (quantized_inputs()) and its blocks
/// (models::SavedBlocks). A model is written block by block to <key>.partial-<host>-<process> and renamed when it is
/// whole; who comes second drops its own. A partial one that no process holds any more is continued. What is damaged is
/// quantized again. Folders that no process uses may be deleted.
class QuantizedCache {
 public:
  using Tell = std::function<void(const std::string& line)>;
  /// Makes the model with what the store finds and keeps.
  using Make = std::function<models::QuantizedModel(const models::BlockStore&)>;

  /// An empty folder: nothing is kept. `fresh`: nothing that is there is used.
  explicit QuantizedCache(std::filesystem::path folder = {}, bool fresh = false)
      : folder_(std::move(folder)), fresh_(fresh) {}

  bool keeps() const { return !folder_.empty(); }
  /// The model of these inputs, loaded memory-mapped or made and kept. `dense`: in the coordinates in which it is
  /// quantized. That something is damaged or cannot be written is told in a line and is no error.
  models::QuantizedModel get(const nlohmann::ordered_json& inputs,
                             const std::shared_ptr<const models::DenseModel>& dense, const Make& make, const Tell& tell,
                             QuantizedSource& source) const;
  /// A small result of these inputs, kept as <folder>/<key>.<what>.json or made. One that cannot be read is made again,
  /// one that cannot be written is not kept.
  nlohmann::ordered_json recall(std::string_view what, const nlohmann::ordered_json& inputs,
                                const std::function<nlohmann::ordered_json()>& make) const;

 private:
  std::filesystem::path folder_;
  bool fresh_;
};

}  // namespace snnsim::experiments
