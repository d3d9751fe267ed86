#include "experiments/report/html/markup.hpp"

#include <cmath>

#include <fmt/format.h>

#include "experiments/readable.hpp"
#include "experiments/report/number.hpp"

namespace snnsim::experiments::html {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view dash = "–";

const ordered_json& none() {
  static const ordered_json null;
  return null;
}

/// A key inside a JSON pointer (RFC 6901).
std::string pointer_part(std::string_view key) {
  std::string out = "/";
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// A number with a prefix and its unit, a space before the two.
std::string measured(double amount, std::string_view unit) {
  const std::string value = prefixed(amount);
  return value + (value.find("\u00a0") == std::string::npos ? "\u00a0" : "") + std::string(unit);
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string breakable(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '_' || c == '.' ? c + std::string("<wbr>") : escape(std::string(1, c));
  return out;
}

std::string script_json(const ordered_json& json) {
  const std::string text = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return replaced(replaced(text, "<", "\\u003c"), ">", "\\u003e");
}

Value Value::operator[](std::string_view key) const {
  const bool there = json_->is_object() && json_->contains(key);
  return {there ? json_->at(std::string(key)) : none(), path_ + pointer_part(key)};
}

Value Value::operator[](std::size_t index) const {
  const bool there = json_->is_array() && index < json_->size();
  return {there ? json_->at(index) : none(), fmt::format("{}/{}", path_, index)};
}

double Value::number() const {
  return value_of(*json_);
}

std::string Value::text() const {
  return json_->is_string() ? json_->get<std::string>() : "";
}

std::string percents(double share) {
  return replaced(percent(share), " ", "\u00a0");
}

std::string prefixed(double value) {
  return replaced(replaced(with_prefix(value), " u", "\u00a0µ"), " ", "\u00a0");
}

std::string whole(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<std::size_t>(at), "\u202f");
  return digits;
}

std::string significant(double value) {
  return fmt::format("{:.3g}", value);
}

std::string perplexity(double value) {
  return value < 1000 ? fmt::format("{:.3f}", value) : fmt::format("{:.4g}", value);
}

std::string seconds(double value) {
  return measured(value, "s");
}

std::string joules(double picojoules) {
  constexpr double pico = 1e-12;
  return measured(picojoules * pico, "J");
}

std::string number(const Value& value, Format format) {
  if (!value.json().is_number()) return std::string(dash);
  return fmt::format(R"(<data value="{}" data-path="{}">{}</data>)", value.json().dump(), escape(value.path()),
                     escape(format(value.number())));
}

std::string per_token(const Value& value, double tokens, Format format) {
  const double quotient = value.number() / tokens;
  if (!std::isfinite(quotient)) return std::string(dash);
  return fmt::format(R"(<data value="{}" data-path="{}" data-per="token">{}</data>)", ordered_json(quotient).dump(),
                     escape(value.path()), format(quotient));
}

std::string figure(const std::string& content, const std::string& caption) {
  return fmt::format("<figure>{}<figcaption>{}</figcaption></figure>\n", content, caption);
}

std::string scrolling(const std::string& table) {
  return fmt::format("<div class=\"scroll\" tabindex=\"0\">{}</div>\n", table);
}

std::string details(const std::string& summary, const std::string& content) {
  return fmt::format("<details><summary>{}</summary>{}</details>\n", escape(summary), content);
}

}  // namespace snnsim::experiments::html
