#pragma once

#include <chrono>
#include <cstddef>

/// What bounds the kernels on this machine: loops of nothing but registers, on all cores at once.
namespace snnsim::benchmarks {

inline double seconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

/// A few milliseconds of int8 multiply-adds into 32-bit sums, with AVX-512 VNNI, or AVX2 where there is none. Returns
/// how many.
double int8_peak_loop();
/// The same of fp32 multiplications and additions, in pairs, each rounded.
double float_peak_loop();

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
