#include "experiments/recording/file_header.hpp"

#include <array>

#include <fmt/format.h>

#include "experiments/build_identity.hpp"
#include "experiments/recording/hdf5.hpp"

namespace snnsim::experiments {

namespace {

constexpr std::uint32_t kSonataMagic = 0x0A7A;
constexpr std::array<std::uint32_t, 2> kSonataVersion{0, 1};

}  // namespace

void put_file_header(hid_t root, const std::string& run, std::uint32_t timesteps, std::uint32_t ticks_per_step) {
  hdf5::put_attribute(root, "magic", kSonataMagic);
  hdf5::put_attribute(root, "version", kSonataVersion);
  hdf5::put_attribute(root, "program", fmt::format("snnsim {}", version()));
  hdf5::put_attribute(root, "run", run);
  hdf5::put_attribute(root, "timesteps", timesteps);
  hdf5::put_attribute(root, "ticks_per_step", ticks_per_step);
}

}  // namespace snnsim::experiments
