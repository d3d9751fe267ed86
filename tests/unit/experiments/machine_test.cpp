#include "experiments/machine.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

namespace snnsim::experiments {

TEST_CASE("memory that is available is some of what the machine has") {
  const auto all =
      static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  CHECK(available_bytes() > 0);
  CHECK(available_bytes() <= all);
}

}  // namespace snnsim::experiments
