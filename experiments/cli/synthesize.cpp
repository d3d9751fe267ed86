#include "models/synthesis/synthesize.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/cli/interrupt.hpp"
#include "experiments/cli/options.hpp"
#include "experiments/progress.hpp"
#include "experiments/suggestion.hpp"
#include "models/checkpoint/llama_tensors.hpp"

namespace snnsim::experiments::cli {
namespace {

namespace po = boost::program_options;

models::ModelShape find_shape(const std::string& name) {
  std::vector<std::string_view> names;
  for (const models::ModelShape& shape : models::model_shapes()) {
    if (shape.name == name) return shape;
    names.push_back(shape.name);
  }
  throw ConfigurationError(fmt::format("there is no shape \"{}\"", name), suggest(name, names, "shapes"));
}

std::string names_of_shapes() {
  std::string all;
  for (const models::ModelShape& shape : models::model_shapes())
    all += fmt::format("{}{}", all.empty() ? "" : ", ", shape.name);
  return all;
}

/// A count that was given, within its bound; else what the shape has.
std::size_t count_or(const Options& options, const char* name, std::size_t most, std::size_t fallback) {
  if (!options.has(name)) return fallback;
  const std::size_t count = options.count(name, 1);
  if (count > most)
    throw ConfigurationError(fmt::format("snnsim synthesize: --{} {} is too large", name, count),
                             fmt::format("give at most {}", most));
  return count;
}

void declare(Options& options) {
  options.named()("like", po::value<std::string>()->value_name("NAME"), names_of_shapes().c_str());
  options.named()("out", po::value<std::string>()->value_name("DIR"), "the new folder");
  options.named()("seed", po::value<long long>()->value_name("N")->default_value(1), "of the random weights");
  options.named()("blocks", po::value<long long>()->value_name("K"), "decoder blocks, if not as many as NAME has");
  options.named()("vocabulary", po::value<long long>()->value_name("V"), "pieces, if not as many as NAME has");
}

std::string required(const Options& options, const char* name) {
  if (options.has(name)) return options.get<std::string>(name);
  throw ConfigurationError(fmt::format("snnsim synthesize needs --{}", name), "see snnsim synthesize --help");
}

}  // namespace

int synthesize_command(const Command& self, Arguments arguments) {
  Options options(self);
  declare(options);
  if (!options.parse(arguments, 0, 0)) return 0;
  models::ModelShape shape = find_shape(required(options, "like"));
  const std::string folder = required(options, "out");
  shape.config.blocks = count_or(options, "blocks", models::most_blocks, shape.config.blocks);
  shape.config.vocabulary_size =
      count_or(options, "vocabulary", models::largest_vocabulary, shape.config.vocabulary_size);
  const std::atomic<bool>& stop = stop_requested();
  Progress progress;
  models::synthesize(shape, folder, {.seed = options.count("seed", 0)}, [&](double share) {
    if (stop) throw Error(interrupted_exit_code, "interrupted; nothing is left", "run the same command to start again");
    progress.stage(fmt::format("writing, {:.0f} % done", 100 * share));
  });
  progress.finish();
  fmt::print("{}: like {}, {} blocks, {} parameters\n", folder, shape.name, shape.config.blocks,
             models::parameters(shape.config));
  return 0;
}

}  // namespace snnsim::experiments::cli
