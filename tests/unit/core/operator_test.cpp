#include "core/operator.hpp"

#include <array>

#include <doctest/doctest.h>

namespace snnsim {

TEST_CASE("a sum writes the listed rows and no other") {
  const Sum sum(3);
  Matrix<float> a(4, 3, 1.5F), b(4, 3, 2.0F), y(4, 3, -1.0F);
  a.row(2)[1] = 10;
  const std::array<const Matrix<float>*, 2> inputs{&a, &b};
  const std::array<std::uint32_t, 2> rows{0, 2};
  sum.evaluate(inputs, rows, y);
  CHECK(y.row(0)[0] == 3.5F);
  CHECK(y.row(2)[1] == 12.0F);
  CHECK(y.row(1)[0] == -1.0F);
  CHECK(y.row(3)[2] == -1.0F);
  CHECK(sum.width() == 3);
  CHECK(sum.count(17) == AnalogCount{.multiply_accumulates = 3});
  CHECK_FALSE(sum.reads_earlier_positions(0));
}

TEST_CASE("a sum of many adds from left to right") {
  const Sum sum(1, 4);
  Matrix<float> a(1, 1, 1e8F), b(1, 1, -1e8F), c(1, 1, 1.0F), d(1, 1, 0.5F), y(1, 1);
  const std::array<std::uint32_t, 1> rows{0};
  sum.evaluate(std::array<const Matrix<float>*, 4>{&a, &b, &c, &d}, rows, y);
  CHECK(y.row(0)[0] == 1.5F);
  sum.evaluate(std::array<const Matrix<float>*, 4>{&a, &c, &d, &b}, rows, y);
  CHECK(y.row(0)[0] == 0);  // 1e8 swallows what is less than 4
  CHECK(sum.count(0) == AnalogCount{.multiply_accumulates = 3});
}

}  // namespace snnsim
