#pragma once

#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace snnsim::experiments {

/// Rows of values on their way to a file, of which no more than a buffer is held: `.csv` with a line of names at the
/// top, or `.jsonl` with an object a line. The file has its name once finish() returns. A value that is not there is
/// null: empty in CSV.
class TableFile {
 public:
  /// Throws ConfigurationError for another ending, DataError when the file cannot be written.
  TableFile(std::filesystem::path path, std::vector<std::string> columns);

  /// values: (columns), no objects.
  void add(std::span<const nlohmann::ordered_json> values);
  /// Throws DataError.
  void finish();

 private:
  void write(const std::string& line);

  std::filesystem::path path_;
  std::vector<std::string> columns_;
  bool csv_;
  std::ofstream out_;
};

}  // namespace snnsim::experiments
