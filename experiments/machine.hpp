#pragma once

#include <cstdint>
#include <string>

namespace snnsim::experiments {

std::string host_name();
std::string cpu_model();  // empty when the system does not say
/// Largest resident set of this process so far.
std::uint64_t peak_resident_bytes();
/// The resident set of this process now.
std::uint64_t resident_bytes();
/// Memory that new processes can have now, by the system and by the limit of this process's control group; 0 if the
/// system does not say.
std::uint64_t available_bytes();
/// Now in UTC, 2025-01-31T12:34:56Z.
std::string timestamp();

}  // namespace snnsim::experiments
