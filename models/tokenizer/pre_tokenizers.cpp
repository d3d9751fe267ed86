#include "models/tokenizer/pre_tokenizers.hpp"

#include <initializer_list>
#include <map>

namespace snnsim::models {

const char* const gpt2_pattern = R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

namespace {

// LLaMA-3's family: English contractions, words with one character in front, digits, punctuation, white space.
std::string llama3_pattern(const std::string& digits) {
  return R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|)" + digits +
         R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
}

// GPT-4o's family: a word also begins at a capital letter.
std::string gpt4o_pattern(const std::string& contractions, const std::string& digits) {
  const std::string before = R"([^\r\n\p{L}\p{N}]?)";
  const std::string capitals = R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])";
  const std::string small = R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])";
  return before + capitals + "*" + small + "+" + contractions + "|" +  //
         before + capitals + "+" + small + "*" + contractions + "|" + digits +
         R"(| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
}

constexpr const char* deepseek3_words =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

// Cased letters; some are written as numbers because normalization would change them.
constexpr const char* deepseek_letters =
    R"(\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\x{1F7D}ᾀ-ᾴ)"
    R"(ᾶ-ᾼ\x{1FBE}ῂ-ῄῆ-ῌῐ-\x{1FD3}ῖ-\x{1FDB}ῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\x{2126}ℨ\x{212A}-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻)"
    R"(𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+)";

constexpr const char* cjk = R"([一-龥ࠀ-一가-퟿]+)";
constexpr const char* between_punctuation = R"( ?[^(\s|.,!?…。，、।۔،)]+)";

using Names = std::map<std::string_view, PreTokenizer>;

Names known() {
  const std::string one_digit = R"(\p{N})";
  const std::string three_digits = R"(\p{N}{1,3})";
  const std::string llama3 = llama3_pattern(three_digits);
  const std::string qwen2 = llama3_pattern(one_digit);
  const std::string tekken = gpt4o_pattern("", one_digit);
  const std::string gpt4o = gpt4o_pattern(R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?)", three_digits);
  Names names;
  const auto add = [&](std::initializer_list<const char*> same, const PreTokenizer& rules) {
    for (const char* name : same) names.emplace(name, rules);
  };
  add({"default"}, {{R"([\p{P}\$\+<=>\^~\|]+)", gpt2_pattern, R"(\p{N}+)", "[0-9][0-9][0-9]"}});
  add({"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"},
      {{llama3}, true, true});
  add({"dbrx", "smaug-bpe", "chatglm-bpe", "glm4"}, {{llama3}});
  add({"qwen2", "deepseek-r1-qwen", "megrez", "stablelm2", "hunyuan", "grok-2"}, {{qwen2}});
  add({"gpt-2", "phi-2", "mpt", "olmo", "jais", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de",
       "jina-v2-code", "roberta-bpe", "gigachat", "exaone4", "trillion", "mellum", "modern-bert"},
      {{gpt2_pattern}});
  add({"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"}, {{one_digit, gpt2_pattern}});
  add({"falcon"}, {{R"([\p{P}\$\+<=>\^~\|`]+)", gpt2_pattern, "[0-9][0-9][0-9]"}});
  add({"deepseek-llm"},
      {{R"([\r\n])", deepseek_letters, R"(\s?[!-/:-~！-／：-～‘-‟　-。]+)", R"(\s+$)", cjk, R"(\p{N}+)"}});
  add({"deepseek-coder"}, {{R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", cjk, one_digit}});
  add({"deepseek-v3", "hunyuan-dense"}, {{three_digits, "[一-龥぀-ゟ゠-ヿ]+", deepseek3_words}});
  add({"tekken"}, {{tekken}, true, true});
  add({"gpt-4o", "llama4"}, {{gpt4o}});
  add({"bloom", "gpt3-finnish", "poro-chat"}, {{between_punctuation}});
  add({"viking"}, {{between_punctuation, one_digit}});
  return names;
}

const Names& all() {
  static const Names names = known();
  return names;
}

}  // namespace

std::vector<SplitRule> PreTokenizer::rules() const {
  std::vector<SplitRule> rules;
  for (const std::string& pattern : patterns) rules.push_back({.pattern = pattern});
  return rules;
}

const PreTokenizer* find_pre_tokenizer(std::string_view name) {
  const auto found = all().find(name);
  return found == all().end() ? nullptr : &found->second;
}

std::string known_pre_tokenizers() {
  std::string names;
  for (const auto& [name, rules] : all()) names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

}  // namespace snnsim::models
