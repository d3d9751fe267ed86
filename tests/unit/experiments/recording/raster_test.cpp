#include "experiments/recording/raster.hpp"

#include <doctest/doctest.h>

namespace snnsim::experiments {

TEST_CASE("whole numbers are not divided among cells") {
  const RasterAxis few = RasterAxis::of_numbers(1, 8, 64);
  CHECK(few.cells == 8);
  CHECK(few.cell(8) == 7);
  const RasterAxis many = RasterAxis::of_numbers(0, 99, 24);
  CHECK(many.step == 5);
  CHECK(many.cells == 20);
  CHECK(many.cell(4) == 0);
  CHECK(many.cell(5) == 1);
  CHECK(many.cell(99) == 19);
}

TEST_CASE("times are divided evenly; the last one belongs to the last cell") {
  const RasterAxis axis = RasterAxis::of_times(10, 20, 4);
  CHECK(axis.cell(10) == 0);
  CHECK(axis.cell(12.5) == 1);
  CHECK(axis.cell(20) == 3);
  CHECK(RasterAxis::of_times(3, 3, 4).cells == 1);
}

TEST_CASE("more spikes are darker; none is blank, one is not") {
  Raster raster(RasterAxis::of_numbers(0, 1, 2), RasterAxis::of_numbers(1, 3, 3));
  for (int i = 0; i < 9; ++i) raster.add(0, 2);
  for (int i = 0; i < 4; ++i) raster.add(1, 3);
  raster.add(1, 1);
  CHECK(raster.most() == 9);
  CHECK(raster.text(1) == "        1 |. =|\n        0 | @ |\n");
}

}  // namespace snnsim::experiments
