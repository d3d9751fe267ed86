#include "experiments/exports/table_file.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/csv.hpp"
#include "experiments/files.hpp"

namespace snnsim::experiments {
namespace {

bool is_csv(const std::filesystem::path& path) {
  if (path.extension() == ".csv") return true;
  if (path.extension() == ".jsonl") return false;
  throw ConfigurationError(fmt::format("{}: a table cannot have this ending", path.string()),
                           "name the file *.csv or *.jsonl");
}

std::string in_csv(const nlohmann::ordered_json& value) {
  if (value.is_null()) return {};
  return csv_field(value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

TableFile::TableFile(std::filesystem::path path, std::vector<std::string> columns)
    : path_(std::move(path)), columns_(std::move(columns)), csv_(is_csv(path_)) {
  if (path_.has_parent_path()) make_folder(path_.parent_path());
  out_.open(partial_of(path_), std::ios::binary | std::ios::trunc);
  std::string header;
  for (const std::string& column : columns_) header += (header.empty() ? "" : ",") + csv_field(column);
  if (csv_) write(header);
}

void TableFile::add(std::span<const nlohmann::ordered_json> values) {
  if (!csv_) {
    nlohmann::ordered_json row = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < columns_.size(); ++i) row[columns_[i]] = values[i];
    return write(row.dump());
  }
  std::string line;
  for (std::size_t i = 0; i < columns_.size(); ++i) line += (i == 0 ? "" : ",") + in_csv(values[i]);
  write(line);
}

void TableFile::write(const std::string& line) {
  out_ << line << '\n';
  if (!out_) throw DataError(path_.string() + ": cannot be written", "check the folder and the free space of its disk");
}

void TableFile::finish() {
  out_.close();
  if (!out_) throw DataError(path_.string() + ": cannot be written", "check the folder and the free space of its disk");
  finish_file(path_);
}

}  // namespace snnsim::experiments
