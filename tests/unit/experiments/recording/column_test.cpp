#include "experiments/recording/column.hpp"

#include <numeric>

#include <doctest/doctest.h>

#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments::hdf5 {
namespace {

constexpr std::size_t kChunk = 64 * 1024 / 8;  // rows of a column of 64-bit numbers

std::vector<std::uint64_t> numbers(std::uint64_t first, std::size_t count) {
  std::vector<std::uint64_t> values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

void append(Column column, const std::vector<std::uint64_t>& values) {
  ColumnWriter writer(std::move(column));
  writer.append(std::span<const std::uint64_t>(values));
  writer.finish();
}

Column reopened(const Handle& file, Elements elements = Elements::integers) {
  return Column::open(file.id(), "x", elements);
}

}  // namespace

TEST_CASE("a column keeps what is appended, in pieces of any size, over several openings") {
  const tests::ScratchFolder folder;
  for (const std::size_t piece : {std::size_t{1} << 10U, kChunk - 1, kChunk, kChunk + 1, 3 * kChunk + 5}) {
    CAPTURE(piece);
    const std::filesystem::path path = folder.path() / "x.h5";
    Handle file = create_file(path);
    append(Column::create(file.id(), "x", type_of(std::uint64_t{})), numbers(0, piece));
    for (std::size_t k = 1; k < 4; ++k) append(reopened(file), numbers(k * piece, piece));
    close_file(std::move(file));
    const Handle stored = open_file(path);
    const Column column = reopened(stored);
    std::vector<std::uint64_t> all;
    column.read(0, column.rows(), all);
    CHECK(all == numbers(0, 4 * piece));
    column.read(piece - 1, 3, all);
    CHECK(all == numbers(piece - 1, 3));
  }
}

TEST_CASE("rows wider than a chunk are kept as well") {
  const tests::ScratchFolder folder;
  Handle file = create_file(folder.path() / "x.h5");
  constexpr std::size_t width = 20000;
  std::vector<float> rows(3 * width);
  std::iota(rows.begin(), rows.end(), 0.0F);
  ColumnWriter writer(Column::create(file.id(), "x", type_of(float{}), width));
  for (std::size_t r = 0; r < 3; ++r) writer.append(std::span<const float>(rows).subspan(r * width, width));
  writer.finish();
  const Column column = reopened(file, Elements::numbers);
  std::vector<float> second;
  column.read(1, 1, second);
  CHECK(column.rows() == 3);
  CHECK(column.width() == width);
  CHECK(std::ranges::equal(second, std::span<const float>(rows).subspan(width, width)));
}

TEST_CASE("the same number many times, and numbers of another type") {
  const tests::ScratchFolder folder;
  Handle file = create_file(folder.path() / "x.h5");
  ColumnWriter writer(Column::create(file.id(), "x", type_of(std::int16_t{})));
  writer.fill(std::int16_t{-7}, 100000);
  writer.finish();
  std::vector<double> read;
  reopened(file).read(0, 100000, read);
  CHECK(read == std::vector<double>(100000, -7.0));
}

TEST_CASE("what does not fit is refused") {
  const tests::ScratchFolder folder;
  const Handle file = create_file(folder.path() / "x.h5");
  CHECK(tests::complaint([&] { reopened(file); }).ends_with("dataset \"x\" is missing"));
  append(Column::create(file.id(), "x", type_of(std::uint64_t{})), numbers(0, 5));
  Column::create(file.id(), "floats", type_of(float{}));
  CHECK(tests::complaint([&] {
          Column::open(file.id(), "floats", Elements::integers);
        }).ends_with("holds something else than integers"));
  const hsize_t many = hsize_t{1} << 39U;
  const Handle dataset(H5Dopen2(file.id(), "x", H5P_DEFAULT), H5Dclose);
  REQUIRE(H5Dset_extent(dataset.id(), &many) >= 0);
  CHECK(tests::complaint([&] { reopened(file); }).find("more than its bytes can hold") != std::string::npos);
}

}  // namespace snnsim::experiments::hdf5
