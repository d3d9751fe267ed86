#pragma once

#include <cstdint>

namespace snnsim {

/// A row of a running network's arrays: a token position, or a trial of a batch.
using Position = std::uint32_t;

}  // namespace snnsim
