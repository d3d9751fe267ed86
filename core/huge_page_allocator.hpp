#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace snnsim {

/// Allocator of large arrays that are read all over: aligned to cache lines, and from 2 MiB on to huge pages where the
/// system has them, which spares the processor most address translations.
template <typename T>
struct HugePageAllocator {
  using value_type = T;
  HugePageAllocator() = default;
  template <typename U>
  HugePageAllocator(const HugePageAllocator<U>&) {}

  T* allocate(std::size_t n) {
    constexpr std::size_t line = 64, page = std::size_t{1} << 21;
    const std::size_t bytes = n * sizeof(T);
    void* memory = nullptr;
    if (posix_memalign(&memory, bytes < page ? line : page, bytes) != 0) throw std::bad_alloc();
#ifdef __linux__
    if (bytes >= page) madvise(memory, bytes, MADV_HUGEPAGE);  // a wish: if it fails, pages are small
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) {
    std::free(memory);
  }
  bool operator==(const HugePageAllocator&) const {
    return true;
  }
};

}  // namespace snnsim
