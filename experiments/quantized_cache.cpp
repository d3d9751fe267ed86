#include "experiments/quantized_cache.hpp"

#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "experiments/machine.hpp"
#include "experiments/quantized_inputs.hpp"
#include "experiments/run_lock.hpp"
#include "models/quantization/saved_blocks.hpp"

namespace snnsim::experiments {

namespace {

namespace fs = std::filesystem;

constexpr const char* description_name = "quantized.json";

/// The folder holds a model, or a part of it, of this description.
bool describes(const fs::path& folder, const std::string& description) {
  try {
    return read_file(folder / description_name) == description;
  } catch (const DataError&) {
    return false;
  }
}

void remove_quietly(const fs::path& folder) {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

/// The folder of one model on its way from partial to whole.
class Entry {
 public:
  Entry(const fs::path& folder, const nlohmann::ordered_json& inputs, const QuantizedCache::Tell& tell)
      : whole_(folder / quantized_key(inputs)), description_(inputs.dump(2) + "\n"), tell_(tell) {}

  std::string key() const { return whole_.filename().string(); }

  /// All blocks, or nothing when the model is not there or a part of it is damaged.
  std::optional<std::vector<models::QuantizedBlock>> load(const std::shared_ptr<const models::DenseModel>& dense) {
    std::error_code ignored;
    if (!fs::exists(whole_, ignored)) return std::nullopt;
    try {
      if (!describes(whole_, description_)) throw DataError(whole_.string() + ": is another model", "");
      const models::SavedBlocks saved(whole_, dense);
      std::vector<models::QuantizedBlock> blocks;
      for (std::size_t k = 0; k < dense->config().blocks; ++k) blocks.push_back(saved.read(k));
      return blocks;
    } catch (const DataError& error) {
      tell_(fmt::format("a kept quantized model is damaged, what is missing is quantized again: {}", error.what()));
      return std::nullopt;
    }
  }

  /// A partial folder, held by this process: what is left of a whole one, one that nobody continues, or a new one.
  /// Throws an Error.
  void claim(bool fresh) {
    make_folder(whole_.parent_path());
    std::error_code ignored;
    fs::rename(whole_, free_name(partial_prefix()), ignored);
    for (const fs::path& folder : partial_folders())
      if (take(folder, fresh)) return;
    take_new();
  }

  const fs::path& partial() const { return partial_; }

  /// The partial folder becomes the whole one, unless another process was first.
  void finish() {
    lock_->release();
    std::error_code error;
    fs::rename(partial_, whole_, error);
    if (error) abandon();
  }
  void abandon() {
    remove_quietly(partial_);
    std::error_code ignored;
    fs::remove(whole_.parent_path(), ignored);  // if it is empty
  }

 private:
  std::string partial_prefix() const { return whole_.string() + ".partial-"; }

  /// A new folder may be taken by another process before it is locked: then another one.
  void take_new() {
    constexpr int attempts = 10;
    for (int i = 0; lock_ == nullptr; ++i) {
      partial_ = make_folder(free_name(partial_prefix()));
      try {
        lock_ = std::make_unique<RunLock>(partial_);
      } catch (const Error&) {
        if (i == attempts) throw;
      }
    }
    write_file(partial_ / description_name, description_);
  }

  /// A name that tells this process's folder from others'.
  static fs::path free_name(const std::string& prefix) {
    std::string name = fmt::format("{}{}-{}", prefix, host_name(), ::getpid());
    while (fs::exists(name)) name += "-";
    return name;
  }

  std::vector<fs::path> partial_folders() const {
    std::vector<fs::path> found;
    for (const fs::directory_entry& entry : fs::directory_iterator(whole_.parent_path()))
      if (entry.path().string().starts_with(partial_prefix())) found.push_back(entry.path());
    return found;
  }

  /// False when the folder is another process's, or holds nothing to continue; then it is gone.
  bool take(const fs::path& folder, bool fresh) {
    try {
      auto lock = std::make_unique<RunLock>(folder);
      std::error_code ignored;
      if (!fs::exists(folder, ignored)) return false;  // was finished meanwhile
      if (fresh || !describes(folder, description_)) {
        remove_quietly(folder);
        return false;
      }
      lock_ = std::move(lock);
      partial_ = folder;
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  fs::path whole_, partial_;
  std::string description_;
  const QuantizedCache::Tell& tell_;
  std::unique_ptr<RunLock> lock_;
};

/// Finds and keeps blocks in a partial folder.
class PartialStore {
 public:
  PartialStore(const fs::path& folder, std::shared_ptr<const models::DenseModel> dense,
               const QuantizedCache::Tell& tell, QuantizedSource& source)
      : saved_(folder, std::move(dense)), tell_(tell), source_(source) {}

  models::BlockStore store() {
    return {.find = [this](std::size_t k) { return find(k); },
            .keep = [this](std::size_t k, models::QuantizedBlock block) { return keep(k, std::move(block)); }};
  }
  /// Everything that was made was also kept.
  bool whole() const { return !failed_; }

 private:
  std::optional<models::QuantizedBlock> find(std::size_t k) {
    if (!saved_.has(k)) return std::nullopt;
    try {
      models::QuantizedBlock block = saved_.read(k);
      ++source_.loaded;
      return block;
    } catch (const DataError&) {  // was torn, or told of already
      return std::nullopt;
    }
  }

  models::QuantizedBlock keep(std::size_t k, models::QuantizedBlock block) {
    ++source_.computed;
    if (failed_) return block;
    try {
      saved_.write(k, block);
      return saved_.read(k);
    } catch (const DataError& error) {
      failed_ = true;
      tell_(fmt::format("the quantized model is not kept: {}", error.what()));
      return block;
    }
  }

  models::SavedBlocks saved_;
  const QuantizedCache::Tell& tell_;
  QuantizedSource& source_;
  bool failed_ = false;
};

models::QuantizedModel make_and_keep(Entry& entry, PartialStore& partial, const QuantizedCache::Make& make,
                                     QuantizedSource& source) {
  try {
    models::QuantizedModel model = make(partial.store());
    if (partial.whole()) {
      entry.finish();
      source.key = entry.key();
    } else {
      entry.abandon();
    }
    return model;
  } catch (const Error&) {  // again the next time: nothing to continue
    entry.abandon();
    throw;
  }
}

}  // namespace

nlohmann::ordered_json QuantizedCache::recall(std::string_view what, const nlohmann::ordered_json& inputs,
                                              const std::function<nlohmann::ordered_json()>& make) const {
  if (folder_.empty()) return make();
  const fs::path file = folder_ / fmt::format("{}.{}.json", quantized_key(inputs), what);
  std::error_code ignored;
  if (!fresh_ && fs::exists(file, ignored)) {
    const auto kept = nlohmann::ordered_json::parse(read_file(file), nullptr, false);
    if (kept.is_object() && kept.contains("inputs") && kept.contains("result") && kept["inputs"] == inputs)
      return kept["result"];
  }
  nlohmann::ordered_json result = make();
  try {
    make_folder(folder_);
    write_shared_file(file, nlohmann::ordered_json{{"inputs", inputs}, {"result", result}}.dump(2) + "\n");
  } catch (const std::exception&) {  // it is made again the next time
  }
  return result;
}

models::QuantizedModel QuantizedCache::get(const nlohmann::ordered_json& inputs,
                                           const std::shared_ptr<const models::DenseModel>& dense, const Make& make,
                                           const Tell& tell, QuantizedSource& source) const {
  source = {};
  if (folder_.empty()) {
    source.computed = dense->config().blocks;
    return make({});
  }
  Entry entry(folder_, inputs, tell);
  if (!fresh_)
    if (auto blocks = entry.load(dense)) {
      source = {.key = entry.key(), .loaded = blocks->size()};
      tell("quantized model loaded: " + entry.key());
      return make({.find = [&](std::size_t k) { return std::move((*blocks)[k]); }, .keep = {}});
    }
  try {
    entry.claim(fresh_);
  } catch (const std::exception& error) {  // ours, or of the file system
    tell(fmt::format("the quantized model is not kept: {}", error.what()));
    source.computed = dense->config().blocks;
    return make({});
  }
  PartialStore partial(entry.partial(), dense, tell, source);
  return make_and_keep(entry, partial, make, source);
}

}  // namespace snnsim::experiments
