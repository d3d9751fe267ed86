#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "experiments/report/html/page_sections.hpp"
#include "experiments/report/number.hpp"

namespace snnsim::experiments::html {
namespace {

constexpr const char* networks[] = {"dense", "qann", "snn"};

std::string with_error(const Value& score, const char* network) {
  return fmt::format("<td>{} <span class=\"error\">± {}</span></td>", number(score[network], perplexity),
                     number(score["standard_errors"][network], perplexity));
}

std::string cells(const Value& score) {
  std::string out;
  for (const char* network : networks) out += score[network].is_null() ? "<td>–</td>" : with_error(score, network);
  return out;
}

std::string row(const Value& score) {
  const std::string file = std::filesystem::path(score["text"].text()).filename().string();
  const std::string why = score["not_run"].text();
  const std::string about = why.empty() ? fmt::format("{}, segments of {}; {} tokens", escape(score["protocol"].text()),
                                                      number(score["segment"], whole), number(score["tokens"], whole))
                                        : "not run: " + escape(why);
  const std::string divergence =
      why.empty() && !score["kl_dense_snn"].is_null()
          ? fmt::format("<br>KL per token, nats: dense to SNN {}, QANN to SNN {}",
                        number(score["kl_dense_snn"], significant), number(score["kl_qann_snn"], significant))
          : "";
  return fmt::format("<tr><th scope=\"row\">{}<span class=\"about\">{}{}</span></th>{}</tr>\n", escape(file), about,
                     divergence, cells(score));
}

std::string table(const Value& scores) {
  if (scores.size() == 0) return "";
  std::string out =
      "<table class=\"scores\"><thead><tr><th scope=\"col\">Perplexity ± standard error</th><th "
      "scope=\"col\">dense</th>"
      "<th scope=\"col\">QANN</th><th scope=\"col\">SNN</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < scores.size(); ++i) out += row(scores[i]);
  return scrolling(out + "</tbody></table>");
}

std::string equality(const Value& equality) {
  const Value equal = equality["snn_equals_qann"];
  if (equal.is_null()) return "";
  const std::string checked = number(equality["neurons_checked"], whole);
  if (equal.json() == true)
    return fmt::format("<p class=\"verdict good\"><b>SNN = QANN, to the last bit.</b> {} neuron totals checked.</p>\n",
                       checked);
  const double share = equality["neurons_different"].number() / equality["neurons_checked"].number();
  return fmt::format("<p class=\"verdict\"><b>SNN ≠ QANN.</b> {} of {} neuron totals checked differ ({}).{}</p>\n",
                     number(equality["neurons_different"], whole), checked, percents(share),
                     equality["required"].json() == true ? " <b>They must not with these neurons.</b>" : "");
}

std::string tile(const std::string& number, const char* name) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, number);
}

/// The network's activity and cost in four numbers.
std::string tiles(const Value& report) {
  if (report["populations"].size() == 0) return "";
  const Value network = report["network"];
  std::string out = "<dl class=\"tiles\">";
  out += tile(number(network["firing_rate"], percents), "firing rate");
  out += tile(number(network["spikes_per_neuron_per_token"], significant), "spikes per neuron and token");
  out += tile(per_token(report["operations"]["synaptic_operations"], tokens(report), prefixed), "SOPs per token");
  const Value table = report["energy"][0];
  if (!table.is_null()) {
    const std::string name = "energy of the SNN per token, " + escape(table["table"].text());
    out += tile(per_token(table["snn_pj"], tokens(report), joules), name.c_str());
  }
  return out + "</dl>\n";
}

}  // namespace

double tokens(const Value& report) {
  double sum = 0;
  for (std::size_t i = 0; i < report["perplexity"].size(); ++i) sum += report["perplexity"][i]["tokens"].number();
  return sum;
}

Section headline(const Value& report) {
  return {"result", "Result",
          fmt::format("<p class=\"lead\">{}</p>\n{}{}{}", escape(report["cause"]["conclusion"].text()),
                      table(report["perplexity"]), equality(report["equality"]), tiles(report))};
}

}  // namespace snnsim::experiments::html
