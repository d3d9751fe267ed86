#include "experiments/json_source.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/json_places.hpp"
#include "models/checkpoint/text_position.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::json;

/// What went wrong, without the library's own "[json.exception…] parse error at line…" in front.
std::string cause_of(const json::parse_error& error) {
  const std::string_view what = error.what();
  const std::size_t colon = what.find(": ");
  return std::string(colon == std::string_view::npos ? what : what.substr(colon + 2));
}

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('.', start), path.size());
    parts.emplace_back(path.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

bool is_index(const std::string& part) {
  return !part.empty() && part.size() < 10 && part.find_first_not_of("0123456789") == std::string::npos;
}

json parse_or_string(std::string_view value) {
  if (!json::accept(value)) return value;
  find_places(value);  // refuses what the file may not hold either
  return json::parse(value);
}

bool within(const std::string& path, const std::string& ancestor) {
  return path.starts_with(ancestor) && (path.size() == ancestor.size() || path[ancestor.size()] == '.');
}

/// The element of an object or a list that `part` names, null if there is none.
template <class Json>
Json* element(Json& parent, const std::string& part) {
  if (parent.is_object() && parent.contains(part)) return &parent[part];
  if (parent.is_array() && is_index(part) && std::stoul(part) < parent.size()) return &parent[std::stoul(part)];
  return nullptr;
}

/// The value at a path, null if there is none. Several parts of it may be one dotted key, as in sweep.grid.
template <class Json>
Json* find_in(Json& parent, std::string_view path) {
  for (std::size_t end = path.find('.'); end != std::string_view::npos; end = path.find('.', end + 1)) {
    Json* inner = element(parent, std::string(path.substr(0, end)));
    if (inner == nullptr) continue;
    if (Json* found = find_in(*inner, path.substr(end + 1))) return found;
  }
  return element(parent, std::string(path));
}

/// The element that `part` names, made if it is not there.
json& step_into(json& parent, const std::string& part, const std::string& setting) {
  if (is_index(part)) {
    if (!parent.is_array()) parent = json::array();
    const std::size_t index = std::stoul(part);
    if (index > parent.size())
      throw ConfigurationError(
          fmt::format("{}: index {} is past the end of a list of {}", setting, part, parent.size()),
          fmt::format("the next free index is {}", parent.size()));
    if (index == parent.size()) parent.push_back(nullptr);
    return parent[index];
  }
  if (parent.is_array())
    throw ConfigurationError(fmt::format("{}: \"{}\" names an element of a list", setting, part),
                             "name it by its index, as in evaluation.perplexity.0.max_segments=2");
  if (!parent.is_object()) parent = json::object();
  return parent[part];
}

}  // namespace

std::string child(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string child(const std::string& path, std::size_t index) {
  return child(path, std::to_string(index));
}

JsonSource::JsonSource(std::string_view text, std::filesystem::path file) : file_(std::move(file)), text_(text) {
  try {
    root_ = json::parse(text_);
    places_ = find_places(text_);
  } catch (const json::parse_error& error) {
    const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
    throw ConfigurationError(fmt::format("{}: not valid JSON: {}", position(offset), cause_of(error)),
                             "look at this place and just before it: a missing comma, quote or bracket?");
  } catch (const json::exception&) {
    throw ConfigurationError(fmt::format("{}: holds a number beyond the range of a double", file_.string()),
                             "look for a number with a long exponent");
  } catch (const DuplicateKey& key) {
    throw ConfigurationError(fmt::format("{}: {} is given twice", position(key.offset), key.path),
                             "keep one of the two");
  } catch (const NestedTooDeep& deep) {
    throw ConfigurationError(fmt::format("{}: nested too deep", position(deep.offset)),
                             "an experiment needs no more than five levels");
  }
}

void JsonSource::set(std::string_view assignment) {
  const std::string setting = fmt::format("--set {}", assignment);
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0)
    throw ConfigurationError(fmt::format("{}: not of the form key=value", setting),
                             "write it as in --set conversion.timesteps=8");
  const std::string path(assignment.substr(0, equals));
  const std::vector<std::string> parts = split(path);
  constexpr std::size_t deepest = 8;
  if (parts.size() > deepest)
    throw ConfigurationError("--set: a key is nested too deep", "an experiment needs no more than five levels");
  json* target = find_in(root_, path);
  if (target == nullptr) {
    target = &root_;
    for (const std::string& part : parts) target = &step_into(*target, part, setting);
  }
  try {
    *target = parse_or_string(assignment.substr(equals + 1));
  } catch (const DuplicateKey& key) {
    throw ConfigurationError(fmt::format("{}: {} is given twice", setting, key.path), "keep one of the two");
  } catch (const NestedTooDeep&) {
    throw ConfigurationError("--set: a value is nested too deep", "an experiment needs no more than five levels");
  }
  forget(path);
  settings_[path] = setting;
}

void JsonSource::forget(const std::string& path) {
  std::erase_if(places_, [&](const auto& entry) { return within(entry.first, path); });
  std::erase_if(settings_, [&](const auto& entry) { return within(entry.first, path); });
}

const json* JsonSource::find(const std::string& path) const {
  return find_in(root_, path);
}

std::vector<std::string> JsonSource::keys_in_order(const std::string& path, const json& object) const {
  std::vector<std::pair<std::size_t, std::string>> keys;
  for (const auto& [key, value] : object.items()) {
    const auto found = places_.find(child(path, key));
    keys.emplace_back(found == places_.end() ? text_.size() : found->second.key, key);
  }
  std::ranges::sort(keys);
  std::vector<std::string> out;
  for (auto& [offset, key] : keys) out.push_back(std::move(key));
  return out;
}

void JsonSource::copy(const std::string& from, const std::string& key, const std::string& to) {
  const json value = *find(from);
  const std::string* setting = setting_of(from);
  const std::string where = setting != nullptr ? *setting : place_of_key(key);
  json* target = &root_;
  for (const std::string& part : split(to)) target = &step_into(*target, part, where);
  *target = value;
  forget(to);
  if (setting != nullptr) {
    settings_[to] = *setting;
    return;
  }
  std::map<std::string, Place> copied;
  for (const auto& [path, place] : places_)
    if (within(path, from)) copied[to + path.substr(from.size())] = place;
  copied[to].key = places_.at(key).key;
  places_.merge(copied);
}

const std::string* JsonSource::setting_of(std::string path) const {
  for (;;) {
    if (const auto found = settings_.find(path); found != settings_.end()) return &found->second;
    if (places_.contains(path) || path.empty()) return nullptr;
    const std::size_t dot = path.rfind('.');
    path.resize(dot == std::string::npos ? 0 : dot);
  }
}

std::string JsonSource::place(const std::string& path, std::size_t Place::*which) const {
  if (const std::string* setting = setting_of(path)) return *setting;
  for (const auto& [known, setting] : settings_)  // a parent that --set had to make
    if (within(known, path) && !places_.contains(path)) return setting;
  if (const auto found = places_.find(path); found != places_.end()) return position(found->second.*which);
  for (const auto& [known, found] : places_)  // a parent that a copy had to make
    if (within(known, path)) return position(found.key);
  return file_.string();
}

std::string JsonSource::position(std::size_t offset) const {
  return models::text_position(file_.string(), text_, offset);
}

std::filesystem::path JsonSource::folder_of(const std::string& path) const {
  return setting_of(path) != nullptr ? std::filesystem::current_path() : std::filesystem::absolute(file_).parent_path();
}

}  // namespace snnsim::experiments
