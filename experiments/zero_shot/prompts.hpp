#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiments/zero_shot/item.hpp"

/// The prompts of lm-evaluation-harness (the same in 0.3 and 0.4), from the fields of the tasks' own data sets. Each
/// choice follows the context after one space.
namespace snnsim::experiments {

/// PIQA (question: the goal), ARC: "Question: {question}\nAnswer:".
ZeroShotItem question_item(std::string_view question, const std::vector<std::string>& choices, std::size_t gold);

/// The fields of HellaSwag.
struct HellaSwagFields {
  std::string activity_label, ctx_a, ctx_b;
  std::vector<std::string> endings;
  std::size_t gold = 0;
};
/// "{activity_label}: {ctx_a} {ctx_b, capitalized}", cleaned, and the endings, cleaned.
ZeroShotItem hellaswag_item(const HellaSwagFields& fields);
/// Strips, turns " [title]" into ". ", drops what is in brackets, and makes one space of two, in one pass.
std::string clean_hellaswag(std::string_view text);

/// Two contexts, the sentence up to its '_' with an option put in, and one continuation: what follows, stripped.
/// `sentence` has a '_'.
ZeroShotItem winogrande_item(std::string_view sentence, const std::vector<std::string>& options, std::size_t gold);

/// "{passage}\nQuestion: {question}?\nAnswer:", the choices are no and yes.
ZeroShotItem boolq_item(std::string_view passage, std::string_view question, std::size_t gold);

/// The last word, which is what follows the last space of the text; `text` has a space.
ZeroShotItem lambada_item(std::string_view text);

}  // namespace snnsim::experiments
