#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace snnsim::tests {

/// Bytes of every dataset of an HDF5 file by its path, in the types that they are stored in.
std::map<std::string, std::vector<std::byte>> hdf5_content(const std::filesystem::path& file);

}  // namespace snnsim::tests
