#include <filesystem>

#include <fmt/format.h>

#include "experiments/csv.hpp"
#include "experiments/report.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// What tells one member of a list from the others.
std::string label(const ordered_json& member, std::size_t place) {
  if (member.contains("name")) return member["name"].get<std::string>();
  if (member.contains("table")) return member["table"].get<std::string>();
  if (member.contains("task"))
    return fmt::format("{} {} {}", place + 1, member["task"].get<std::string>(), member["protocol"].get<std::string>());
  if (!member.contains("text")) return std::to_string(place + 1);
  return fmt::format("{} {} {} {}", place + 1,
                     std::filesystem::path(member["text"].get<std::string>()).filename().string(),
                     member["protocol"].get<std::string>(), member["segment"].get<std::size_t>());
}

class Table {
 public:
  /// The numbers of `json` and below; `metric` is the path to it inside the section.
  void add(const std::string& section, const std::string& name, const std::string& metric, const ordered_json& json) {
    if (json.is_object()) {
      for (const auto& [key, value] : json.items())
        add(section, name, metric.empty() ? key : metric + '.' + key, value);
    } else if (json.is_array()) {
      for (std::size_t i = 0; i < json.size(); ++i) add(section, name, fmt::format("{}.{}", metric, i + 1), json[i]);
    } else if (json.is_number() || json.is_boolean() || json.is_null()) {
      const std::string value = json.is_null() ? "" : json.is_boolean() ? (json.get<bool>() ? "1" : "0") : json.dump();
      text_ += fmt::format("{},{},{},{}\n", section, csv_field(name), metric, value);
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_ = "section,name,metric,value\n";
};

}  // namespace

std::string report_csv(const ordered_json& report) {
  Table table;
  for (const auto& [section, content] : report.items()) {
    if (content.is_array())
      for (std::size_t i = 0; i < content.size(); ++i) table.add(section, label(content[i], i), "", content[i]);
    else if (content.is_object())
      table.add(section, "", "", content);
    else
      table.add("run", "", section, content);
  }
  return table.text();
}

}  // namespace snnsim::experiments
