#include "models/rotation/hadamard.hpp"

#include <vector>

namespace snnsim::models {

namespace {

bool is_prime(std::size_t n) {
  for (std::size_t d = 2; d * d <= n; ++d)
    if (n % d == 0) return false;
  return n > 1;
}

/// χ(x) for x = 0..q-1: 1 for squares modulo q, -1 for the others, 0 for 0.
std::vector<float> quadratic_character(std::size_t q) {
  std::vector<float> character(q, -1.0F);
  for (std::size_t x = 1; x < q; ++x) character[x * x % q] = 1.0F;
  character[0] = 0.0F;
  return character;
}

/// (q + 1)²: zeros on the diagonal, χ(i - j) inside, a border of `left` and 1. Its rows are orthogonal.
Matrix<float> conference_matrix(std::size_t q, float left) {
  const std::vector<float> character = quadratic_character(q);
  Matrix<float> c(q + 1, q + 1, 1.0F);
  c.row(0)[0] = 0.0F;
  for (std::size_t i = 0; i < q; ++i) {
    c.row(i + 1)[0] = left;
    for (std::size_t j = 0; j < q; ++j) c.row(i + 1)[j + 1] = character[(i + q - j) % q];
  }
  return c;
}

Matrix<float> first_construction(std::size_t q) {
  Matrix<float> h = conference_matrix(q, -1.0F);
  for (std::size_t i = 0; i <= q; ++i) h.row(i)[i] = 1.0F;
  return h;
}

/// Every entry of the conference matrix becomes a 2 × 2 block.
Matrix<float> second_construction(std::size_t q) {
  const Matrix<float> c = conference_matrix(q, 1.0F);
  Matrix<float> h(2 * (q + 1), 2 * (q + 1));
  for (std::size_t i = 0; i <= q; ++i)
    for (std::size_t j = 0; j <= q; ++j) {
      const float x = c.row(i)[j], one = i == j ? 1.0F : 0.0F;
      h.row(2 * i)[2 * j] = x + one;
      h.row(2 * i)[2 * j + 1] = h.row(2 * i + 1)[2 * j] = x - one;
      h.row(2 * i + 1)[2 * j + 1] = -x - one;
    }
  return h;
}

}  // namespace

std::optional<Matrix<float>> paley_hadamard(std::size_t order) {
  if (order < 4 || order % 4 != 0) return {};
  if (is_prime(order - 1)) return first_construction(order - 1);
  if (const std::size_t q = order / 2 - 1; q % 4 == 1 && is_prime(q)) return second_construction(q);
  return {};
}

}  // namespace snnsim::models
