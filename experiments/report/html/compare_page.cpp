#include "experiments/report/html/compare_page.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/report/html/compared_runs.hpp"
#include "experiments/report/html/line_chart.hpp"
#include "experiments/report/html/page.hpp"

namespace snnsim::experiments {
namespace {

using html::Axis;
using html::ComparedRun;
using html::ComparedRuns;
using html::Cost;
using html::LineChart;
using html::Series;
using nlohmann::ordered_json;

constexpr double pico_to_micro = 1e-6;

html::Format format_of(const std::string& column) {
  if (column.find("ppl") != std::string::npos || column.starts_with("standard_error")) return html::perplexity;
  return column == "synaptic_operations" || column == "spikes_per_token" ? html::prefixed : html::significant;
}

std::string cell(const std::string& column, const ordered_json& value) {
  if (value.is_null()) return "–";
  if (value.is_string()) return html::escape(value.get<std::string>());
  const bool setting = column.find('.') != std::string::npos || !value.is_number();
  return fmt::format("<data value=\"{}\">{}</data>", html::escape(value.dump()),
                     setting ? html::escape(value.dump()) : format_of(column)(value.get<double>()));
}

html::Section table_of(const ResultTable& table) {
  std::string out = "<table class=\"wide\"><thead><tr>";
  for (const std::string& column : table.columns) out += "<th scope=\"col\">" + html::breakable(column) + "</th>";
  out += "</tr></thead><tbody>\n";
  auto rows = table.rows;
  std::ranges::sort(rows);  // by the settings, which come first
  for (const auto& row : rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) out += "<td>" + cell(table.columns[i], row[i]) + "</td>";
    out += "</tr>\n";
  }
  return {"runs", "Runs", html::scrolling(out + "</tbody></table>")};
}

/// A logarithmic axis where the largest is more than `factor` times the least.
Axis axis_for(std::string label, const std::vector<double>& values, double factor = 4) {
  double low = INFINITY, high = -INFINITY;
  for (const double value : values)
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  return Axis::around(std::move(label), values, low > 0 && high > factor * low);
}

std::vector<double> numbers(const std::vector<Series>& series, double html::Point::*which) {
  std::vector<double> out;
  for (const Series& one : series)
    for (const html::Point& point : one.points) out.push_back(point.*which);
  return out;
}

/// A series for every label, in the order in which they come; point_of(run) is where a run is.
template <typename PointOf>
std::vector<Series> series_by_label(const ComparedRuns& compared, std::optional<std::size_t> but,
                                    const PointOf& point_of) {
  std::vector<Series> out;
  for (const ComparedRun& run : compared.runs) {
    const std::string label = compared.label(run, but);
    auto found = std::ranges::find(out, label, &Series::name);
    if (found == out.end()) found = out.insert(out.end(), Series{.name = label, .colour = out.size(), .marks = true});
    found->points.push_back(point_of(run));
  }
  for (Series& series : out) std::ranges::sort(series.points, {}, &html::Point::x);
  return out;
}

/// A level line, if all runs have the same.
void add_level(const ComparedRuns& compared, const char* network, const char* name, std::vector<Series>& series) {
  const double level = compared.runs.front().perplexity(network);
  for (const ComparedRun& run : compared.runs)
    if (run.perplexity(network) != level) return;
  std::vector<double> xs = numbers(series, &html::Point::x);
  const auto [low, high] = std::ranges::minmax(xs);
  series.push_back({.name = name, .points = {{low, level}, {high, level}}, .colour = 4, .dashed = true});
}

html::Section perplexity_chart(const ComparedRuns& compared) {
  const auto key = compared.numeric_key();
  if (!key) return {"perplexity", ""};
  const std::string name = compared.keys[*key];
  std::vector<Series> series = series_by_label(compared, key, [&](const ComparedRun& run) {
    return html::Point{run.settings[*key].get<double>(), run.perplexity("snn")};
  });
  add_level(compared, "dense", "dense", series);
  Axis across = axis_for(name, numbers(series, &html::Point::x), 7);
  across.doubling = across.logarithmic;
  LineChart chart{.description = fmt::format("Perplexity of the SNN against {}; the numbers are in the table", name),
                  .x = across,
                  .y = axis_for("perplexity", numbers(series, &html::Point::y)),
                  .series = series};
  return {"perplexity", "Perplexity against " + name,
          html::figure(html::line_chart(chart), "The spiking network, first text.")};
}

/// Steps from one run of the front to the next.
Series front_line(const std::vector<Cost>& points, const std::vector<std::size_t>& front) {
  Series line{.name = "not beaten in both", .colour = 4, .dashed = true};
  for (const std::size_t i : front) {
    if (!line.points.empty()) line.points.push_back({points[i].x, line.points.back().y});
    line.points.push_back({points[i].x, points[i].y});
  }
  return line;
}

template <typename CostOf>
std::string pareto_chart(const ComparedRuns& compared, const std::string& label, const CostOf& cost_of) {
  std::vector<Cost> points;
  for (const ComparedRun& run : compared.runs) points.push_back({cost_of(run), run.perplexity("snn")});
  const std::vector<std::size_t> front = html::pareto_front(points);
  if (front.empty()) return "";
  std::vector<Series> series = series_by_label(compared, compared.numeric_key(), [&](const ComparedRun& run) {
    return html::Point{cost_of(run), run.perplexity("snn")};
  });
  for (Series& one : series) one.lines = false;
  series.push_back(front_line(points, front));
  const LineChart chart{.description = "Perplexity of the SNN against " + label,
                        .x = axis_for(label, numbers(series, &html::Point::x), 7),
                        .y = axis_for("perplexity", numbers(series, &html::Point::y)),
                        .series = series};
  std::string names;
  for (const std::size_t i : front) names += (names.empty() ? "" : ", ") + html::escape(compared.runs[i].name);
  return html::figure(html::line_chart(chart), "Not beaten in both: " + names + ".");
}

html::Section costs(const ComparedRuns& compared) {
  const ordered_json& tables = compared.runs.front().report.at("energy");
  std::string body;
  if (!tables.empty())
    body += pareto_chart(compared, fmt::format("µJ per token on {}", tables.at(0).at("table").get<std::string>()),
                         [](const ComparedRun& run) { return run.picojoules_per_token("snn_pj") * pico_to_micro; });
  body += pareto_chart(compared, "synaptic operations per token",
                       [](const ComparedRun& run) { return run.synaptic_operations_per_token(); });
  if (!body.empty()) body = "<div class=\"pair\">" + body + "</div>";
  return {"costs", "What perplexity costs", body};
}

}  // namespace

std::string compare_html(const std::vector<StoredRun>& runs) {
  const ResultTable table = compare_runs(runs);
  const ComparedRuns compared(table, runs);
  std::vector<html::Section> sections{table_of(table)};
  if (!compared.runs.empty()) {
    sections.push_back(perplexity_chart(compared));
    sections.push_back(costs(compared));
  }
  const std::string title = fmt::format("{} runs compared", runs.size());
  return html::page(title, fmt::format("<article>\n<header><h1>{}</h1></header>\n{}</article>\n", title,
                                       html::with_links("compare", sections)));
}

}  // namespace snnsim::experiments
