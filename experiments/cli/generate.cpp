#include <cmath>
#include <cstdio>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/build_identity.hpp"
#include "experiments/cli/interrupt.hpp"
#include "experiments/cli/options.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/generate_job.hpp"

namespace snnsim::experiments::cli {
namespace {

void declare(Options& options) {
  namespace po = boost::program_options;
  options.declare_settings();
  options.declare_threads();
  options.named()("prompt", po::value<std::string>()->value_name("TEXT")->default_value(""), "the text to prolong");
  options.named()("tokens", po::value<long long>()->value_name("N")->default_value(64), "most tokens to add");
  options.named()("temperature", po::value<double>()->value_name("X")->default_value(0),
                  "0: the most likely token; else a draw from softmax(logits / X), by the experiment's seed");
  options.named()("quantized", po::value<std::string>()->value_name("DIR")->default_value("runs/.quantized"),
                  "folder that keeps quantized models, as for run, to be used again; \"\": none");
  options.named()("counts", "a line per token with its spikes and synaptic operations instead of running text");
}

bool is_experiment(const std::string& path) {
  return std::filesystem::path(path).extension() == ".json";
}

/// A model alone is run with the defaults of an experiment, calibrated on the bundled text.
Experiment experiment_of(const std::string& path, const std::vector<std::string>& settings) {
  if (is_experiment(path)) return read_experiment(path, settings);
  const nlohmann::json defaults = {
      {"model", {{"checkpoint", std::filesystem::absolute(path).lexically_normal().string()}}},
      {"quantization", {{"calibration", {{"text", (bundled_folder() / "text" / "calibration.txt").string()}}}}}};
  return parse_experiment(defaults.dump(), "generate.json", settings);
}

double temperature_of(const Options& options) {
  const auto temperature = options.get<double>("temperature");
  if (std::isfinite(temperature) && temperature >= 0) return temperature;
  throw ConfigurationError(fmt::format("--temperature is {}", temperature), "give a number of at least 0");
}

/// Bytes that a terminal shows as they are; others, and control characters, as \xNN.
std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7F)
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", byte);
    else
      out += c;
  }
  return out;
}

/// Prints tokens as they come and sums their costs.
class Writer {
 public:
  explicit Writer(bool counts) : counts_(counts) {
    if (counts_) fmt::print("{:>10} {:>14} {:>9}  {}\n", "spikes", "SOPs", "ms", "token");
  }
  void write(const GeneratedToken& token) {
    const std::uint64_t operations = token.operations.synaptic_operations;
    if (counts_)
      fmt::print("{:>10} {:>14} {:>9.1f}  {}\n", token.spikes, operations, token.wall_s * 1e3, visible(token.text));
    else
      fmt::print("{}", token.text);
    std::fflush(stdout);
    ++tokens_;
    spikes_ += static_cast<double>(token.spikes);
    operations_ += static_cast<double>(operations);
    seconds_ += token.wall_s;
  }
  void finish() const {
    if (!counts_) fmt::print("\n");
    const double n = std::max<double>(1, static_cast<double>(tokens_));
    fmt::print(stderr, "{} tokens, {:.0f} spikes and {:.4g} synaptic operations per token, {:.1f} tokens/s\n", tokens_,
               spikes_ / n, operations_ / n, seconds_ > 0 ? static_cast<double>(tokens_) / seconds_ : 0.0);
  }

 private:
  bool counts_;
  std::size_t tokens_ = 0;
  double spikes_ = 0, operations_ = 0, seconds_ = 0;
};

}  // namespace

int generate_command(const Command& self, Arguments arguments) {
  Options options(self);
  declare(options);
  if (!options.parse(arguments, 1, 1)) return 0;
  const Experiment experiment = experiment_of(options.words()[0], options.settings());
  const GenerateOptions wanted{.prompt = options.get<std::string>("prompt"),
                               .tokens = options.count("tokens", 1),
                               .temperature = temperature_of(options),
                               .seed = experiment.seed,
                               .threads = options.count("threads", 0),
                               .cache = QuantizedCache(options.get<std::string>("quantized"))};
  Writer writer(options.has("counts"));
  bool begun = options.has("counts");
  generate_job(experiment, wanted, stop_requested(), [&](const GeneratedToken& token) {
    if (!std::exchange(begun, true)) fmt::print("{}", wanted.prompt);
    writer.write(token);
  });
  writer.finish();
  return stop_requested() ? interrupted_exit_code : 0;
}

}  // namespace snnsim::experiments::cli
