// Whatever is wrong with the input: one line of cause, one of remedy, the right exit code, and nothing left behind.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "models/checkpoint/mapped_file.hpp"
#include "models/checkpoint/safetensors.hpp"
#include "models/checkpoint/write_safetensors.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

/// A copy of the bundled model, texts and quick start, for a case to break.
struct Copy {
  ScratchFolder scratch;
  fs::path model = scratch.path() / "model", text = scratch.path() / "text.txt";

  Copy() {
    fs::copy(bundled_model(), model);
    write(text, read(source_dir() / "bundled" / "text" / "heldout.txt").substr(0, 3000));
    write(scratch.path() / "experiment.json", R"({
      "model": {"checkpoint": "model"},
      "quantization": {"calibration": {"text": "text.txt", "segments": 2, "length": 32}},
      "conversion": {"timesteps": 2},
      "evaluation": {"perplexity": [{"text": "text.txt", "segment": 32, "max_segments": 1}]}
    })");
  }

  void change_config(const char* key, const nlohmann::json& value) const {
    auto config = nlohmann::json::parse(read(model / "config.json"));
    config[key] = value;
    write(model / "config.json", config.dump());
  }

  /// Writes the weights anew, with `change` applied to the values of one tensor.
  void change_tensor(const std::string& name, const std::function<void(std::vector<float>&)>& change) const {
    std::vector<models::NamedTensor> tensors;
    std::vector<std::vector<std::byte>> storage;
    {
      const models::MappedFile file(model / "model.safetensors");
      for (const auto& [tensor, values] : models::read_safetensors(file.bytes(), "model")) {
        std::vector<float> numbers = values.read();
        if (tensor == name) change(numbers);
        storage.push_back(models::to_bytes(numbers, models::DataType::bf16));
        tensors.push_back({tensor, {models::DataType::bf16, values.shape, storage.back().data()}});
      }
    }
    models::write_safetensors(model / "model.safetensors", tensors);
  }

  /// Replaces text inside the header, keeping its length.
  void change_header(const std::string& from, const std::string& to) const {
    REQUIRE(from.size() == to.size());
    std::string bytes = read(model / "model.safetensors");
    const std::size_t at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    write(model / "model.safetensors", bytes.replace(at, from.size(), to));
  }
};

