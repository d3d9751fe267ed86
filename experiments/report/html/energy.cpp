#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "experiments/report/html/heat_map.hpp"
#include "experiments/report/html/line_chart.hpp"
#include "experiments/report/html/page_sections.hpp"
#include "experiments/report/html/stacked_bars.hpp"

namespace snnsim::experiments::html {
namespace {

struct Network {
  const char *key, *name, *total;
};

constexpr std::array<Network, 4> networks = {{{"snn", "SNN", "snn_pj"},
                                              {"qann", "QANN", "qann_pj"},
                                              {"twin", "twin", "twin_pj"},
                                              {"dense", "dense fp16", "dense_pj"}}};

/// "weight_fetch" as "weight fetch".
std::string words(std::string key) {
  std::ranges::replace(key, '_', ' ');
  return key;
}

std::vector<std::string> kinds_of(const Value& table) {
  std::vector<std::string> kinds;
  for (const auto& [kind, value] : table["breakdown_pj"]["snn"].json().items()) kinds.push_back(kind);
  return kinds;
}

std::string bars(const Value& table, double tokens) {
  const std::vector<std::string> kinds = kinds_of(table);
  StackedBars chart{.description = "energy by kind", .kinds = {}, .bars = {}};
  for (const std::string& kind : kinds) chart.kinds.push_back(words(kind));
  for (const Network& network : networks) {
    if (table[network.total].is_null()) continue;  // not priced
    Bar bar{.label = network.name, .parts = {}, .total = per_token(table[network.total], tokens, joules)};
    for (const std::string& kind : kinds) bar.parts.push_back(table["breakdown_pj"][network.key][kind].number());
    bar.emphasized = &network == networks.data();
    chart.bars.push_back(std::move(bar));
  }
  return figure(stacked_bars(chart),
                "Energy per token. The twin is the quantized network of the same capacity: its "
                "activations have ⌈log₂(T + 1)⌉ bits.");
}

std::string breakdown(const Value& table, double tokens) {
  std::string out = "<table><thead><tr><th scope=\"col\">per token</th>";
  for (const Network& network : networks) out += fmt::format("<th scope=\"col\">{}</th>", network.name);
  out += "</tr></thead><tbody>\n";
  for (const std::string& kind : kinds_of(table)) {
    out += fmt::format("<tr><th scope=\"row\">{}</th>", escape(words(kind)));
    for (const Network& network : networks)
      out += "<td>" + per_token(table["breakdown_pj"][network.key][kind], tokens, joules) + "</td>";
    out += "</tr>\n";
  }
  out += "<tr class=\"sum\"><th scope=\"row\">total</th>";
  for (const Network& network : networks) out += "<td>" + per_token(table[network.total], tokens, joules) + "</td>";
  return scrolling(out + "</tr></tbody></table>");
}

std::string graded(const Value& table, double tokens) {
  const Value ways = table["snn_graded_pj"];
  return fmt::format(
      "<p>A graded spike s priced as |s| accumulates: {}; as one multiply-accumulate: {}; as shift-adds, one per bit "
      "set: "
      "{}.</p>\n",
      per_token(ways["accumulate"], tokens, joules), per_token(ways["multiply"], tokens, joules),
      per_token(ways["shift_add"], tokens, joules));
}

std::string break_even(const Value& table) {
  std::string out;
  for (std::size_t i = 1; i < networks.size(); ++i) {
    if (table[networks[i].total].is_null()) continue;
    const Value rate = table["break_even"][networks[i].key]["firing_rate"];
    out += fmt::format("{}the {} {}", out.empty() ? "" : ", ", i == 3 ? "dense model" : networks[i].name,
                       rate.is_null() ? "at no firing rate" : "at a firing rate of " + number(rate, percents));
  }
  return out.empty() ? "" : "<p>The SNN would cost as much as " + out + ".</p>\n";
}

/// What the table leaves open, and how long its chip would take.
std::string chip(const Value& table, double tokens) {
  std::string kinds, out;
  for (std::size_t i = 0; i < table["not_priced"].size(); ++i)
    kinds += (kinds.empty() ? "" : ", ") + escape(words(table["not_priced"][i].text()));
  if (!kinds.empty()) out += "<p>The table has no constants for: " + kinds + ".</p>\n";
  const Value latency = table["latency_s"];
  if (latency.is_null()) return out;
  return out + fmt::format("<p>Time per token: {} with a core for each population, {} on one core.</p>\n",
                           per_token(latency["core_per_population"], tokens, seconds),
                           per_token(latency["one_core"], tokens, seconds));
}

/// The SNN's energy against the firing rate: `factor` times as many spikes cost that much more, the rest stays.
std::string sensitivity(const Value& table, double firing_rate, double tokens) {
  const double snn = table["snn_pj"].number(), qann = table["qann_pj"].number();
  const double factor = table["break_even"]["qann"]["factor"].number();  // snn + (factor - 1) · of_spikes = qann
  const double of_spikes = (qann - snn) / (factor - 1);
  if (!std::isfinite(of_spikes) || of_spikes <= 0 || !(firing_rate > 0) || tokens == 0) return "";
  const auto at = [&](double rate) { return (snn + (rate / firing_rate - 1) * of_spikes) * 1e-6 / tokens; };  // µJ
  LineChart chart{.title = "",
                  .description =
                      "Energy of the SNN per token rises in a straight line with the firing rate; the QANN, "
                      "the twin and the dense model do not depend on it",
                  .x = {.label = "firing rate, %", .low = 0, .high = 100},
                  .y = {},
                  .series = {{.name = "SNN", .points = {{0, at(0)}, {100, at(1)}}, .colour = 0},
                             {.name = "this run",
                              .points = {{100 * firing_rate, at(firing_rate)}},
                              .colour = 0,
                              .lines = false,
                              .marks = true}}};
  std::vector<double> all{0, at(0), at(1)};
  for (std::size_t i = 1; i < networks.size(); ++i) {
    const double level = table[networks[i].total].number() * 1e-6 / tokens;
    if (!std::isfinite(level)) continue;
    chart.series.push_back(
        {.name = networks[i].name, .points = {{0, level}, {100, level}}, .colour = i, .dashed = i > 1});
    all.push_back(level);
  }
  chart.y = Axis::around("µJ per token", all);
  return figure(line_chart(chart), "What another firing rate would cost, with as many synapses to a spike.");
}

/// Where in the network the SNN's energy goes.
std::string places(const Value& table) {
  const std::string maps =
      heat_map(table["populations"],
               {.caption = "By population, % of the SNN's energy: its neurons and all that its spikes do.",
                .key = "share"}) +
      heat_map(table["projections"],
               {.caption = "By projection, % of the SNN's energy: the spikes that it carries, its weights, the "
                           "accumulates behind them.",
                .key = "share"});
  return maps.empty() ? "" : "<div class=\"maps\">\n" + maps + "</div>\n";
}

std::string of_table(const Value& report, const Value& table) {
  const double count = tokens(report);
  return fmt::format(
      "<h3>{}</h3>\n<p class=\"about\">{}. {}.</p>\n<p class=\"lead\">{}</p>\n<div "
      "class=\"pair\">{}{}</div>\n{}{}{}{}{}",
      escape(table["table"].text()), escape(table["title"].text()), escape(table["source"].text()),
      escape(table["conclusion"].text()), bars(table, count),
      sensitivity(table, report["network"]["firing_rate"].number(), count), break_even(table), graded(table, count),
      chip(table, count), places(table), details("Energy in numbers", breakdown(table, count)));
}

}  // namespace

Section energy(const Value& report) {
  if (report["populations"].size() == 0) return {"energy", ""};
  std::string body;
  for (std::size_t i = 0; i < report["energy"].size(); ++i) body += of_table(report, report["energy"][i]);
  return {"energy", "Energy", body};
}

}  // namespace snnsim::experiments::html
