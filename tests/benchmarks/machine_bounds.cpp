#include "tests/benchmarks/machine_bounds.hpp"

#include <numeric>
#include <vector>

#include <tbb/task_arena.h>

#include "core/parallel.hpp"

namespace snnsim::benchmarks {

namespace {

constexpr double kChains = 12;  // independent ones: more than latency × throughput on any processor
constexpr std::size_t kSteps = 1 << 18;

// Assembly, because a compiler sees that the chains are alike. Registers 0 to 11 add up, 12 and 13 are the factors.
#define SNNSIM_CHAINS(instructions)                                                                               \
  __asm__ volatile(".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n" instructions "\n.endr" ::                                 \
                       : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
                         "xmm11", "xmm12", "xmm13", "xmm14", "xmm15")

void clear_factors() {
  __asm__ volatile("vpxor %%xmm12, %%xmm12, %%xmm12\nvpxor %%xmm13, %%xmm13, %%xmm13" ::: "xmm12", "xmm13");
  SNNSIM_CHAINS("vpxor %%xmm\\r, %%xmm\\r, %%xmm\\r");
}

double int8_avx512() {
  for (std::size_t i = 0; i < kSteps; ++i) SNNSIM_CHAINS("vpdpbusd %%zmm13, %%zmm12, %%zmm\\r");
  return 64 * kChains * kSteps;
}

double int8_avx2() {
  for (std::size_t i = 0; i < kSteps; ++i)
    SNNSIM_CHAINS(
        "vpmaddubsw %%ymm13, %%ymm12, %%ymm14\nvpmaddwd %%ymm13, %%ymm14, %%ymm14\nvpaddd %%ymm14, %%ymm\\r, %%ymm\\r");
  return 32 * kChains * kSteps;
}

double float_avx512() {
  for (std::size_t i = 0; i < kSteps; ++i) SNNSIM_CHAINS("vfmadd231ps %%zmm13, %%zmm12, %%zmm\\r");
  return 16 * kChains * kSteps;
}

double float_avx2() {
  for (std::size_t i = 0; i < kSteps; ++i) SNNSIM_CHAINS("vfmadd231ps %%ymm13, %%ymm12, %%ymm\\r");
  return 8 * kChains * kSteps;
}

double on_all_cores(double (*loop)()) {
  const auto cores = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
  std::vector<double> work(cores);
  parallel_for(cores, [&](std::size_t core) { clear_factors(), work[core] = loop(); });
  return std::accumulate(work.begin(), work.end(), 0.0);
}

}  // namespace

double int8_peak_loop() {
  return on_all_cores(__builtin_cpu_supports("avx512vnni") ? int8_avx512 : int8_avx2);
}

double float_peak_loop() {
  return on_all_cores(__builtin_cpu_supports("avx512f") ? float_avx512 : float_avx2);
}

}  // namespace snnsim::benchmarks
