#include "experiments/json_places.hpp"

#include <set>
#include <utility>

#include <nlohmann/json.hpp>

namespace snnsim::experiments {
namespace {

/// Walks over a text whose syntax is known to be right, so it only looks for where things begin and end.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t deepest) : text_(text), deepest_(deepest) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  }

  std::map<std::string, JsonSource::Place> scan() {
    skip_space();
    value("", at_, 0);
    return std::move(places_);
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  void value(const std::string& path, std::size_t key, std::size_t depth) {
    places_[path] = {key, at_};
    const char first = peek();
    if (first == '"') {
      skip_string();
    } else if (first != '{' && first != '[') {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    } else if (depth == deepest_) {
      throw NestedTooDeep{at_};
    } else {
      members(path, depth, first == '{');
    }
  }

  void members(const std::string& path, std::size_t depth, bool object) {
    std::set<std::string> keys;
    const char last = object ? '}' : ']';
    ++at_;
    skip_space();
    for (std::size_t index = 0; peek() != last; ++index) {
      const std::size_t start = at_;
      const std::string inner = object ? child(path, key(keys, path)) : child(path, index);
      value(inner, start, depth + 1);
      skip_space();
      if (peek() == ',') ++at_;
      skip_space();
    }
    ++at_;
  }

  std::string key(std::set<std::string>& keys, const std::string& path) {
    const std::size_t start = at_;
    skip_string();
    std::string key = nlohmann::json::parse(text_.substr(start, at_ - start)).get<std::string>();
    if (!keys.insert(key).second) throw DuplicateKey{child(path, key), start};
    skip_space();
    ++at_;  // the colon
    skip_space();
    return key;
  }

  void skip_string() {
    for (++at_; peek() != '"'; ++at_)
      if (peek() == '\\') ++at_;
    ++at_;
  }

  std::string_view text_;
  std::size_t deepest_;
  std::size_t at_ = 0;
  std::map<std::string, JsonSource::Place> places_;
};

}  // namespace

std::map<std::string, JsonSource::Place> find_places(std::string_view valid_json, std::size_t deepest) {
  return Scanner(valid_json, deepest).scan();
}

}  // namespace snnsim::experiments
