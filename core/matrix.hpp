#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

namespace snnsim {

/// Dense row-major matrix (rows × columns); rows are token positions almost everywhere.
template <typename T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns, T value = T{})
      : rows_(rows), columns_(columns), values_(rows * columns, value) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  T* row(std::size_t r) {
    assert(r < rows_);
    return values_.data() + r * columns_;
  }
  const T* row(std::size_t r) const {
    assert(r < rows_);
    return values_.data() + r * columns_;
  }
  std::span<T> values() { return values_; }
  std::span<const T> values() const { return values_; }
  /// Changes the number of rows; kept rows keep their values, new ones are T{}.
  void resize_rows(std::size_t rows) {
    values_.resize(rows * columns_);
    rows_ = rows;
  }
  /// Takes another shape and keeps its memory for it; values are then unspecified.
  void reshape(std::size_t rows, std::size_t columns) {
    values_.resize(rows * columns);
    rows_ = rows;
    columns_ = columns;
  }
  bool operator==(const Matrix&) const = default;

 private:
  std::size_t rows_ = 0, columns_ = 0;
  std::vector<T> values_;
};

}  // namespace snnsim
