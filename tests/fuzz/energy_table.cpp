// A cost table: what is accepted has only finite costs that are not negative.
#include "experiments/energy_table.hpp"

#include <cmath>

#include "tests/fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  return tests::attempt([&] {
    const auto table = experiments::parse_energy_table(tests::text_of(data, size), "/lab/input.json");
    tests::require(!table.name.empty(), "a name");
    const double costs[] = {table.cost.add_int32.value_or(0), table.cost.static_mw.value_or(0),
                            table.cost.spike_message.value_or(0)};
    for (const double cost : costs) tests::require(std::isfinite(cost) && cost >= 0, "costs are finite, not negative");
  });
}
