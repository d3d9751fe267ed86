#include <fmt/format.h>

#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {
namespace {

using nlohmann::ordered_json;

/// A plain value as text.
std::string plain(const ordered_json& json) {
  if (json.is_null()) return "–";
  return escape(json.is_string() ? json.get<std::string>() : json.dump());
}

std::string entry(std::string_view name, const std::string& value) {
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape(name), value);
}

/// The members of an object that are plain values or lists of them.
std::string entries(const ordered_json& object) {
  std::string out;
  for (const auto& [key, value] : object.items())
    if (!value.is_object() && key != "arrival_steps") out += entry(key, plain(value));
  return out;
}

std::string inputs(const ordered_json& files) {
  if (!files.is_object() || files.empty()) return "";
  std::string out =
      "<table class=\"files\"><thead><tr><th scope=\"col\">input</th><th scope=\"col\">file</th><th scope=\"col\">size "
      "and "
      "XXH3 hash</th></tr></thead><tbody>\n";
  for (const auto& [key, file] : files.items())
    out +=
        fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", escape(key),
                    plain(file.value("path", ordered_json(nullptr))), plain(file.value("xxh3", ordered_json(nullptr))));
  return scrolling(out + "</tbody></table>");
}

}  // namespace

Section provenance(const Value& report) {
  const Value provenance = report["provenance"], timing = report["timing"];
  std::string body = "<div class=\"pair\"><dl class=\"facts\">" + entry("run", escape(report["name"].text())) +
                     entry("hash", escape(report["hash"].text())) + entries(report["settings"].json()) + "</dl>\n";
  body += "<dl class=\"facts\">" + entries(provenance.json()) + entry("wall_s", number(timing["wall_s"], significant)) +
          entry("tokens_per_s", number(timing["tokens_per_s"], significant)) +
          entry("peak_rss_bytes", number(timing["peak_rss_bytes"], prefixed)) + "</dl></div>\n";
  return {"provenance", "Provenance", body + inputs(provenance["inputs"].json())};
}

}  // namespace snnsim::experiments::html
