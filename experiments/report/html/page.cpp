#include "experiments/report/html/page.hpp"

#include <fmt/format.h>

#include "experiments/build_identity.hpp"

namespace snnsim::experiments::html {
namespace {

/// What the template's {{name}} stands for.
std::string_view slot(std::string_view name, std::string_view title, std::string_view body) {
  if (name == "title") return title;
  if (name == "style") return page_style();
  if (name == "script") return page_script();
  return name == "version" ? version() : body;
}

}  // namespace

std::string page(std::string_view title, std::string_view body) {
  const std::string escaped = escape(title);
  std::string out;
  std::string_view rest = page_template();  // read once: what is put in is not looked at again
  for (std::size_t open = rest.find("{{"); open != std::string_view::npos; open = rest.find("{{")) {
    const std::size_t close = rest.find("}}", open);
    out += rest.substr(0, open);
    out += slot(rest.substr(open + 2, close - open - 2), escaped, body);
    rest.remove_prefix(close + 2);
  }
  return out += rest;
}

std::string with_links(const std::string& prefix, const std::vector<Section>& sections) {
  std::string links, out;
  for (const Section& section : sections) {
    if (section.body.empty()) continue;
    const std::string id = escape(fmt::format("{}-{}", prefix, section.slug));
    links += fmt::format("<a href=\"#{}\">{}</a>\n", id, escape(section.heading));
    out += fmt::format("<section id=\"{}\"><h2>{}</h2>\n{}</section>\n", id, escape(section.heading), section.body);
  }
  return "<nav>" + links + "</nav>\n" + out;
}

}  // namespace snnsim::experiments::html
