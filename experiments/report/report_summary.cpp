#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

#include "experiments/readable.hpp"
#include "experiments/report.hpp"
#include "experiments/report/number.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t worst_shown = 4, widest = 100, indent = 16;
constexpr double pico = 1e-12;

template <class... Args>
void add(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

/// At most `width` bytes, the end kept: names differ there.
std::string short_name(const std::string& name, std::size_t width) {
  return name.size() <= width ? name : "..." + name.substr(name.size() - width + 3);
}

std::string text(const ordered_json& json) {
  return json.get<std::string>();
}

std::string three_digits(double value) {
  return std::isfinite(value) ? fmt::format("{:.3g}", value) : "-";
}

/// Breaks a sentence that starts `indent` columns from the left.
std::string wrapped(const std::string& sentence) {
  std::string out;
  std::size_t column = indent;
  std::istringstream words(sentence);
  for (std::string word; words >> word; column += word.size() + 1) {
    if (column > indent && column + word.size() > widest) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
    }
    out += word;
  }
  return out;
}

std::string with_error(const ordered_json& score, const char* network) {
  const double ppl = value_of(score.at(network)), error = value_of(score.at("standard_errors").at(network));
  if (!std::isfinite(ppl)) return "-";
  if (ppl >= 1e7) return fmt::format("{:.3g} ± {}", ppl, three_digits(error));
  if (ppl >= 1000) return fmt::format("{:.0f} ± {:.0f}", ppl, error);
  return fmt::format("{:.3f} ± {}", ppl, std::isfinite(error) ? fmt::format("{:.3f}", error) : "-");
}

std::size_t done_and_expected(const ordered_json& report, const char* key) {
  return report.at("segments").at(key).get<std::size_t>() + report.at("chunks").at(key).get<std::size_t>();
}

void add_heading(std::string& out, const ordered_json& report) {
  const ordered_json& settings = report.at("settings");
  const auto runs = [&](const char* network) { return settings.at("networks").at(network).get<bool>(); };
  add(out, "{}: ", short_name(text(report.at("name")), 30));
  if (!runs("qann")) out += "the dense model in fp32";
  if (runs("qann"))
    add(out, "{}-bit weights, {}-bit activations", settings.at("weight_bits").get<int>(),
        settings.at("activation_bits").get<int>());
  if (runs("snn")) add(out, ", {} neurons, T = {}", text(settings.at("neuron")), settings.at("timesteps").get<int>());
  out += "\n";
  if (!report.at("complete").get<bool>())
    add(out, "Incomplete: {} of {} segments and chunks; run the same command again to go on.\n",
        done_and_expected(report, "done"), done_and_expected(report, "expected"));
}

void add_perplexity(std::string& out, const ordered_json& report) {
  add(out, "\n{:<40}{:<20}{:<20}{}\n", "Perplexity ± standard error", "dense", "QANN", "SNN");
  for (const ordered_json& score : report.at("perplexity")) {
    const std::string file = std::filesystem::path(text(score.at("text"))).filename().string();
    add(out, "  {:<38}{:<20}{:<20}{}\n",
        fmt::format("{} ({}, {})", short_name(file, 19), text(score.at("protocol")),
                    score.at("segment").get<std::size_t>()),
        with_error(score, "dense"), with_error(score, "qann"), with_error(score, "snn"));
    if (score.contains("not_run")) {
      add(out, "    not run: {}\n", text(score.at("not_run")));
      continue;
    }
    add(out, "    {} tokens; KL per token, nats: dense to SNN {}, QANN to SNN {}\n",
        score.at("tokens").get<std::uint64_t>(), three_digits(value_of(score.at("kl_dense_snn"))),
        three_digits(value_of(score.at("kl_qann_snn"))));
  }
}

std::string share_with_error(const ordered_json& scores, const std::string& key) {
  if (scores.is_null()) return "-";
  const double share = value_of(scores.at(key)), error = value_of(scores.at(key + "_standard_error"));
  if (key == "perplexity") return fmt::format("{} ± {}", three_digits(share), three_digits(error));
  return fmt::format("{} ± {}", percent(share), percent(error));
}

void add_zero_shot(std::string& out, const ordered_json& report) {
  if (report.at("zero_shot").empty()) return;
  add(out, "\n{:<40}{:<20}{:<20}{}\n", "Zero-shot ± standard error", "dense", "QANN", "SNN");
  for (const ordered_json& task : report.at("zero_shot")) {
    const auto items = task.at("items").get<std::uint64_t>();
    bool shown = false;  // the number of items, beside the second metric or alone
    for (const char* key : {"acc", "acc_norm", "perplexity"}) {
      if (!task.at("dense").contains(key)) continue;
      const std::string what = key == std::string_view("acc")
                                   ? fmt::format("{} ({}) {}", text(task.at("task")), text(task.at("protocol")), key)
                                   : fmt::format("  {} items, {}", items, key);
      shown = shown || key != std::string_view("acc");
      add(out, "  {:<38}{:<20}{:<20}{}\n", what, share_with_error(task.at("dense"), key),
          share_with_error(task.at("qann"), key), share_with_error(task.at("snn"), key));
    }
    if (!shown) add(out, "    {} items\n", items);
  }
}

void add_equality(std::string& out, const ordered_json& equality) {
  const ordered_json& equal = equality.at("snn_equals_qann");
  const auto checked = equality.at("neurons_checked").get<std::uint64_t>();
  const auto different = equality.at("neurons_different").get<std::uint64_t>();
  if (equal.is_null()) return;
  out += "\nSNN = QANN?     ";
  if (equal.get<bool>())
    add(out, "yes, to the last bit: {} of {} neuron totals checked are equal\n", checked, checked);
  else
    add(out, "no: {} of {} neuron totals checked differ ({})\n", different, checked,
        percent(quotient(different, checked)));
  if (equality.at("required") == true && equal == false) out += "                It must hold with these neurons.\n";
}

