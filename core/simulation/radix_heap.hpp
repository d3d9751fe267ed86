#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <vector>

namespace snnsim {

/// Monotone priority queue of 64-bit keys: no key may be less than the last one popped. A key waits in the bucket of
/// the highest bit in which it differs from that one, so it moves at most 64 times, and only to lower buckets; with
/// keys that differ in few bits, as the ticks of a simulation do, in O(1) (Ahuja, Mehlhorn, Orlin, Tarjan: Faster
/// Algorithms for the Shortest Path Problem, J. ACM 37, 1990).
class RadixHeap {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  /// Precondition: key is not less than the last one popped.
  void push(std::uint64_t key) {
    assert(key >= last_);
    buckets_[bucket_of(key)].push_back(key);
    ++size_;
  }
  /// Takes the least key. Precondition: not empty().
  std::uint64_t pop() {
    if (buckets_[0].empty()) refill();
    buckets_[0].pop_back();
    --size_;
    return last_;
  }
  /// True if the key popped last is there once more.
  bool repeats() const { return !buckets_[0].empty(); }

 private:
  std::size_t bucket_of(std::uint64_t key) const { return static_cast<std::size_t>(std::bit_width(key ^ last_)); }

  /// Spreads the lowest bucket that holds keys over those below it; the least of them become bucket 0.
  void refill() {
    const auto bucket = std::ranges::find_if(buckets_, [](const auto& keys) { return !keys.empty(); });
    assert(bucket != buckets_.end());
    last_ = *std::ranges::min_element(*bucket);
    for (const std::uint64_t key : *bucket) buckets_[bucket_of(key)].push_back(key);
    bucket->clear();
  }

  std::array<std::vector<std::uint64_t>, 65> buckets_;  // 0: equal to last_; b: differ from it in bit b - 1 at most
  std::uint64_t last_ = 0;
  std::size_t size_ = 0;
};

}  // namespace snnsim
