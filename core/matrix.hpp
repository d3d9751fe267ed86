#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

namespace snnsim {

/// Leaves new elements as memory has them unless a value is given. Arrays begin with a cache line, so that vectors of a
/// matrix whose rows are whole lines lie in one line each.
template <typename T>
struct UninitialisedAllocator : std::allocator<T> {
  template <typename U>
  struct rebind {
    using other = UninitialisedAllocator<U>;
  };
  /// Aligned by hand, with the distance in the byte before: C libraries find less of what was freed for memory that is
  /// to be aligned, and runs took a third more.
  T* allocate(std::size_t n) {
    constexpr std::size_t line = 64;
    auto* whole = static_cast<std::byte*>(::operator new(n * sizeof(T) + line));
    std::byte* first = whole + (line - reinterpret_cast<std::uintptr_t>(whole) % line);
    first[-1] = static_cast<std::byte>(first - whole);
    return reinterpret_cast<T*>(first);
  }
  void deallocate(T* memory, std::size_t) {
    auto* first = reinterpret_cast<std::byte*>(memory);
    ::operator delete(first - static_cast<std::size_t>(first[-1]));
  }
  template <typename U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <typename U, typename... Args>
  void construct(U* at, Args&&... args) {
    std::construct_at(at, std::forward<Args>(args)...);
  }
};

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
    values_.resize(rows * columns_, T{});
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
  std::vector<T, UninitialisedAllocator<T>> values_;
};

}  // namespace snnsim
