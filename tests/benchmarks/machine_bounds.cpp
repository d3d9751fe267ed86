#include "tests/benchmarks/machine_bounds.hpp"

#include <cstddef>
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

// Two streams of a part at a time, because processors do not prefetch across pages.
void read_avx512(const std::uint8_t* first, const std::uint8_t* second, std::size_t bytes) {
  for (std::size_t i = 0; i + 256 <= bytes; i += 256) {
    __builtin_prefetch(first + i + 4096);
    __builtin_prefetch(second + i + 4096);
    __asm__ volatile(
        "vmovups (%0), %%zmm0\nvmovups 64(%0), %%zmm1\nvmovups 128(%0), %%zmm2\nvmovups 192(%0), %%zmm3\n"
        "vmovups (%1), %%zmm4\nvmovups 64(%1), %%zmm5\nvmovups 128(%1), %%zmm6\nvmovups 192(%1), %%zmm7" ::"r"(first +
                                                                                                               i),
        "r"(second + i)
        : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "memory");
  }
}

void read_avx2(const std::uint8_t* first, const std::uint8_t* second, std::size_t bytes) {
  for (std::size_t i = 0; i + 64 <= bytes; i += 64)
    __asm__ volatile(
        "vmovups (%0), %%ymm0\nvmovups 32(%0), %%ymm1\nvmovups (%1), %%ymm4\nvmovups 32(%1), %%ymm5" ::"r"(first + i),
        "r"(second + i)
        : "xmm0", "xmm1", "xmm4", "xmm5", "memory");
}

/// A cache line: loaded, and stored again if `Store`.
template <bool Store>
void line_avx512(const void* line) {
  __asm__ volatile("vmovups (%0), %%zmm0" ::"r"(line) : "xmm0", "memory");
  if (Store) __asm__ volatile("vmovups %%zmm0, (%0)" ::"r"(line) : "xmm0", "memory");
}

template <bool Store>
void line_avx2(const void* line) {
  __asm__ volatile("vmovups (%0), %%ymm0\nvmovups 32(%0), %%ymm1" ::"r"(line) : "xmm0", "xmm1", "memory");
  if (Store) __asm__ volatile("vmovups %%ymm0, (%0)\nvmovups %%ymm1, 32(%0)" ::"r"(line) : "xmm0", "xmm1", "memory");
}

template <bool Fetch, typename Line>
void touch(const std::uint8_t* tile, std::size_t tile_bytes, std::size_t tiles, std::span<const std::uint32_t> offsets,
           const Line& line) {
  constexpr std::size_t ahead = 48;
  const std::size_t lines = offsets.size();
  std::vector<std::uint64_t> continued(offsets.begin(), offsets.end());  // into the next tiles
  for (std::size_t i = 0; i < ahead; ++i) continued.push_back(offsets[i % lines] + (i / lines + 1) * tile_bytes);
  for (std::size_t t = 0; t < tiles; ++t, tile += tile_bytes)
    for (std::size_t i = 0; i < lines; ++i) {
      if (Fetch) __builtin_prefetch(tile + continued[i + ahead]);
      line(tile + continued[i]);
    }
}

template <typename Line>
void update(std::byte* block, std::size_t bytes, const Line& line) {
  for (std::size_t i = 0; i < bytes; i += 64) line(block + i);
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

double read_loop(std::span<const std::uint8_t> bytes) {
  const auto cores = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
  const std::size_t half = bytes.size() / cores / 2 / 256 * 256;
  const auto read = __builtin_cpu_supports("avx512f") ? read_avx512 : read_avx2;
  parallel_for(cores, [&](std::size_t core) {
    const std::uint8_t* first = bytes.data() + core * 2 * half;
    read(first, first + half, half);
  });
  return static_cast<double>(2 * half * cores);
}

void touch_loop(const std::uint8_t* tile, std::size_t tile_bytes, std::size_t tiles,
                std::span<const std::uint32_t> offsets, bool fetch) {
  const auto loop = [&](const auto& line) {
    if (fetch) return touch<true>(tile, tile_bytes, tiles, offsets, line);
    touch<false>(tile, tile_bytes, tiles, offsets, line);
  };
  if (__builtin_cpu_supports("avx512f")) return loop([](const void* at) { line_avx512<false>(at); });
  loop([](const void* at) { line_avx2<false>(at); });
}

void update_loop(void* block, std::size_t bytes) {
  auto* first = static_cast<std::byte*>(block);
  if (__builtin_cpu_supports("avx512f")) return update(first, bytes, [](void* at) { line_avx512<true>(at); });
  update(first, bytes, [](void* at) { line_avx2<true>(at); });
}

}  // namespace snnsim::benchmarks
