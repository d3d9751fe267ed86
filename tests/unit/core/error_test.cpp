#include "core/error.hpp"

#include <doctest/doctest.h>

namespace snnsim {

TEST_CASE("cause and remedy stay on one line each, whatever they quote") {
  const ConfigurationError error("sweep.a\nb is no key", "spell\ta\rkey");
  CHECK(std::string(error.what()) == "sweep.a?b is no key");
  CHECK(error.remedy() == "spell?a?key");
}

}  // namespace snnsim
