#pragma once

#include <cstddef>
#include <optional>

#include "core/matrix.hpp"

namespace snnsim::models {

/// A Hadamard matrix: entries 1 and -1, rows orthogonal. By Paley's first construction where order - 1 is a prime of
/// the form 4 n + 3, by his second where order / 2 - 1 is one of the form 4 n + 1 (R. Paley 1933, On orthogonal
/// matrices); none for other orders, even where one is known.
std::optional<Matrix<float>> paley_hadamard(std::size_t order);

}  // namespace snnsim::models
