#include <array>

#include <fmt/format.h>

#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {
namespace {

struct Column {
  const char *heading, *key;
};

constexpr std::array<Column, 7> columns = {{{"synapses", "synapses"},
                                            {"spikes", "spikes"},
                                            {"synaptic operations", "synaptic_operations"},
                                            {"accumulates", "synaptic_magnitude"},
                                            {"shift-adds", "synaptic_shift_adds"},
                                            {"weight bytes", "weight_bytes"},
                                            {"multiply-accumulates of the QANN", "multiply_accumulates"}}};

std::string head(const Value& tables) {
  std::string out = "<table class=\"wide\"><thead><tr><th scope=\"col\">projection</th><th scope=\"col\">from</th>";
  for (const Column& column : columns) out += fmt::format("<th scope=\"col\">{}</th>", column.heading);
  for (std::size_t t = 0; t < tables.size(); ++t)
    out += "<th scope=\"col\">energy per token, " + escape(tables[t]["table"].text()) + "</th>";
  return out + "</tr></thead><tbody>\n";
}

std::string row(const Value& report, std::size_t i) {
  const Value projection = report["projections"][i], tables = report["energy"];
  std::string out = "<tr><th scope=\"row\">" + escape(projection["name"].text()) + "</th><td>" +
                    escape(projection["from"].text()) + "</td>";
  for (const Column& column : columns) out += "<td>" + number(projection[column.key], prefixed) + "</td>";
  for (std::size_t t = 0; t < tables.size(); ++t)
    out += "<td>" + per_token(tables[t]["projections"][i]["total"], tokens(report), joules) + "</td>";
  return out + "</tr>\n";
}

}  // namespace

Section all_projections(const Value& report) {
  const std::size_t count = report["projections"].size();
  if (count == 0) return {"projections", ""};
  std::string table = head(report["energy"]);
  for (std::size_t i = 0; i < count; ++i) table += row(report, i);
  return {"projections", "All projections",
          details(fmt::format("{} projections in numbers", count), scrolling(table + "</tbody></table>"))};
}

}  // namespace snnsim::experiments::html
