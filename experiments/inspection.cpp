#include "experiments/inspection.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/energy_table.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/files.hpp"
#include "experiments/network/network_file.hpp"
#include "experiments/network/network_inspection.hpp"
#include "experiments/recording/hdf5.hpp"
#include "experiments/report.hpp"
#include "experiments/stored_run.hpp"
#include "models/checkpoint/checkpoint.hpp"
#include "models/checkpoint/gguf.hpp"
#include "models/checkpoint/mapped_file.hpp"
#include "models/checkpoint/safetensors.hpp"
#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;

template <class T>
void line(std::string& out, std::string_view what, const T& value) {
  fmt::format_to(std::back_inserter(out), "  {:<16} {}\n", what, value);
}

void describe_tokenizer(const models::Tokenizer& tokenizer, const fs::path& file, std::string& out) {
  line(out, "tokenizer", fmt::format("{}, {}", file.string(), tokenizer.description()));
  line(out, "pieces", tokenizer.vocabulary_size());
  line(out, "bos, eos", fmt::format("{}, {}", tokenizer.bos(), tokenizer.eos()));
}

std::string inspect_checkpoint(const fs::path& path) {
  const models::Checkpoint checkpoint = models::open_checkpoint(path);
  const models::LlamaConfig& c = checkpoint.config;
  std::string out = fmt::format("{}: checkpoint ({})\n", path.string(), checkpoint.format);
  line(out, "parameters", checkpoint.parameters());
  line(out, "bytes", fmt::format("{} as {}", checkpoint.bytes(), checkpoint.data_types()));
  line(out, "blocks", c.blocks);
  line(out, "hidden", fmt::format("{}, intermediate {}", c.hidden_size, c.intermediate_size));
  line(out, "heads", fmt::format("{} of {}, {} for keys and values", c.heads, c.head_dim, c.kv_heads));
  line(out, "vocabulary", fmt::format("{}{}", c.vocabulary_size, c.tied_embeddings ? ", tied embeddings" : ""));
  line(out, "context", c.context_length);
  line(out, "rope",
       fmt::format("theta {}{}, epsilon of RMSNorm {}", c.rope_theta,
                   c.rope_divisors.empty() ? "" : " with scaled frequencies", c.rms_norm_epsilon));
  if (c.projection_biases) line(out, "biases", "of queries, keys and values");
  try {
    const fs::path tokenizer = models::find_tokenizer(path, {}, c.vocabulary_size);
    describe_tokenizer(*models::open_tokenizer(tokenizer, c.vocabulary_size), tokenizer, out);
  } catch (const DataError& error) {
    line(out, "tokenizer", error.what());
  }
  return out;
}

std::string inspect_safetensors(const fs::path& path) {
  const models::MappedFile file(path);
  const models::TensorMap tensors = models::read_safetensors(file.bytes(), path.string());
  std::string out = fmt::format("{}: safetensors, {} tensors\n", path.string(), tensors.size());
  for (const auto& [tensor, values] : tensors)
    line(out, models::name(values.type), fmt::format("{} [{}]", tensor, fmt::join(values.shape, ", ")));
  return out;
}

std::string inspect_gguf(const fs::path& path) {
  const models::Gguf gguf = models::open_gguf(path);
  if (!gguf.tensors.empty()) return inspect_checkpoint(path);
  std::string out = fmt::format("{}: GGUF without tensors\n", path.string());
  for (const auto& [key, value] : gguf.metadata.values()) line(out, key, gguf.metadata.describe(key));
  return out;
}

std::string inspect_tokenizer(const fs::path& path) {
  std::string out = fmt::format("{}: tokenizer\n", path.string());
  describe_tokenizer(*models::open_tokenizer(path, 0), path, out);
  return out;
}

std::string inspect_run(const fs::path& path) {
  const StoredRun run = read_stored_run(path);
  std::string out = fmt::format("{}: run directory of {} ({})\n", path.string(), run.experiment.name,
                                run.manifest.at("hash").get<std::string>());
  line(out, "finished", run.progress());
  line(out, "sessions", run.manifest.at("sessions").size());
  if (run.complete()) out += "\n" + report_summary(make_report(run)) + "\n";
  return out;
}

std::string inspect_experiment(const fs::path& path) {
  return fmt::format("{}: experiment\n{}\n", path.string(), to_json(read_experiment(path)).dump(2));
}

std::string inspect_energy_table(const fs::path& path) {
  const EnergyTable table = read_energy_table(path);
  std::string out = fmt::format("{}: energy table {}\n", path.string(), table.name);
  line(out, "title", table.title);
  line(out, "source", table.source);
  return out;
}

std::string inspect_report(const fs::path& path, const nlohmann::ordered_json& report) {
  try {
    return fmt::format("{}: report\n\n{}\n", path.string(), report_summary(report));
  } catch (const nlohmann::json::exception&) {
    throw DataError(fmt::format("{}: a report of another version, or a part of one", path.string()),
                    fmt::format("write it again: snnsim report {}", path.parent_path().string()));
  }
}

std::string inspect_configuration(const fs::path& path) {
  if (path.filename() == "config.json") return inspect_checkpoint(fs::absolute(path).parent_path());
  throw DataError(fmt::format("{}: the configuration of a checkpoint under another name", path.string()),
                  "give the folder that holds the checkpoint, its configuration named config.json");
}

/// By the keys that only one kind of file has; what is none of them is read as an experiment.
std::string inspect_json(const fs::path& path) {
  const auto json = nlohmann::ordered_json::parse(read_file(path), nullptr, false);
  const auto has = [&](std::initializer_list<const char*> keys) {
    return json.is_object() && std::ranges::all_of(keys, [&](const char* key) { return json.contains(key); });
  };
  if (has({"model"}) && json["model"].is_object() && json["model"].contains("vocab")) return inspect_tokenizer(path);
  if (has({"model_type"}) || has({"hidden_size"})) return inspect_configuration(path);
  if (has({"constants"})) return inspect_energy_table(path);
  if (has({"settings", "cause"})) return inspect_report(path, json);
  if (has({"sessions", "hash"})) return inspect_run(fs::absolute(path).parent_path());
  if (has({"settings", "projections"})) return inspect_network_run(fs::absolute(path).parent_path());
  if (is_network_file(path)) return inspect_network(path);
  return inspect_experiment(path);
}

}  // namespace

std::string inspection(const fs::path& path, const RasterChoice& choice) {
  if (fs::is_directory(path) && is_network_run(path)) return inspect_network_run(path);
  if (fs::is_directory(path)) return is_run_directory(path) ? inspect_run(path) : inspect_checkpoint(path);
  const std::string name = path.filename().string();
  if (name.ends_with(".h5") || hdf5::is_hdf5(path)) return inspect_spikes(path, choice);
  if (name.ends_with(".safetensors")) return inspect_safetensors(path);
  if (name.ends_with(".gguf")) return inspect_gguf(path);
  if (name.ends_with(".bin") && name.starts_with("tok")) return inspect_tokenizer(path);
  if (name.ends_with(".model")) return inspect_tokenizer(path);
  return name.ends_with(".json") ? inspect_json(path) : inspect_checkpoint(path);
}

}  // namespace snnsim::experiments
