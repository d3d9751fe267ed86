#pragma once

#include <cstddef>

#include "core/matrix.hpp"
#include "core/random.hpp"

namespace snnsim::models {

/// (size × size), rows orthonormal: random rows, made so one after another (Gram and Schmidt, twice for each row, in
/// double). The same on every machine: nothing but + - × / and square roots is used.
Matrix<float> random_orthogonal(std::size_t size, const RandomStream& random);

}  // namespace snnsim::models
