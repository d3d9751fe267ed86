#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/cli/interrupt.hpp"
#include "experiments/cli/network_commands.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/network/network_file.hpp"
#include "experiments/owner_file.hpp"
#include "experiments/ranks.hpp"
#include "experiments/readable.hpp"
#include "experiments/report.hpp"
#include "experiments/run_job.hpp"
#include "experiments/stored_run.hpp"
#include "experiments/thread_limit.hpp"

namespace snnsim::experiments::cli {
namespace {

void declare(Options& options) {
  namespace po = boost::program_options;
  options.declare_settings();
  options.declare_threads();
  options.named()("out", po::value<std::string>()->value_name("DIR")->default_value("runs"),
                  "folder of the run directories, each <name>-<hash>");
  options.named()("quantized", po::value<std::string>()->value_name("DIR"),
                  "folder that keeps quantized models, to be used again; default: .quantized in --out; \"\": none");
  options.named()("fresh", "discard what an earlier run of the same experiment left, and quantize again");
  options.named()("wait", po::value<long long>()->value_name("SECONDS")->default_value(0),
                  "wait so long for another process that works on the same run directory");
  options.named()("dry-run", "print the size of the job and stop");
  options.named()("quiet", "no progress and no summary, only the place of the report");
}

void print_plan(const Experiment& experiment, const JobPlan& plan) {
  fmt::print("{}: {} segments, {} zero-shot chunks, {} positions, T = {}\n", experiment.name, plan.segments,
             plan.chunks, plan.positions, experiment.conversion.timesteps);
  const MemoryPlan& memory = plan.memory;
  fmt::print("  model           {:.1f} MiB as stored, {:.1f} MiB quantized, as products read it\n",
             mebibytes(memory.model), mebibytes(memory.weights));
  const std::string calibrating =
      memory.calibrating > 0 ? fmt::format(", {:.0f} MiB to calibrate", mebibytes(memory.calibrating)) : "";
  fmt::print(
      "  peak memory     about {:.0f} MiB: the model in both forms, {:.0f} MiB of program, tokenizer and texts, and "
      "the largest of\n                  {:.0f} MiB to quantize{} and {:.0f} MiB for the longest sequence\n",
      mebibytes(memory.peak()), mebibytes(memory.program), mebibytes(memory.quantizing), calibrating,
      mebibytes(memory.segment));
  fmt::print("  synaptic ops    at most {:.3g}: every neuron spikes at every step\n",
             static_cast<double>(plan.synaptic_operations));
  fmt::print(
      "  expected time   about {:.0f} s to quantize, unless that was done before, and {:.0f} s for {} passes of the "
      "dense\n                  model, timed on its first blocks\n",
      plan.time.quantizing, plan.time.evaluation, plan.time.passes);
}

/// A run that fails before its first segment leaves nothing behind.
RunOutcome run_or_discard(const Experiment& experiment, JobInputs inputs, const RunOptions& options) {
  try {
    return run_job(experiment, std::move(inputs), options);
  } catch (...) {
    options.progress.finish();
    options.directory.discard_if_empty();
    throw;
  }
}

int interrupted(const RunDirectory& directory) {
  fmt::print(stderr, "snnsim: interrupted; {} are kept in {}\n  run the same command to continue\n",
             read_stored_run(directory.path()).progress(), directory.path().string());
  return interrupted_exit_code;
}

/// Prints the report of a finished run; throws CheckFailed when an equality that must hold did not.
void conclude(const std::filesystem::path& directory, bool quiet, bool equality_required) {
  const StoredRun run = read_stored_run(directory);
  write_report(run);
  const nlohmann::ordered_json report = make_report(run);
  if (!quiet) fmt::print("{}\n", report_summary(report));
  fmt::print("{}\n", (directory / "report.json").string());
  std::fflush(stdout);
  const nlohmann::ordered_json& equality = report.at("equality");
  if (!equality_required || equality.at("snn_equals_qann") != false) return;
  throw CheckFailed(fmt::format("the spiking network differs from the QANN in {} of {} neurons, and must not",
                                equality.at("neurons_different").get<std::uint64_t>(),
                                equality.at("neurons_checked").get<std::uint64_t>()),
                    "this is a fault of the program: please report it with the run's experiment.json");
}

/// Opens the run directory, as soon as no other process holds it; null when it was asked to stop before that.
std::unique_ptr<RunDirectory> open_directory(const Experiment& experiment, const RunLocation& location,
                                             std::chrono::seconds patience) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds between{500};
  for (const Clock::time_point until = Clock::now() + patience;;) {
    try {
      return std::make_unique<RunDirectory>(experiment, location);
    } catch (const DirectoryInUse&) {
      if (Clock::now() >= until) throw;
      if (stop_requested()) return nullptr;
    }
    std::this_thread::sleep_for(between);
  }
}

std::filesystem::path cache_folder(const Options& options) {
  if (options.has("quantized")) return options.get<std::string>("quantized");
  return std::filesystem::path(options.get<std::string>("out")) / ".quantized";
}

QuantizedCache cache_of(const Options& options) {
  return QuantizedCache(cache_folder(options), options.has("fresh"));
}

int simulate(const Experiment& experiment, JobInputs inputs, const Options& options) {
  const bool quiet = options.has("quiet");
  const std::size_t threads = options.count("threads", 0);
  const RunLocation location{
      .parent = options.get<std::string>("out"), .threads = thread_count(threads), .fresh = options.has("fresh")};
  const std::unique_ptr<RunDirectory> opened =
      open_directory(experiment, location, std::chrono::seconds(options.count("wait", 0)));
  if (!opened) return interrupted_exit_code;
  RunDirectory& directory = *opened;
  Progress progress(quiet ? ProgressMode::quiet : ProgressMode::automatic);
  const RunOutcome outcome = run_or_discard(experiment, std::move(inputs),
                                            {.directory = directory,
                                             .progress = progress,
                                             .stop = stop_requested(),
                                             .threads = threads,
                                             .cache = cache_of(options)});
  progress.finish();
  Ranks::world().finish();  // what may fail from here on is no business of the others
  directory.finish(outcome.equality_required);
  if (outcome.interrupted) return interrupted(directory);
  conclude(directory.path(), quiet, outcome.equality_required);
  return 0;
}

/// The work of every rank but the first, which alone checks, reports and prints.
int help_first(const Options& options) {
  Ranks& ranks = Ranks::world();
  const std::string told = ranks.from_first();
  if (!told.empty()) {
    Experiment experiment = read_experiment(options.words()[0], options.settings());
    experiment.sweep = {};
    share_job(experiment, list_from(told),
              {.stop = stop_requested(),
               .threads = options.count("threads", 0),
               .cache = QuantizedCache(cache_folder(options))});
  }
  ranks.finish();
  return 0;
}

int run_experiment(const Options& options) {
  Experiment experiment = read_experiment(options.words()[0], options.settings());
  if (!experiment.sweep.empty() && !options.has("quiet"))
    fmt::print(stderr, "{} holds a sweep: this runs it once with the keys as they stand; snnsim sweep runs them all\n",
               options.words()[0]);
  experiment.sweep = {};
  JobInputs inputs = open_inputs(experiment);
  if (!options.has("dry-run")) return simulate(experiment, std::move(inputs), options);
  const JobSetting setting{.threads = options.count("threads", 0), .keeps_quantized = cache_of(options).keeps()};
  print_plan(experiment, plan_job(experiment, inputs, setting));
  return 0;
}

}  // namespace

int run_command(const Command& self, Arguments arguments) {
  Options options(self);
  declare(options);
  if (!options.parse(arguments, 1, 1)) return 0;
  Ranks& ranks = Ranks::world();
  if (!ranks.first()) return help_first(options);
  const int code = is_network_file(options.words()[0]) ? run_network_file(options) : run_experiment(options);
  ranks.finish();
  return code;
}

}  // namespace snnsim::experiments::cli
