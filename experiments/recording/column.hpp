#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "experiments/recording/hdf5.hpp"

namespace snnsim::experiments::hdf5 {

/// The library's name of a number's type.
hid_t type_of(double);
hid_t type_of(float);
hid_t type_of(std::int16_t);
hid_t type_of(std::int64_t);
hid_t type_of(std::uint32_t);
hid_t type_of(std::uint64_t);

/// What a column that is written holds back at most, if its rows are not longer.
inline constexpr std::size_t kChunkBytes = std::size_t{64} * 1024;

/// What a dataset that is read may hold.
enum class Elements { integers, numbers };

/// A dataset of (rows) or (rows × width) numbers, as it lies in a file.
class Column {
 public:
  /// A new, empty one, which can grow: in chunks of about 64 KiB, shuffled and deflated. width 0: (rows).
  static Column create(hid_t group, const std::string& name, hid_t type, std::size_t width = 0);
  /// One that is there. Throws DataError when there is none, when it holds something else, when its extents are others
  /// than one or two, or when it claims more numbers than its bytes can hold.
  static Column open(hid_t group, const std::string& name, Elements elements);

  std::uint64_t rows() const { return rows_; }
  std::size_t width() const { return width_; }  // 0: (rows)
  std::size_t chunk_rows() const { return chunk_rows_; }
  std::size_t row_bytes() const { return H5Tget_size(type_.id()) * std::max<std::size_t>(1, width_); }

  /// Numbers of rows [first, first + count), converted to T: those that T does not have become its nearest.
  template <typename T>
  void read(std::uint64_t first, std::size_t count, std::vector<T>& values) const {
    values.resize(count * std::max<std::size_t>(1, width_));
    read(first, count, type_of(T{}), values.data());
  }
  /// The same as they are, (count × row_bytes).
  void read(std::uint64_t first, std::size_t count, std::vector<std::byte>& rows) const;
  /// Makes it `first + count` rows long if it is shorter, and writes the last `count`.
  void write(std::uint64_t first, std::size_t count, const std::byte* rows);

 private:
  Column(Handle dataset, std::uint64_t rows, std::size_t width, std::size_t chunk_rows);
  Handle selected(std::uint64_t first, std::size_t count) const;
  Handle in_memory(std::size_t count) const;
  void read(std::uint64_t first, std::size_t count, hid_t type, void* values) const;

  Handle dataset_, type_;  // type_: that of its numbers in memory
  std::uint64_t rows_ = 0;
  std::size_t width_ = 0, chunk_rows_ = 1;
};

/// Fills a column from its end on, a chunk at a time; holds back less than a chunk.
class ColumnWriter {
 public:
  /// Of a column with rows, the last chunk, when it is not full, is written again.
  explicit ColumnWriter(Column column);

  /// Whole rows; T is the type of the column.
  template <typename T>
  void append(std::span<const T> values) {
    append(std::as_bytes(values));
  }
  /// The same number `count` times.
  template <typename T>
  void fill(T value, std::size_t count) {
    const std::vector<T> values(std::min(count, kFilled), value);
    for (; count > kFilled; count -= kFilled) append(std::span<const T>(values));
    append(std::span<const T>(values).first(count));
  }
  /// All rows of another column of the same type.
  void append(const Column& from);
  /// Writes what is held back; last of all calls.
  void finish();

 private:
  static constexpr std::size_t kFilled = 1024;  // numbers at a time

  void append(std::span<const std::byte> bytes);
  void flush();

  Column column_;
  std::uint64_t written_;          // rows
  std::vector<std::byte> buffer_;  // rows behind those
};

}  // namespace snnsim::experiments::hdf5
