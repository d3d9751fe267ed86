#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/retained_memory.hpp"
#include "experiments/build_identity.hpp"
#include "experiments/cli/command.hpp"
#include "experiments/ranks.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments::cli {
namespace {

constexpr std::array commands = {
    Command{"run",
            "EXPERIMENT.json [--set KEY=VALUE]... [--out DIR] [--quantized DIR] [--threads N] [--fresh] "
            "[--wait SECONDS] [--dry-run] [--quiet]",
            "Does the whole job of an experiment; continues an interrupted run of the same experiment.", run_command},
    Command{"sweep",
            "EXPERIMENT.json|SWEEP_DIR [--set KEY=VALUE]... [--where KEY=VALUE]... [--max-runs N] [--jobs N] "
            "[--threads N] [--memory BYTES] [--out DIR] [--status] [--table] [--slurm] [--quiet]",
            "Runs a family of experiments that differ in some keys, and makes one table of them.", sweep_command},
    Command{"report", "RUN_DIR... [--html FILE] [--csv FILE]", "Reports again from stored results.", report_command},
    Command{"compare", "RUN_DIR... [--html FILE] [--csv FILE]",
            "One table of several runs: where they differ, and what came out.", compare_command},
    Command{"export", "RUN_DIR|SPIKE_FILE|NETWORK.json --to FILE [--table NAME] [--population GLOB]",
            "Writes results or spikes of a run as CSV or JSON lines, or a network as NIR.", export_command},
    Command{"generate", "MODEL_OR_EXPERIMENT --prompt TEXT [--tokens N] [--temperature X]",
            "Writes text with the spiking model, token by token.", generate_command},
    Command{"inspect", "PATH [--population GLOB] [--segment N] [--position N]",
            "Says what a checkpoint, tokenizer, experiment, run directory or spike file holds.", inspect_command},
    Command{"tokenize", "MODEL_OR_TOKENIZER [--decode] [--no-bos] [--separator S] < TEXT",
            "Writes the ids of a text, one line per input, or with --decode the text of ids.", tokenize_command},
    Command{"validate", "EXPERIMENT.json [--set KEY=VALUE]...", "Checks an experiment and its files without running.",
            validate_command},
    Command{"synthesize", "--like NAME --out DIR [--seed N] [--blocks K] [--vocabulary V]",
            "Writes a random checkpoint of a named shape, to size a machine.", synthesize_command},
    Command{"schema", "[--keys]", "Prints the JSON schema of experiments, or its keys as a table.", schema_command},
};

void print_usage(std::FILE* out) {
  fmt::print(out, "snnsim {}: LLaMA checkpoints as spiking networks, simulated spike by spike\n\n", version());
  for (const Command& command : commands) fmt::print(out, "  snnsim {:10} {}\n", command.name, command.summary);
  fmt::print(out, "\nsnnsim VERB --help tells more. A first run: snnsim run experiments/quickstart.json\n");
}

const Command& find_command(const std::string& name) {
  const auto found = std::ranges::find(commands, name, &Command::name);
  if (found != commands.end()) return *found;
  std::vector<std::string_view> names(commands.size());
  std::ranges::transform(commands, names.begin(), &Command::name);
  throw ConfigurationError(fmt::format("snnsim has no verb \"{}\"", name), suggest(name, names, "verbs"));
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) {
    print_usage(stderr);
    return 2;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_usage(stdout);
    return 0;
  }
  if (words[0] == "--version") {
    fmt::print("snnsim {} {}\n", version(), git_revision());
    return 0;
  }
  const Command& command = find_command(words[0]);
  return command.run(command, std::span(words).subspan(1));
}

void complain(std::string_view cause, std::string_view remedy) {
  fmt::print(stderr, "snnsim{}: {}\n  {}\n", Ranks::label(), cause, remedy);
}

int exit_code_of(const std::vector<std::string>& words) {
  try {
    const int code = dispatch(words);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    complain("the output cannot be written", "free some space, or write to another place");
    return 3;
  } catch (const Error& error) {
    complain(error.what(), error.remedy());
    return error.exit_code();
  } catch (const std::bad_alloc&) {
    complain("there is not enough memory", "see what the job needs with snnsim run --dry-run");
    return 3;
  } catch (const std::filesystem::filesystem_error& error) {
    complain(error.what(), "check the path and the rights of its folder");
    return 3;
  } catch (const std::system_error& error) {
    complain(error.what(), "check the place of the output and its free space");
    return 3;
  } catch (const std::exception& error) {
    complain(fmt::format("internal error: {}", error.what()), "this is a fault of the program: please report it");
    return 1;
  }
}

}  // namespace
}  // namespace snnsim::experiments::cli

int main(int argc, char** argv) {
  snnsim::retain_freed_memory();
  const int code = snnsim::experiments::cli::exit_code_of(std::vector<std::string>(argv + 1, argv + argc));
  if (code != 0) snnsim::experiments::Ranks::give_up(code);
  return code;
}
