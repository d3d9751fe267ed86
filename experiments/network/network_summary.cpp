#include <iterator>

#include <fmt/format.h>

#include "experiments/network/network_report.hpp"
#include "experiments/readable.hpp"
#include "experiments/report/number.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_lines = 20;
constexpr double pico = 1e-12;

template <class... Args>
void add(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

std::string text(const ordered_json& json) {
  return json.get<std::string>();
}

std::string short_name(const std::string& name) {
  constexpr std::size_t width = 28;
  return name.size() <= width ? name : "..." + name.substr(name.size() - width + 3);
}

std::string counted(const ordered_json& count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count.get<std::uint64_t>(), count == 1 ? one : many);
}

void add_line(std::string& out, const ordered_json& emitter, const std::string& neuron) {
  add(out, "  {:<30}{:<26}{:>12}{:>14}{:>11}\n", short_name(text(emitter.at("name"))), neuron,
      emitter.at("neurons").get<std::uint64_t>(), emitter.at("spikes").get<std::uint64_t>(),
      percent(value_of(emitter.at("firing_rate"))));
}

void add_populations(std::string& out, const ordered_json& report) {
  add(out, "\n{:<32}{:<26}{:>12}{:>14}{:>11}\n", "Population", "neuron", "neurons", "spikes", "rate");
  std::size_t lines = 0;
  const auto take = [&](const ordered_json& emitter, const std::string& neuron) {
    if (lines++ < most_lines) add_line(out, emitter, neuron);
  };
  for (const ordered_json& input : report.at("inputs")) take(input, "input");
  for (const ordered_json& population : report.at("populations")) take(population, text(population.at("neuron")));
  if (lines > most_lines) add(out, "  and {} more, in report.json\n", lines - most_lines);
}

void add_left_out(std::string& out, const ordered_json& report) {
  for (const ordered_json& input : report.at("inputs"))
    if (input.at("left_out") != 0)
      add(out, "Left out        {} spikes of {}, after the last step\n", input.at("left_out").get<std::uint64_t>(),
          short_name(text(input.at("name"))));
}

}  // namespace

std::string network_summary(const ordered_json& report) {
  const ordered_json& settings = report.at("settings");
  const ordered_json& timing = report.at("timing");
  std::string out;
  add(out, "{}: {}, {}; {}, {}\n", short_name(text(report.at("name"))),
      counted(settings.at("neurons"), "neuron", "neurons"), counted(settings.at("synapses"), "synapse", "synapses"),
      counted(settings.at("timesteps"), "step", "steps"), counted(settings.at("trials"), "trial", "trials"));
  add_populations(out, report);
  add(out, "\n");
  add_left_out(out, report);
  add(out, "Operations      {} synaptic operations (SOPs), {} neuron updates\n",
      with_prefix(report.at("operations").at("synaptic_operations").get<double>()),
      with_prefix(report.at("operations").at("neuron_updates").get<double>()));
  for (const ordered_json& energy : report.at("energy"))
    add(out, "Energy          {} on {}\n", with_unit(value_of(energy.at("snn_pj")) * pico, "J"),
        text(energy.at("table")));
  add(out, "Time            {} for {}, {} SOPs a second\n", with_unit(value_of(timing.at("wall_s")), "s"),
      counted(timing.at("ticks"), "tick", "ticks"), with_prefix(value_of(timing.at("synaptic_operations_per_s"))));
  return out;
}

}  // namespace snnsim::experiments