struct Case {
  const char* name;
  int exit_code;
  const char* cause;                               // is part of the first line
  std::function<std::string(const Copy&)> breaks;  // returns further words of the command line
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"missing checkpoint", 3, "no such checkpoint",
       [](const Copy& c) {
         fs::remove_all(c.model);
         return "";
       }},
      {"missing weights", 3, "model.safetensors",
       [](const Copy& c) {
         fs::remove(c.model / "model.safetensors");
         return "";
       }},
      {"missing tokenizer", 3, "no tokenizer beside the model",
       [](const Copy& c) {
         fs::remove(c.model / "tokenizer.json");
         fs::remove(c.model / "tokenizer.model");
         return "";
       }},
      {"missing text", 3, "text.txt",
       [](const Copy& c) {
         fs::remove(c.text);
         return "";
       }},
      {"missing experiment", 2, "cannot be read",
       [](const Copy& c) {
         fs::remove(c.scratch.path() / "experiment.json");
         return "";
       }},
      {"truncated safetensors", 3, "bytes of data",
       [](const Copy& c) {
         fs::resize_file(c.model / "model.safetensors", 1000000);
         return "";
       }},
      {"safetensors cut in its header", 3, "the header should be",
       [](const Copy& c) {
         fs::resize_file(c.model / "model.safetensors", 1000);
         return "";
       }},
      {"empty safetensors", 3, "empty",
       [](const Copy& c) {
         fs::resize_file(c.model / "model.safetensors", 0);
         return "";
       }},
      {"wrong dtype", 3, "F32, F16 and BF16",
       [](const Copy& c) {
         c.change_header(R"("dtype":"BF16")", R"("dtype":"I016")");
         return "";
       }},
      {"shape against config.json", 3, "config.json asks for",
       [](const Copy& c) {
         c.change_config("intermediate_size", 511);
         return "";
       }},
      {"more blocks than weights", 3, "is missing",
       [](const Copy& c) {
         c.change_config("num_hidden_layers", 7);
         return "";
       }},
      {"heads that do not divide", 3, "heads",
       [](const Copy& c) {
         c.change_config("num_key_value_heads", 4);
         return "";
       }},
      {"another architecture", 3, "model_type",
       [](const Copy& c) {
         c.change_config("model_type", "gpt2");
         return "";
       }},
      {"config.json that is no JSON", 3, "not JSON",
       [](const Copy& c) {
         write(c.model / "config.json", "{");
         return "";
       }},
      {"NaN weights", 3, "model.layers.3.mlp.up_proj.weight",
       [](const Copy& c) {
         c.change_tensor("model.layers.3.mlp.up_proj.weight",
                         [](auto& values) { values[77] = std::numeric_limits<float>::quiet_NaN(); });
         return "";
       }},
      {"infinite weights", 3, "model.norm.weight",
       [](const Copy& c) {
         c.change_tensor("model.norm.weight", [](auto& values) { values[1] = std::numeric_limits<float>::infinity(); });
         return "";
       }},
      {"token id out of range", 3, "2049 pieces, but the model's embedding has 2048 rows",
       [](const Copy& c) {
         auto tokenizer = nlohmann::json::parse(read(c.model / "tokenizer.json"));
         tokenizer["added_tokens"].push_back({{"id", 2048}, {"content", "<fox>"}, {"special", true}});
         write(c.model / "tokenizer.json", tokenizer.dump());
         return "";
       }},
      {"invalid UTF-8", 3, "not valid UTF-8",
       [](const Copy& c) {
         write(c.text, "Once upon \xFF a time");
         return "";
       }},
      {"empty text", 3, "empty",
       [](const Copy& c) {
         write(c.text, "");
         return "";
       }},
      {"blank text", 3, "empty",
       [](const Copy& c) {
         write(c.text, " \n\n");
         return "";
       }},
      {"unknown key", 2, "unknown key", [](const Copy&) { return "--set conversion.timestep=4"; }},
      {"T = 0", 2, "conversion.timesteps", [](const Copy&) { return "--set conversion.timesteps=0"; }},
      {"17-bit activations", 2, "quantization.activation_bits",
       [](const Copy&) { return "--set quantization.activation_bits=17"; }},
      {"thresholds by token", 2, "has its threshold before a token comes",
       [](const Copy&) { return "--set quantization.granularity=per_token"; }},
      {"thresholds by token, and another rule", 2, "sets its step, nothing else",
       [](const Copy&) {
         return R"(--set quantization.granularity=per_token --set quantization.smooth=0.5 --set 'evaluation.networks=["dense", "qann"]')";
       }},
      {"probabilities that are calibrated", 2, "know no population of probabilities",
       [](const Copy&) {
         return R"(--set 'quantization.optional_sites=["probs"]' --set calibration.method=theta_v0)";
       }},
      {"probabilities in the bound", 2, "the bound knows no population of probabilities",
       [](const Copy&) { return R"(--set 'quantization.optional_sites=["probs"]' --set record.bound=true)"; }},
      {"a site of none", 2, "with activation_bits 16 no site is quantized",
       [](const Copy&) {
         return R"(--set 'quantization.optional_sites=["final_in"]' --set quantization.activation_bits=16)";
       }},
      {"rotations to choose from without one", 2, "without a rotation there is none to choose",
       [](const Copy&) { return "--set quantization.rotation=none --set quantization.rotation_trials=4"; }},
      {"two rules for a threshold", 2, "per_channel gives every neuron a threshold already",
       [](const Copy&) { return "--set quantization.granularity=per_channel --set quantization.smooth=0.5"; }},
      {"three rules for a threshold", 2, "awq sets the ratios of thresholds itself",
       [](const Copy&) { return "--set quantization.weights=awq --set quantization.smooth=0.5"; }},
      {"groups of 8-bit weights", 2, "8 bits leave no room", [](const Copy&) { return "--set quantization.group=64"; }},
      {"groups of weights that are tuned", 2, "levels times multiples",
       [](const Copy&) {
         return "--set quantization.weight_bits=4 --set quantization.group=32 --set calibration.method=weights";
       }},
      {"groups of 48", 2, "quantization.group",
       [](const Copy&) { return "--set quantization.weight_bits=4 --set quantization.group=48"; }},
      {"a smoothing above 1", 2, "quantization.smooth", [](const Copy&) { return "--set quantization.smooth=1.5"; }},
      {"smoothing of what does not spike", 2, "nothing spikes whose threshold",
       [](const Copy&) { return "--set quantization.smooth=0.5 --set quantization.activation_bits=16"; }},
      {"steps to tune where there are none", 2, "there are no steps to tune",
       [](const Copy&) { return "--set quantization.tuning.epochs=1 --set quantization.activation_bits=16"; }},
      {"bits of a cache that does not spike", 2, "keys and values do not spike",
       [](const Copy&) { return "--set quantization.kv_bits=4 --set quantization.activation_bits=16"; }},
      {"a delay without time", 2, "spikes arrive at once", [](const Copy&) { return "--set simulation.delay=2"; }},
      {"unknown neuron", 2, "conversion.neuron", [](const Copy&) { return "--set conversion.neuron=lif"; }},
      {"segment beyond the context", 2, "longer than the model's context",
       [](const Copy&) { return "--set evaluation.perplexity.0.segment=257"; }},
      {"an override that matches nothing", 2, "matches no population",
       [](const Copy&) { return R"(--set 'conversion.overrides=[{"match":"blocks.9.q"}]')"; }},
      {"no text to evaluate", 2, "evaluation.perplexity", [](const Copy&) { return "--set evaluation.perplexity=[]"; }},
      {"unknown energy table", 2, "energy.tables", [](const Copy&) { return R"(--set 'energy.tables=["abacus"]')"; }},
      {"a file where the run directories go", 3, "cannot be made",
       [](const Copy& c) {
         write(c.scratch.path() / "runs", "");
         return "";
       }},
  };
  return all;
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST_CASE("bad input ends with one clear line, its exit code, and leaves nothing") {
  for (const Case& broken : cases()) {
    const Copy copy;
    const std::string words = broken.breaks(copy);
    const Outcome outcome = run_command("snnsim run experiment.json --quiet --out runs " + words, copy.scratch.path());
    CAPTURE(broken.name);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == broken.exit_code);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.starts_with("snnsim: "));
    CHECK(lines(outcome.err) == 2);
    CHECK(outcome.err.substr(0, outcome.err.find('\n')).find(broken.cause) != std::string::npos);
    const fs::path runs = copy.scratch.path() / "runs";
    CHECK((!fs::exists(runs) || fs::is_empty(runs)));  // an empty file counts as empty
  }
}

TEST_CASE("the same input unbroken runs") {
  const Copy copy;
  const Outcome outcome = run_command("snnsim run experiment.json --quiet --out runs", copy.scratch.path());
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.ends_with("report.json\n"));
  CHECK(fs::exists(copy.scratch.path() / outcome.out.substr(0, outcome.out.size() - 1)));
}

}  // namespace
}  // namespace snnsim::tests
