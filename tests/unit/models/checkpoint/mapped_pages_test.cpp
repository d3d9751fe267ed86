#include "models/checkpoint/mapped_pages.hpp"

#include <cstring>
#include <fstream>
#include <memory>
#include <numeric>

#include <doctest/doctest.h>
#include <sys/mman.h>

#include "models/checkpoint/mapped_file.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;

/// Pages of files that this process holds, by the system.
std::size_t resident_file_bytes() {
  std::ifstream in("/proc/self/statm");
  std::size_t size = 0, resident = 0, of_files = 0;
  in >> size >> resident >> of_files;
  return of_files * 4096;
}

unsigned sum(const MappedFile& file) {
  return std::accumulate(file.bytes().begin(), file.bytes().end(), 0U,
                         [](unsigned s, std::byte b) { return s + static_cast<unsigned>(b); });
}

/// Sets the limit for a test.
struct Limit {
  explicit Limit(std::uint64_t bytes) { limit_mapped_pages(bytes); }
  ~Limit() { limit_mapped_pages(0); }
};

}  // namespace

TEST_CASE("pages of mapped files are given back above the limit, and read again") {
  const tests::ScratchFolder folder;
  const auto path = folder.path() / "f";
  std::ofstream(path) << std::string(64 * kMebibyte, 'a');
  const MappedFile file(path);
  const unsigned expected = sum(file);
  const std::size_t before = resident_file_bytes();
  trim_mapped_pages();  // no limit
  CHECK(resident_file_bytes() + kMebibyte > before);
  {
    const Limit limit(before + kMebibyte);
    trim_mapped_pages();
    CHECK(resident_file_bytes() + kMebibyte > before);
  }
  const Limit limit(kMebibyte);
  trim_mapped_pages();
  CHECK(resident_file_bytes() + 60 * kMebibyte < before);
  CHECK(sum(file) == expected);
}

TEST_CASE("what takes the place of a closed file is left alone") {
  const tests::ScratchFolder folder;
  const auto path = folder.path() / "f";
  constexpr std::size_t size = 4 * kMebibyte;
  std::ofstream(path) << std::string(size, 'a');
  const Limit limit(1);
  auto closed = std::make_unique<const MappedFile>(path);
  void* place = const_cast<std::byte*>(closed->bytes().data());
  closed.reset();
  void* memory = ::mmap(place, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  REQUIRE(memory == place);
  std::memset(memory, 1, size);
  const MappedFile file(path);  // so that there is something to give back
  trim_mapped_pages();
  CHECK(std::accumulate(static_cast<char*>(memory), static_cast<char*>(memory) + size, 0U) == size);
  ::munmap(memory, size);
}

}  // namespace snnsim::models
