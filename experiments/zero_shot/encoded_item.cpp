#include "experiments/zero_shot/encoded_item.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/evaluation/python_text.hpp"
#include "experiments/zero_shot/encode_request.hpp"
#include "experiments/zero_shot/item_reader.hpp"

namespace snnsim::experiments {

std::vector<EncodedItem> encoded_items(const ZeroShotTask& task, const models::Tokenizer& tokenizer,
                                       std::size_t context_length) {
  std::vector<EncodedItem> encoded;
  for (const ZeroShotItem& item : read_items(task.task, task.path, task.limit)) {
    EncodedItem& out = encoded.emplace_back();
    out.gold = item.gold;
    for (const Request& request : item.requests) try {
        out.requests.push_back(encode_request(request, task.protocol, tokenizer, context_length));
        out.characters.push_back(count_characters(request.continuation) - 1);
      } catch (const DataError& error) {
        throw DataError(fmt::format("{}: item {}: {}", task.path.string(), encoded.size(), error.what()),
                        error.remedy());
      }
  }
  return encoded;
}

}  // namespace snnsim::experiments
