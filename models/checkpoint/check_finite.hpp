#pragma once

#include <cstddef>

#include "models/checkpoint/checkpoint.hpp"

namespace snnsim::models {

/// Each throws DataError that names the first weight (in the order of the forward pass, then by row) which holds a NaN
/// or an infinity. Every number is read, on all cores; opening a checkpoint reads none, so whoever uses one first says
/// which part must be sound.
void check_finite(const Checkpoint& checkpoint);
/// Embedding, final norm and LM head.
void check_finite_ends(const Checkpoint& checkpoint);
void check_finite_block(const Checkpoint& checkpoint, std::size_t block);

}  // namespace snnsim::models
