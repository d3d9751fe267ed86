#include "experiments/run_name.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::experiments {

bool is_plain_name(std::string_view name) {
  constexpr std::size_t longest = 100;
  return !name.empty() && name.size() <= longest && name.front() != '.' &&
         name.find_first_not_of(name_characters) == std::string_view::npos;
}

std::string name_of_file(const std::filesystem::path& file) {
  std::string name = file.stem().string();
  for (char& c : name)
    if (name_characters.find(c) == std::string_view::npos) c = '_';
  return name.empty() || name.front() == '.' ? "experiment" : name;
}

void check_name(const JsonSource& source, const std::string& name) {
  if (is_plain_name(name)) return;
  throw ConfigurationError(fmt::format("{}: name cannot be used for a folder", source.place_of_value("name")),
                           "use up to 100 letters, digits, '.', '_', '-', not a '.' in front");
}

}  // namespace snnsim::experiments
