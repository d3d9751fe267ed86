#include "core/matrix.hpp"

#include <numeric>

#include <doctest/doctest.h>

namespace snnsim {

TEST_CASE("rows lie one after another") {
  Matrix<int> m(3, 4);
  std::iota(m.values().begin(), m.values().end(), 0);
  CHECK(m.rows() == 3);
  CHECK(m.columns() == 4);
  CHECK(m.row(2) == m.row(0) + 8);
  CHECK(m.row(1)[3] == 7);
  CHECK(m.values().size() == 12);
}

TEST_CASE("resizing keeps the rows that stay and clears the new ones, even where old rows were") {
  Matrix<float> m(2, 3, 5.0F);
  m.resize_rows(1);
  m.resize_rows(3);
  CHECK(m.row(0)[2] == 5);
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(m.row(1)[c] == 0);
    CHECK(m.row(2)[c] == 0);
  }
}

TEST_CASE("equality wants the shape and the values") {
  const Matrix<int> m(2, 3, 1);
  CHECK(m == Matrix<int>(2, 3, 1));
  CHECK_FALSE(m == Matrix<int>(3, 2, 1));
  CHECK_FALSE(m == Matrix<int>(2, 3, 2));
}

TEST_CASE("a matrix without rows or columns is fine") {
  CHECK(Matrix<int>(0, 7).values().empty());
  CHECK(Matrix<int>(7, 0).values().empty());
}

}  // namespace snnsim
