#include "models/checkpoint/check_finite.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/parallel.hpp"
#include "models/checkpoint/llama_tensors.hpp"

namespace snnsim::models {
namespace {

constexpr std::size_t kGrain = 16;  // rows of a task

/// The exponent of a number that is not finite has all bits set. An integer maximum, unlike std::isfinite in a loop
/// with an exit, becomes vector instructions.
bool all_finite(const std::vector<float>& values) {
  std::uint32_t largest = 0;
  for (const float value : values) largest = std::max(largest, std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFFU);
  return largest < 0x7F800000U;
}

/// The first row that is not finite, or rows().
std::size_t first_bad_row(const Tensor& tensor) {
  std::atomic<std::size_t> first = tensor.rows();
  parallel_for(
      tensor.rows(),
      [&](std::size_t r) {
        thread_local std::vector<float> row;
        row.resize(tensor.columns());
        if (r >= first) return;
        tensor.read_row(r, row.data());
        if (all_finite(row)) return;
        for (std::size_t seen = first; r < seen && !first.compare_exchange_weak(seen, r);) continue;
      },
      kGrain);
  return first;
}

class Check {
 public:
  explicit Check(const Checkpoint& checkpoint) : path_(checkpoint.path.string()) {}

  void operator()(const std::string& name, const std::vector<std::size_t>&, const Tensor& tensor) const {
    const std::size_t r = first_bad_row(tensor);
    if (r == tensor.rows()) return;
    std::vector<float> row(tensor.columns());
    tensor.read_row(r, row.data());
    const auto bad = std::ranges::find_if(row, [](float value) { return !std::isfinite(value); });
    throw DataError(fmt::format("{}: {} holds {} at row {}, column {}", path_, name, *bad, r, bad - row.begin()),
                    "fetch or convert the checkpoint again: no spike count can stand for this value");
  }

 private:
  std::string path_;
};

}  // namespace

void check_finite(const Checkpoint& checkpoint) {
  visit_tensors(checkpoint, Check(checkpoint));
}

void check_finite_ends(const Checkpoint& checkpoint) {
  visit_ends(checkpoint, Check(checkpoint));
}

void check_finite_block(const Checkpoint& checkpoint, std::size_t block) {
  visit_block(checkpoint, block, Check(checkpoint));
}

}  // namespace snnsim::models
