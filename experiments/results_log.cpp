#include "experiments/results_log.hpp"

#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "experiments/segment_result_json.hpp"

namespace snnsim::experiments {
namespace {

struct Parsed {
  StoredResults results;
  std::size_t whole_bytes = 0;  // up to the end of the last whole line
};

void add_line(const nlohmann::json& line, StoredResults& results) {
  if (is_zero_shot(line))
    results.zero_shot.push_back(zero_shot_result_from(line));
  else
    results.segments.push_back(segment_result_from(line));
}

Parsed parse(std::string_view text, const std::filesystem::path& file) {
  Parsed parsed;
  std::size_t number = 1;
  for (std::size_t end = 0; (end = text.find('\n', parsed.whole_bytes)) != std::string_view::npos; ++number) {
    const std::string_view line = text.substr(parsed.whole_bytes, end - parsed.whole_bytes);
    try {
      add_line(nlohmann::json::parse(line), parsed.results);
    } catch (const nlohmann::json::exception&) {
      if (end + 1 == text.size()) break;  // a torn line, whose blocks reached the disk in another order
      throw DataError(fmt::format("{}:{}: this line is damaged", file.string(), number),
                      "restore the file from a copy, or start again with --fresh");
    }
    parsed.whole_bytes = end + 1;
  }
  return parsed;
}

}  // namespace

StoredResults read_results(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return {};
  return parse(read_file(file), file).results;
}

void repair_results(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return;
  const std::size_t whole = parse(read_file(file), file).whole_bytes;
  if (whole < std::filesystem::file_size(file)) std::filesystem::resize_file(file, whole);
}

}  // namespace snnsim::experiments
