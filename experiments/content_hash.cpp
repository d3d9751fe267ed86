#include "experiments/content_hash.hpp"

#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <xxhash.h>

#include "core/error.hpp"
#include "experiments/energy_table.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/field.hpp"
#include "experiments/json_source.hpp"
#include "experiments/network/network_file.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;

/// Raised when a change of the program changes the numbers that the same experiment gives.
constexpr int results_format = 7;

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t read_whole = 64 * mebibyte;
constexpr std::uint64_t pieces = 17;

std::string hex(XXH64_hash_t hash) {
  return fmt::format("{:016x}", hash);
}

std::string hash_of(std::string_view text) {
  return hex(XXH3_64bits(text.data(), text.size()));
}

struct Hasher {
  XXH3_state_t* state = XXH3_createState();
  Hasher() { XXH3_64bits_reset(state); }
  ~Hasher() { XXH3_freeState(state); }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  void add(const void* bytes, std::size_t size) { XXH3_64bits_update(state, bytes, size); }
  std::string digest() const { return hex(XXH3_64bits_digest(state)); }
};

void add_piece(Hasher& hasher, std::ifstream& in, std::uint64_t offset, std::uint64_t length) {
  std::vector<char> buffer(mebibyte);
  in.seekg(static_cast<std::streamoff>(offset));
  while (length > 0 && in) {
    in.read(buffer.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(length, buffer.size())));
    hasher.add(buffer.data(), static_cast<std::size_t>(in.gcount()));
    length -= static_cast<std::uint64_t>(in.gcount());
  }
}

std::string fingerprint_of_file(const fs::path& file, const std::string& key) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in)
    throw DataError(fmt::format("{}: cannot be read", file.string()), fmt::format("check the path in {}", key));
  Hasher hasher;
  if (size <= read_whole) {
    add_piece(hasher, in, 0, size);
  } else {
    for (std::uint64_t i = 0; i < pieces; ++i) add_piece(hasher, in, (size - mebibyte) * i / (pieces - 1), mebibyte);
  }
  return fmt::format("{}:{}", size, hasher.digest());
}

bool is_llama2c_tokenizer(const fs::path& file) {
  const std::string name = file.filename().string();
  return file.extension() == ".bin" && name.starts_with("tok");
}

/// The files that stand for `path`, by name.
std::vector<fs::path> files_of(const fs::path& path, bool tokenizer_beside) {
  const bool folder = fs::is_directory(path);
  std::vector<fs::path> files;
  if (!folder) files.push_back(path);
  if (!folder && !tokenizer_beside) return files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder ? path : path.parent_path())) {
    const fs::path extension = entry.path().extension();
    const bool wanted = folder ? extension == ".json" || extension == ".safetensors"
                               : is_llama2c_tokenizer(entry.path()) && entry.path() != path;
    if (wanted && entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string fingerprint(const fs::path& path, const std::string& key, bool tokenizer_beside) {
  if (!fs::exists(path))
    throw DataError(fmt::format("{}: not found", path.string()), fmt::format("check the path in {}", key));
  const std::vector<fs::path> files = files_of(path, tokenizer_beside);
  if (files.empty())
    throw DataError(fmt::format("{}: holds no *.json or *.safetensors file", path.string()),
                    fmt::format("check the path in {}", key));
  if (files.size() == 1 && files[0] == path) return fingerprint_of_file(path, key);
  std::string all;
  for (const fs::path& file : files) {
    const std::string name = file == path ? "" : file.filename().string();
    all += fmt::format("{}={};", name, fingerprint_of_file(file, key));
  }
  return hash_of(all);
}

struct Input {
  std::string key;  // dotted
  fs::path path;
  bool may_be_missing = false;
};

/// Every file that a section names, found through its fields.
class InputCollector {
 public:
  std::vector<Input> inputs;

  template <Section T>
  void collect(const std::string& key, const T& section) {
    T::fields([&](std::string_view name, auto member, const Rule&) { collect(child(key, name), section.*member); });
  }
  template <class T>
  void collect(const std::string& key, const std::vector<T>& list) {
    for (std::size_t i = 0; i < list.size(); ++i) collect(child(key, i), list[i]);
  }
  void collect(const std::string& key, const fs::path& path) {
    if (!path.empty()) inputs.push_back({key, path});
  }
  void collect(const std::string& key, const PerplexityTask& task) {
    if (!task.text.empty()) inputs.push_back({child(key, "text"), task.text, task.needs_shard()});
  }
  void collect(const std::string& key, const TableName& table) { inputs.push_back({key, find_energy_table(table)}); }
  template <class T>
  void collect(const std::string&, const T&) {}
};

template <Section T>
std::vector<std::pair<Input, std::string>> fingerprints(const T& description, bool finds_tokenizer,
                                                        Fingerprints* known = nullptr) {
  InputCollector collector;
  collector.collect("", description);
  Fingerprints fresh;
  Fingerprints& prints = known != nullptr ? *known : fresh;
  std::vector<std::pair<Input, std::string>> out;
  for (const Input& input : collector.inputs) {
    const bool missing = input.may_be_missing && !fs::exists(input.path);
    const bool tokenizer_beside = input.key == "model.checkpoint" && finds_tokenizer;
    std::string& print = prints[{input.path, tokenizer_beside}];
    if (print.empty() && !missing) print = fingerprint(input.path, input.key, tokenizer_beside);
    out.emplace_back(input, missing ? "missing" : print);
  }
  return out;
}

nlohmann::json::json_pointer pointer(std::string dotted) {
  std::ranges::replace(dotted, '.', '/');
  return nlohmann::json::json_pointer("/" + dotted);
}

template <Section T>
std::string content_hash_of(const T& description, bool finds_tokenizer, Fingerprints* known = nullptr) {
  nlohmann::json resolved = to_json(description);  // json, not ordered_json: sorted keys
  for (const char* key : {"name", "sweep"}) resolved.erase(key);
  resolved["results_format"] = results_format;
  for (const auto& [input, print] : fingerprints(description, finds_tokenizer, known))
    resolved[pointer(input.key)] = print;
  return hash_of(resolved.dump()).substr(0, 8);
}

}  // namespace

std::string content_hash(const Experiment& experiment) {
  return content_hash_of(experiment, experiment.model.tokenizer.empty());
}

std::string content_hash(const Experiment& experiment, Fingerprints& known) {
  return content_hash_of(experiment, experiment.model.tokenizer.empty(), &known);
}

std::string hash_of_list(std::span<const std::string> parts) {
  std::string all;
  for (const std::string& part : parts) all += part + "\n";
  return hash_of(all).substr(0, 8);
}

std::string content_hash(const NetworkDescription& network) {
  return content_hash_of(network, false);
}

std::string checkpoint_hash(const Experiment& experiment) {
  return fingerprint(experiment.model.checkpoint, "model.checkpoint", false);
}

nlohmann::ordered_json input_hashes(const Experiment& experiment) {
  auto out = nlohmann::ordered_json::object();
  for (const auto& [input, print] : fingerprints(experiment, experiment.model.tokenizer.empty()))
    out[input.key] = {{"path", input.path.string()}, {"xxh3", print}};
  return out;
}

}  // namespace snnsim::experiments
