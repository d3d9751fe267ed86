#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/random.hpp"

namespace snnsim::models {

/// An orthogonal matrix of a fast kind, as QuaRot uses it (Ashkboos et al. 2024): Q = (K ⊗ H) D, where D are random
/// signs, H is Sylvester's Hadamard matrix of a power of two and K, for the rest of the size, a Hadamard matrix of
/// Paley's or, where he has none, a random orthogonal matrix. Spreads what is large in a few channels over all of them.
/// Every result has one fixed order of operations.
class Rotation {
 public:
  /// `number` tells the rotations of one model apart. Throws ConfigurationError for a size whose odd factor needs a
  /// random matrix of more than 1024 rows.
  Rotation(std::size_t size, std::uint64_t seed, std::uint64_t number);

  std::size_t size() const { return signs_.size(); }
  /// values (parts × size × columns): every column of every part becomes Q times itself, or Qᵀ times itself.
  void apply(std::span<float> values, std::size_t columns = 1) const;
  void undo(std::span<float> values, std::size_t columns = 1) const;
  /// The same for every row of a matrix (· × parts * size * columns).
  void apply_rows(Matrix<float>& matrix, std::size_t columns = 1) const;
  /// For the columns of a matrix (size × ·).
  void apply_columns(Matrix<float>& matrix) const;
  /// Additions and multiplications of one column.
  std::uint64_t multiply_accumulates() const;

 private:
  /// body(part) for each.
  template <typename Body>
  void for_parts(std::span<float> values, std::size_t columns, const Body& body) const;
  void hadamard(std::span<float> values, std::size_t columns) const;
  void mix(const Matrix<float>& factor, std::span<float> values, std::size_t columns) const;
  void change_signs(std::span<float> values, std::size_t columns) const;

  std::size_t power_ = 1;  // of H
  Matrix<float> factor_;   // K / √(its size · power) where it is a Hadamard matrix, (1 × 1) where there is none
  Matrix<float> factor_transposed_;
  std::vector<float> signs_;  // (size)
};

}  // namespace snnsim::models
