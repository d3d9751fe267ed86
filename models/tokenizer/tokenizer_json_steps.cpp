#include "models/tokenizer/tokenizer_json_steps.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "models/checkpoint/in_quotes.hpp"
#include "models/tokenizer/pre_tokenizers.hpp"
#include "models/tokenizer/sentencepiece_tokenizer.hpp"

namespace snnsim::models {
namespace {

using nlohmann::json;

/// The steps of a normalizer or pre-tokenizer: those of a Sequence, else itself; none for null.
std::vector<json> steps_of(const JsonFields& whole, const char* key, const char* list) {
  const json& given = whole.at(key);
  if (given.is_null()) return {};
  const bool sequence = given.is_object() && given.value("type", json()) == "Sequence";
  if (!sequence) return {given};
  const auto steps = given.find(list);
  if (steps == given.end() || !steps->is_array()) whole.fail(fmt::format("the {} has no {}", key, list));
  return *steps;
}

std::vector<json> pre_tokenizer_steps(const JsonFields& whole) {
  return steps_of(whole, "pre_tokenizer", "pretokenizers");
}

[[noreturn]] void fail_kind(const JsonFields& whole, const char* key, const json& step) {
  whole.fail(fmt::format("the {}'s step {} is of another kind", key, in_quotes(step.dump())));
}

std::string type_of(const json& step) {
  if (!step.is_object()) return "";
  const auto type = step.find("type");
  return type != step.end() && type->is_string() ? type->get<std::string>() : "";
}

bool flag_of(const json& step, const char* key, bool fallback) {
  const auto value = step.find(key);
  return value != step.end() && value->is_boolean() ? value->get<bool>() : fallback;
}

std::string text_of(const json& step, const char* key) {
  const auto value = step.find(key);
  return value != step.end() && value->is_string() ? value->get<std::string>() : "";
}

bool is_space_replacement(const json& step) {
  const json expected = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", written_space}};
  return step == expected;
}

bool is_prepend(const json& step) {
  return step == json{{"type", "Prepend"}, {"prepend", written_space}};
}

SpacePrefix metaspace_prefix(const json& step, const JsonFields& whole) {
  const std::string scheme = text_of(step, "prepend_scheme");
  if (scheme == "first") return SpacePrefix::first_unless_there;
  if (scheme == "never") return SpacePrefix::never;
  if (scheme.empty() && !flag_of(step, "add_prefix_space", true)) return SpacePrefix::never;
  if (scheme.empty() || scheme == "always") return SpacePrefix::unless_there;
  fail_kind(whole, "pre_tokenizer", step);
}

std::optional<SplitBehavior> behavior_of(const std::string& name) {
  constexpr std::array<std::pair<const char*, SplitBehavior>, 5> behaviors = {{
      {"Removed", SplitBehavior::removed},
      {"Isolated", SplitBehavior::isolated},
      {"MergedWithPrevious", SplitBehavior::merged_with_previous},
      {"MergedWithNext", SplitBehavior::merged_with_next},
      {"Contiguous", SplitBehavior::contiguous},
  }};
  for (const auto& [known, behavior] : behaviors) {
    if (name == known) return behavior;
  }
  return std::nullopt;
}

SplitRule read_split(const json& step, const JsonFields& whole) {
  const auto pattern = step.find("pattern");
  const auto behavior = behavior_of(text_of(step, "behavior"));
  if (pattern == step.end() || !pattern->is_object() || !behavior) fail_kind(whole, "pre_tokenizer", step);
  const std::string literal = text_of(*pattern, "String");
  const std::string regex = text_of(*pattern, "Regex");
  if (literal.empty() == regex.empty()) fail_kind(whole, "pre_tokenizer", step);
  return {.pattern = literal.empty() ? regex : literal_pattern(literal),
          .behavior = *behavior,
          .inverted = flag_of(step, "invert", false)};
}

SplitRule read_rule(const json& step, const JsonFields& whole) {
  const std::string type = type_of(step);
  if (type == "Split") return read_split(step, whole);
  if (type == "Digits") return {.pattern = flag_of(step, "individual_digits", false) ? R"(\p{N})" : R"(\p{N}+)"};
  if (type != "Punctuation") fail_kind(whole, "pre_tokenizer", step);
  const std::string name = text_of(step, "behavior");
  const auto behavior = behavior_of(name.empty() ? "Isolated" : name);
  if (!behavior) fail_kind(whole, "pre_tokenizer", step);
  return {.pattern = R"([\p{P}\$+<=>\^`|~])", .behavior = *behavior};
}

}  // namespace

SpaceRules read_space_rules(const JsonFields& whole) {
  SpaceRules rules;
  bool replaces = false;
  for (const json& step : steps_of(whole, "normalizer", "normalizers")) {
    if (is_space_replacement(step)) {
      replaces = true;
    } else if (is_prepend(step)) {
      rules.prefix = SpacePrefix::always;
    } else {
      fail_kind(whole, "normalizer", step);
    }
  }
  for (const json& step : pre_tokenizer_steps(whole)) {
    if (type_of(step) != "Metaspace" || text_of(step, "replacement") != written_space) {
      fail_kind(whole, "pre_tokenizer", step);
    }
    if (rules.prefix == SpacePrefix::never) rules.prefix = metaspace_prefix(step, whole);
    rules.splits = flag_of(step, "split", true);
    rules.late = !replaces;
    replaces = true;
  }
  if (!replaces) whole.fail("neither normalizer nor pre_tokenizer writes spaces as U+2581");
  return rules;
}

std::vector<UnicodeForm> read_unicode_forms(const JsonFields& whole) {
  std::vector<UnicodeForm> forms;
  for (const json& step : steps_of(whole, "normalizer", "normalizers")) {
    const auto form = unicode_form(type_of(step));
    if (!form) fail_kind(whole, "normalizer", step);
    forms.push_back(*form);
  }
  return forms;
}

ByteLevelRules read_byte_level_rules(const JsonFields& whole) {
  ByteLevelRules result;
  bool done = false;
  for (const json& step : pre_tokenizer_steps(whole)) {
    if (done) fail_kind(whole, "pre_tokenizer", step);  // it would divide texts that are written in bytes
    done = type_of(step) == "ByteLevel";
    if (!done) {
      result.rules.push_back(read_rule(step, whole));
      continue;
    }
    result.adds_prefix_space = flag_of(step, "add_prefix_space", true);
    if (result.adds_prefix_space && !result.rules.empty()) fail_kind(whole, "pre_tokenizer", step);
    if (flag_of(step, "use_regex", true)) result.rules.push_back({.pattern = gpt2_pattern});
  }
  return result;
}

bool is_byte_level(const JsonFields& whole) {
  for (const json& step : pre_tokenizer_steps(whole)) {
    if (type_of(step) == "ByteLevel") return true;
  }
  return false;
}

}  // namespace snnsim::models
