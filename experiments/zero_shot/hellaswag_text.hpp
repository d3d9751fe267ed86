#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiments/zero_shot/item.hpp"

namespace snnsim::experiments {

/// HellaSwag as six lines an item: "activity_label: ctx_a ctx_b", gold, four endings. Throws DataError with file:line.
std::vector<ZeroShotItem> parse_hellaswag_text(std::string_view text, const std::string& file, std::size_t limit);

/// Where ctx_b begins in "activity_label: ctx_a ctx_b": after the last sentence. WikiHow's contexts ("How to …") have
/// no ctx_b: then it begins at the end.
std::size_t find_ctx_b(std::string_view context);

}  // namespace snnsim::experiments
