#include "experiments/sweep/slurm.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;

/// One word for a shell.
std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string quoted(const fs::path& path) {
  return quoted(fs::absolute(path).lexically_normal().string());
}

std::string this_program() {
  return fs::read_symlink("/proc/self/exe").string();
}

void add_option(std::string& script, std::string_view name, const std::string& value) {
  if (value.empty()) return;
  if (!std::ranges::all_of(value, [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\''; }))
    throw ConfigurationError(fmt::format("--{} is \"{}\", not one word", name, value),
                             "give it as sbatch takes it, without spaces and quotes");
  script += fmt::format("#SBATCH --{}={}\n", name, value);
}

/// `output`: names the file of what a job prints itself. Slurm knows no quotes there, but a backslash.
std::string beginning(const std::string& name, const fs::path& output, const SlurmOptions& options) {
  std::string script = "#!/bin/bash\n";
  add_option(script, "job-name", name);
  script += fmt::format("#SBATCH --output=\"{}\"\n", fs::absolute(output).lexically_normal().string());
  add_option(script, "partition", options.partition);
  add_option(script, "account", options.account);
  return script;
}

constexpr const char* task_body = R"sh(#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@120

runs=(
{runs})
run=${{runs[$SLURM_ARRAY_TASK_ID]}}
log={sweep}/logs/$run.log
echo "snnsim sweep: start $(date -u +%Y-%m-%dT%H:%M:%SZ) by job $SLURM_JOB_ID on $(hostname)" >> "$log"
# A run that died with its node holds its directory for some minutes more.
{program} run {sweep}/points/"$run".json --out {out} --threads {threads} --wait 600 >> "$log" 2>&1 &
child=$!
trap 'kill -TERM $child' TERM
wait $child; code=$?
if [ $code -gt 128 ]; then  # perhaps the signal ended only the waiting
  wait $child; again=$?
  [ $again = 127 ] || code=$again
fi
echo "snnsim sweep: exit $code" >> "$log"
# Stopped by the time limit, not by scancel: to be continued.
if [ $code = 130 -o $code = 143 ] && [ "$(squeue -h -j "$SLURM_JOB_ID" -o %T 2> /dev/null)" = RUNNING ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit $code
)sh";

constexpr const char* table_body = R"sh(
{program} sweep {sweep} --table
{program} sweep {sweep} --status
)sh";

/// What a command prints, and its exit status.
std::pair<std::string, int> output_of(const std::string& command) {
  const auto close = [](std::FILE* pipe) { (void)::pclose(pipe); };
  std::unique_ptr<std::FILE, decltype(close)> pipe(::popen(command.c_str(), "r"), close);
  if (!pipe) return {"", -1};
  std::string text;
  std::array<char, 256> buffer{};
  for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;)
    text.append(buffer.data(), size);
  return {text, ::pclose(pipe.release())};
}

}  // namespace

std::string array_script(const SweepDirectory& directory, const Sweep& sweep, std::span<const std::size_t> points,
                         const SlurmOptions& options) {
  std::string script =
      beginning(directory.path.filename().string(), directory.path / "logs" / "slurm-%A_%a.out", options);
  add_option(script, "array",
             fmt::format("0-{}{}", points.size() - 1,
                         options.at_once > 0 ? fmt::format("%{}", options.at_once) : std::string()));
  add_option(script, "time", options.time);
  add_option(script, "mem", options.memory);
  add_option(script, "cpus-per-task", std::to_string(options.cpus_per_task));
  std::string runs;
  for (const std::size_t point : points) runs += "  " + quoted(sweep.points[point].run) + "\n";
  return script + fmt::format(task_body, fmt::arg("runs", runs), fmt::arg("sweep", quoted(directory.path)),
                              fmt::arg("program", quoted(this_program())), fmt::arg("out", quoted(directory.out)),
                              fmt::arg("threads", options.cpus_per_task));
}

std::string table_script(const SweepDirectory& directory, const SlurmOptions& options) {
  const std::string name = directory.path.filename().string();
  return beginning(name + "-table", directory.path / "logs" / "table-%j.out", options) +
         fmt::format(table_body, fmt::arg("program", quoted(this_program())),
                     fmt::arg("sweep", quoted(directory.path)));
}

std::string submit(const fs::path& script, const std::string& after) {
  const std::string dependency = after.empty() ? "" : fmt::format("--dependency=afterany:{} ", after);
  const auto [output, status] = output_of(fmt::format("sbatch --parsable {}{}", dependency, quoted(script)));
  const std::string job = output.substr(0, output.find_first_of(";\n"));  // "job" or "job;cluster"
  if (status == 0 && !job.empty() && job.find_first_not_of("0123456789") == std::string::npos) return job;
  throw DataError(fmt::format("sbatch did not take {}", script.string()),
                  "see what it said above; the script is kept, and can be submitted by hand");
}

}  // namespace snnsim::experiments
