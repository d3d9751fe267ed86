#pragma once

#include <cstdint>
#include <string>

#include <hdf5.h>

namespace snnsim::experiments {

/// The attributes of the root of every spike file: SONATA's magic number and version, and what wrote it of which run.
void put_file_header(hid_t root, const std::string& run, std::uint32_t timesteps, std::uint32_t ticks_per_step);

}  // namespace snnsim::experiments
