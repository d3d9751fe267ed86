#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snnsim::experiments {

/// Pages of a WikiText file as lm-evaluation-harness takes them (data set wikitext_document_level): a page begins at
/// each line "= … =" that is no heading of a section. The newlines between the lines of a page are kept.
std::vector<std::string> wikitext_pages(std::string_view text);

/// The harness's wikitext_detokenizer: takes the spaces and marks out that WikiText's tokens have (" @-@ ", " , ").
std::string detokenize_wikitext(std::string page);

}  // namespace snnsim::experiments
