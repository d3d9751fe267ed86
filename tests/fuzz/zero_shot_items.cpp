// The items of a zero-shot task, which the first byte chooses: an accepted item has a right choice among its requests,
// and each request has something to score after a space.
#include <algorithm>

#include "experiments/zero_shot/item_reader.hpp"
#include "tests/fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  using namespace snnsim::experiments;
  if (size == 0) return 0;
  const auto task = static_cast<ZeroShotName>(data[0] % names_of<ZeroShotName>.size());
  return tests::attempt([&] {
    const auto items = parse_items(task, tests::text_of(data, size).substr(1), "input", 0);
    tests::require(!items.empty(), "an item");
    for (const ZeroShotItem& item : items) {
      tests::require(item.gold < item.requests.size(), "the right choice is among the choices");
      tests::require(std::ranges::all_of(item.requests,
                                         [](const Request& request) {
                                           return request.continuation.size() > 1 && request.continuation[0] == ' ';
                                         }),
                     "each continuation is a space and more");
    }
  });
}
