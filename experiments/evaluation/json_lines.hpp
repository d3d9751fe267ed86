#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace snnsim::experiments {

/// The content of a file, plain or gzip. Throws DataError when it is missing or damaged.
std::string read_plain_or_gzip(const std::filesystem::path& file);

/// Calls visit(line, "file:line") for each line that holds more than white space, until it returns false.
void each_line(std::string_view text, const std::string& file,
               const std::function<bool(std::string_view line, const std::string& place)>& visit);

/// The object of one line of JSON Lines. Throws DataError at `place`.
nlohmann::json parse_line(std::string_view line, const std::string& place);

}  // namespace snnsim::experiments
