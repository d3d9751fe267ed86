#pragma once

#include <cstddef>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

namespace snnsim {

/// Runs body(i) for i in [0, count). Work is split by output: bodies write disjoint places and never reduce across each
/// other, so results do not depend on the number of threads.
template <typename Body>
void parallel_for(std::size_t count, const Body& body, std::size_t grain = 1) {
  if (count <= grain) {  // no task, which would cost a fraction of a microsecond
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain),
                    [&](const tbb::blocked_range<std::size_t>& range) {
                      for (std::size_t i = range.begin(); i < range.end(); ++i) body(i);
                    });
}

}  // namespace snnsim
