#include "experiments/thread_limit.hpp"

#include <algorithm>
#include <thread>

namespace snnsim::experiments {

std::size_t thread_count(std::size_t requested) {
  return requested != 0 ? requested : std::max(1U, std::thread::hardware_concurrency());
}

tbb::global_control limit_threads(std::size_t requested) {
  return {tbb::global_control::max_allowed_parallelism, thread_count(requested)};
}

}  // namespace snnsim::experiments