std::uint64_t tokens(const ordered_json& report) {
  std::uint64_t sum = 0;
  for (const ordered_json& score : report.at("perplexity")) sum += score.at("tokens").get<std::uint64_t>();
  return sum;
}

void add_activity(std::string& out, const ordered_json& report) {
  const ordered_json& network = report.at("network");
  if (report.at("populations").empty()) return;
  const auto operations = report.at("operations").at("synaptic_operations").get<std::uint64_t>();
  add(out, "Spikes          {} per neuron per token; firing rate {}\n",
      three_digits(value_of(network.at("spikes_per_neuron_per_token"))), percent(value_of(network.at("firing_rate"))));
  add(out, "Operations      {} synaptic operations (SOPs), {} per token\n",
      with_prefix(static_cast<double>(operations)), with_prefix(quotient(operations, tokens(report))));
}

/// "SNN 237 uJ, QANN 31.5 uJ", of the networks that the table can price.
std::string energies(const ordered_json& energy, double tokens) {
  std::string out;
  for (const auto& [name, key] : {std::pair("SNN", "snn_pj"), std::pair("QANN", "qann_pj"),
                                  std::pair("twin", "twin_pj"), std::pair("dense", "dense_pj")})
    if (const double pj = value_of(energy.at(key)); std::isfinite(pj))
      add(out, "{}{} {}", out.empty() ? "" : ", ", name, with_unit(pj * pico / tokens, "J"));
  return out;
}

void add_energy(std::string& out, const ordered_json& report) {
  if (report.at("populations").empty()) return;
  const auto count = static_cast<double>(tokens(report));
  for (const ordered_json& energy : report.at("energy")) {
    add(out, "Energy          per token on {}: {}\n", short_name(text(energy.at("table")), 20),
        energies(energy, count));
    add(out, "                {}\n", wrapped(text(energy.at("conclusion"))));
  }
}

/// The populations with most unevenness, the worst first.
std::vector<ordered_json> worst(const ordered_json& populations) {
  std::vector<ordered_json> found;
  for (const ordered_json& population : populations)
    if (value_of(population.at("errors").at("unevenness")) > 0) found.push_back(population);
  std::ranges::stable_sort(found, std::greater<>(),
                           [](const ordered_json& p) { return value_of(p.at("errors").at("unevenness")); });
  found.resize(std::min(found.size(), worst_shown));
  return found;
}

void add_worst(std::string& out, const std::vector<ordered_json>& populations) {
  if (populations.empty()) return;
  add(out, "  {:<26}{:>12}{:>16}{:>14}\n", "most uneven populations", "unevenness", "uneven neurons", "firing rate");
  for (const ordered_json& population : populations)
    add(out, "    {:<24}{:>12}{:>16}{:>14}\n", text(population.at("name")),
        percent(value_of(population.at("errors").at("unevenness"))),
        percent(value_of(population.at("unevenness_rate"))), percent(value_of(population.at("firing_rate"))));
}

void add_inputs(std::string& out, const ordered_json& network) {
  const ordered_json& kinds = network.at("uneven_by_input");
  const auto share = [&](const char* kind) { return percent(value_of(kinds.at(kind).at("unevenness"))); };
  if (value_of(network.at("errors").at("unevenness")) > 0)
    add(out, "    of it, input that came late {}, overshot {}, alternated {}, came slowly {}\n", share("late"),
        share("overshooting"), share("alternating"), share("slow"));
}

void add_errors(std::string& out, const ordered_json& report) {
  const ordered_json& errors = report.at("network").at("errors");
  if (errors.is_null() || report.at("populations").empty()) return;
  out += "\nWhere the error comes from: mean squares in all populations, relative to the dense values\n";
  struct Term {
    const char *key, *meaning;
  };
  for (const auto& [key, meaning] :
       {Term{"clipping", "values beyond the largest level"}, Term{"quantization", "rounding to levels"},
        Term{"propagated", "what arrives is off already, from upstream or rounded weights"},
        Term{"unevenness", "T steps emit something else than the quantizer would"}})
    add(out, "  {:<14}{:>9}   {}\n", key, percent(value_of(errors.at(key))), meaning);
  add_inputs(out, report.at("network"));
  add_worst(out, worst(report.at("populations")));
}

void add_calibration(std::string& out, const ordered_json& report) {
  const ordered_json& calibration = report.at("calibration");
  if (calibration.is_null() || calibration.at("blocks").empty()) return;
  double before = 0, after = 0;
  for (const ordered_json& block : calibration.at("blocks")) {
    before += value_of(block.at("loss_before"));
    after += value_of(block.at("loss_after"));
  }
  const auto blocks = static_cast<double>(calibration.at("blocks").size());
  add(out, "Calibration     {}\n",
      wrapped(fmt::format("{} on {} documents: the output of a block is off by {} of its mean square instead of {}, "
                          "the mean of all; {:.0f} s",
                          text(calibration.at("method")), calibration.at("documents").get<std::size_t>(),
                          percent(after / blocks), percent(before / blocks),
                          value_of(report.at("timing").at("calibration_s")))));
}

}  // namespace

std::string report_summary(const ordered_json& report) {
  std::string out;
  add_heading(out, report);
  if (!report.at("perplexity").empty()) add_perplexity(out, report);
  add_zero_shot(out, report);
  add_equality(out, report.at("equality"));
  add_activity(out, report);
  add_energy(out, report);
  add_errors(out, report);
  add_calibration(out, report);
  add(out, "\nConclusion      {}\n", wrapped(text(report.at("cause").at("conclusion"))));
  return out;
}

}  // namespace snnsim::experiments
