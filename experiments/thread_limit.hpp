#pragma once

#include <cstddef>

#include <oneapi/tbb/global_control.h>

namespace snnsim::experiments {

/// Threads that a request means: 0 is every core.
std::size_t thread_count(std::size_t requested);

/// Holds parallel work to thread_count(requested) threads as long as the object lives.
tbb::global_control limit_threads(std::size_t requested);

}  // namespace snnsim::experiments
