#include "experiments/sweep/byte_count.hpp"

#include <doctest/doctest.h>

#include "tests/support/complaint.hpp"

namespace snnsim::experiments {

TEST_CASE("numbers of bytes with and without a unit") {
  CHECK(bytes_in("--memory", "8000000000") == 8000000000);
  CHECK(bytes_in("--memory", "3K") == 3072);
  CHECK(bytes_in("--memory", "16G") == std::uint64_t{16} << 30);
  CHECK(bytes_in("--memory", "2T") == std::uint64_t{1} << 41);
  for (const char* text : {"", "G", "-1", "1.5G", "8GB", "8g", "0", "18446744073709551616", "20000000T"})
    CHECK(tests::complaint([&] { (void)bytes_in("--memory", text); }).starts_with("--memory is \""));
}

}  // namespace snnsim::experiments
