#include "models/rotation/hadamard.hpp"

#include <doctest/doctest.h>

namespace snnsim::models {

TEST_CASE("Paley's matrices are Hadamard matrices") {
  for (const std::size_t order : {4, 8, 12, 20, 24, 28, 36, 44, 60, 76, 108, 124}) {
    CAPTURE(order);
    const auto h = paley_hadamard(order);
    REQUIRE(h);
    REQUIRE(h->rows() == order);
    REQUIRE(h->columns() == order);
    for (std::size_t i = 0; i < order; ++i)
      for (std::size_t j = 0; j < order; ++j) {
        float product = 0;
        for (std::size_t k = 0; k < order; ++k) {
          REQUIRE((h->row(i)[k] == 1 || h->row(i)[k] == -1));
          product += h->row(i)[k] * h->row(j)[k];
        }
        REQUIRE(product == (i == j ? static_cast<float>(order) : 0.0F));
      }
  }
}

TEST_CASE("orders that Paley's constructions do not reach") {
  for (const std::size_t order : {0, 1, 2, 3, 6, 10, 40, 92, 172}) CHECK_FALSE(paley_hadamard(order));
}

}  // namespace snnsim::models
