#pragma once

#include <doctest/doctest.h>
#define HWY_WANT_AVX3_DL 1  // as core/kernels/tile_kernels.cpp
#include <hwy/targets.h>

namespace snnsim::tests {

/// Runs `check` once on each instruction set that was compiled and that this processor has.
template <typename Check>
void on_every_target(const Check& check) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    CAPTURE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    check();
  }
  hwy::SetSupportedTargetsForTest(0);  // back to the best
}

}  // namespace snnsim::tests
