#include "experiments/evaluation/python_random.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <vector>

namespace snnsim::experiments {

namespace {

/// Fills the state of a std::mt19937 as init_by_array does (Matsumoto and Nishimura, 2002); std::seed_seq mixes in
/// another way.
class InitByArray {
 public:
  using result_type = std::uint32_t;
  explicit InitByArray(std::vector<std::uint32_t> key) : key_(std::move(key)) {}

  template <class Iterator>
  void generate(Iterator first, Iterator last) const {
    std::vector<std::uint32_t> state(static_cast<std::size_t>(last - first));
    state[0] = 19650218U;
    for (std::uint32_t i = 1; i < state.size(); ++i) state[i] = 1812433253U * mixed(state[i - 1]) + i;
    std::size_t i = 1;
    const auto advance = [&] {
      if (++i < state.size()) return;
      state[0] = state.back();
      i = 1;
    };
    for (std::size_t k = 0; k < std::max(state.size(), key_.size()); ++k, advance()) {
      const std::size_t j = k % key_.size();
      state[i] = (state[i] ^ (mixed(state[i - 1]) * 1664525U)) + key_[j] + static_cast<std::uint32_t>(j);
    }
    for (std::size_t k = 1; k < state.size(); ++k, advance())
      state[i] = (state[i] ^ (mixed(state[i - 1]) * 1566083941U)) - static_cast<std::uint32_t>(i);
    state[0] = 0x80000000U;
    std::ranges::copy(state, first);
  }

 private:
  static std::uint32_t mixed(std::uint32_t x) { return x ^ (x >> 30U); }
  std::vector<std::uint32_t> key_;
};

std::vector<std::uint32_t> words(std::uint64_t seed) {
  std::vector<std::uint32_t> key{static_cast<std::uint32_t>(seed)};
  if (seed >> 32U != 0) key.push_back(static_cast<std::uint32_t>(seed >> 32U));
  return key;
}

}  // namespace

PythonRandom::PythonRandom(std::uint64_t seed) {
  InitByArray state(words(seed));
  engine_.seed(state);
}

std::int64_t PythonRandom::randint(std::int64_t low, std::int64_t high) {
  assert(low <= high && high - low < std::int64_t{0xFFFFFFFF});
  const auto count = static_cast<std::uint32_t>(high - low + 1);
  const int unused = std::countl_zero(count);
  while (true) {
    const auto drawn = static_cast<std::uint32_t>(engine_()) >> static_cast<unsigned>(unused);
    if (drawn < count) return low + drawn;
  }
}

}  // namespace snnsim::experiments
