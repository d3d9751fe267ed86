#include "experiments/sweep/result_table.hpp"

#include <algorithm>

#include "experiments/csv.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

void add_columns(const ordered_json& results, std::vector<std::string>& columns) {
  for (const auto& [column, value] : results.items())
    if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
}

std::string csv_cell(const ordered_json& cell) {
  if (cell.is_null()) return "";
  return csv_field(cell.is_string() ? cell.get<std::string>() : cell.dump());
}

}  // namespace

ResultTable make_table(const std::vector<std::string>& keys, const std::vector<ResultRow>& rows) {
  ResultTable table{.columns = keys, .keys = keys.size(), .rows = {}};
  std::vector<std::string> columns;
  for (const ResultRow& row : rows) add_columns(row.results, columns);
  table.columns.insert(table.columns.end(), columns.begin(), columns.end());
  for (const ResultRow& row : rows) {
    std::vector<ordered_json>& cells = table.rows.emplace_back(row.settings);
    for (const std::string& column : columns) cells.push_back(row.results.value(column, ordered_json(nullptr)));
  }
  return table;
}

std::string table_csv(const ResultTable& table) {
  std::string out;
  const auto add_line = [&](const auto& cells, auto text_of) {
    for (std::size_t i = 0; i < cells.size(); ++i) out += (i > 0 ? "," : "") + text_of(cells[i]);
    out += '\n';
  };
  add_line(table.columns, csv_field);
  for (const auto& row : table.rows) add_line(row, csv_cell);
  return out;
}

ordered_json table_json(const ResultTable& table) {
  auto out = ordered_json::array();
  for (const auto& row : table.rows) {
    ordered_json& object = out.emplace_back(ordered_json::object());
    for (std::size_t i = 0; i < row.size(); ++i) object[table.columns[i]] = row[i];
  }
  return out;
}

}  // namespace snnsim::experiments
