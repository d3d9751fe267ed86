#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>
#include <vector>

/// What bounds the kernels on this machine, on all cores at once: loops of nothing but registers, and of nothing but
/// loads.
namespace snnsim::benchmarks {

inline double seconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

/// Processor time of all threads.
inline double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

inline double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

/// A few milliseconds of int8 multiply-adds into 32-bit sums, with AVX-512 VNNI, or AVX2 where there is none. Returns
/// how many.
double int8_peak_loop();
/// The same of fp32 multiply-adds, each rounded once.
double float_peak_loop();

/// Loads every byte of a block once, each core its own part. Returns how many.
double read_loop(std::span<const std::uint8_t> bytes);

/// Loads the cache lines at tile + offsets[i] of `tiles` tiles that lie `tile_bytes` apart, in this order, on this
/// core. `fetch`: asks for each some lines earlier, which pays where they come from memory.
void touch_loop(const std::uint8_t* tile, std::size_t tile_bytes, std::size_t tiles,
                std::span<const std::uint32_t> offsets, bool fetch);
/// Loads and stores every cache line of a block once, on this core. bytes: a multiple of 64.
void update_loop(void* block, std::size_t bytes);

/// The int32 product of u8 counts (rows × in) and s8 weights (in × out) by oneDNN with weights packed once.
class OneDnnProduct {
 public:
  static bool available();
  OneDnnProduct(std::size_t rows, std::size_t in, std::size_t out);
  ~OneDnnProduct();
  OneDnnProduct(const OneDnnProduct&) = delete;
  OneDnnProduct& operator=(const OneDnnProduct&) = delete;
  void run();

 private:
  struct State;
  State* state_;
};

}  // namespace snnsim::benchmarks
