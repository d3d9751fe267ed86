#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

/// What pages are made of. Every text that comes from outside goes through escape() or script_json().
namespace snnsim::experiments::html {

/// `text` so that a browser shows just that, in elements and in attributes between double quotes.
std::string escape(std::string_view text);

/// The same, and it may break after its underscores and dots.
std::string breakable(std::string_view text);

/// JSON for a script element of type application/json; nothing in it can end the element.
std::string script_json(const nlohmann::ordered_json& json);

/// A value of report.json and its place there.
class Value {
 public:
  explicit Value(const nlohmann::ordered_json& report) : json_(&report) {}

  /// A member; null where there is none.
  Value operator[](std::string_view key) const;
  Value operator[](std::size_t index) const;

  const nlohmann::ordered_json& json() const { return *json_; }
  /// JSON pointer from the root of report.json.
  const std::string& path() const { return path_; }
  bool is_null() const { return json_->is_null(); }
  std::size_t size() const { return json_->size(); }
  /// NaN for what is no number.
  double number() const;
  /// Empty for what is no text.
  std::string text() const;

 private:
  Value(const nlohmann::ordered_json& json, std::string path) : json_(&json), path_(std::move(path)) {}

  const nlohmann::ordered_json* json_;
  std::string path_;
};

/// How a number reads.
using Format = std::string (*)(double);

std::string percents(double share);     // 12.3 %
std::string prefixed(double value);     // 12.3 k, 4.56 µ
std::string whole(double value);        // 1 234 567
std::string significant(double value);  // three significant digits
std::string perplexity(double value);   // three decimals below 1000
std::string seconds(double value);      // 1.23 ms
std::string joules(double picojoules);  // 31.5 µJ

/// A number as an element <data>: rounded for readers, with all digits of report.json in `value` and its JSON pointer
/// in `data-path`. A dash for null.
std::string number(const Value& value, Format format);
/// The same divided by the tokens of the run; `data-per` says so.
std::string per_token(const Value& value, double tokens, Format format);

/// A part of a page with its own heading; nothing of it is shown when the body is empty.
struct Section {
  std::string_view slug;  // names it in links
  std::string heading;
  std::string body{};
};

/// <figure> with a caption below, which may hold markup.
std::string figure(const std::string& content, const std::string& caption);
/// A table that scrolls sideways on narrow screens.
std::string scrolling(const std::string& table);
/// Something that opens on a click, and in print.
std::string details(const std::string& summary, const std::string& content);

}  // namespace snnsim::experiments::html
