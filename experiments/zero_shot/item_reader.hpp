#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/experiment.hpp"
#include "experiments/zero_shot/item.hpp"

namespace snnsim::experiments {

/// The items of a task's file, plain or gzip, in its order; `limit`, if not 0, stops early. JSON Lines with the fields
/// of the task's data set on the Hugging Face hub, or already parted into {query, choices, gold}; HellaSwag also six
/// lines an item (context, gold, four endings). docs/protocols.md has the fields.
/// Throws DataError: the file is missing or holds no item; or with file:line for a field that is missing or wrong.
std::vector<ZeroShotItem> read_items(ZeroShotName task, const std::filesystem::path& file, std::size_t limit);

/// The same from a text; `file` names it in messages.
std::vector<ZeroShotItem> parse_items(ZeroShotName task, std::string_view text, const std::string& file,
                                      std::size_t limit);

}  // namespace snnsim::experiments
