#include <algorithm>

#include <fmt/format.h>

#include "experiments/readable.hpp"
#include "experiments/sweep/result_table.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

std::string last_word(const std::string& key) {
  const std::size_t dot = key.rfind('.');
  const std::string word = key.substr(dot == std::string::npos ? 0 : dot + 1);
  const bool index = word.find_first_not_of("0123456789") == std::string::npos;
  return index ? key : word;
}

std::vector<std::string> headings(const std::vector<std::string>& columns) {
  std::vector<std::string> words, out;
  for (const std::string& column : columns) words.push_back(last_word(column));
  for (std::size_t i = 0; i < columns.size(); ++i)
    out.push_back(std::ranges::count(words, words[i]) == 1 ? words[i] : columns[i]);
  return out;
}

std::string readable(const ordered_json& cell) {
  constexpr std::uint64_t long_number = 100000;
  if (cell.is_null()) return "-";
  if (cell.is_string()) return cell.get<std::string>();
  if (cell.is_number_unsigned() && cell.get<std::uint64_t>() >= long_number) return with_prefix(cell.get<double>());
  return cell.is_number_float() ? fmt::format("{:.4g}", cell.get<double>()) : cell.dump();
}

}  // namespace

std::string table_text(const ResultTable& table) {
  std::vector<std::vector<std::string>> lines{headings(table.columns)};
  for (const auto& row : table.rows) {
    std::vector<std::string>& line = lines.emplace_back();
    for (const ordered_json& cell : row) line.push_back(readable(cell));
  }
  std::string out;
  std::vector<std::size_t> widths(table.columns.size(), 0);
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      out += i + 1 < line.size() ? fmt::format("{:<{}}  ", line[i], widths[i]) : line[i] + "\n";
  }
  return out;
}

}  // namespace snnsim::experiments
