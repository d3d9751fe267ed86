#include "models/checkpoint/mapped_pages.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace snnsim::models {
namespace {

/// All files that are mapped now.
class MappedFiles {
 public:
  static MappedFiles& all() {
    static MappedFiles files;
    return files;
  }

  void add(std::span<const std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    files_.push_back(bytes);
    total_ += bytes.size();
  }
  void remove(std::span<const std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    std::erase_if(files_, [&](const auto& file) { return file.data() == bytes.data(); });
    total_ -= bytes.size();
  }
  void give_back() {
    const std::lock_guard lock(mutex_);
    for (const auto& file : files_) ::madvise(const_cast<std::byte*>(file.data()), file.size(), MADV_DONTNEED);
  }

  std::uint64_t total() const { return total_; }
  std::atomic<std::uint64_t> limit = 0;

 private:
  std::mutex mutex_;
  std::vector<std::span<const std::byte>> files_;
  std::atomic<std::uint64_t> total_ = 0;
};

/// Pages of files in this process, its program included; 0 if the system does not say.
std::uint64_t resident_file_bytes() {
  std::ifstream in("/proc/self/statm");
  std::uint64_t size = 0, resident = 0, of_files = 0;  // pages
  in >> size >> resident >> of_files;
  return in ? of_files * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace

void limit_mapped_pages(std::uint64_t bytes) {
  MappedFiles::all().limit = bytes;
}

void trim_mapped_pages() {
  MappedFiles& files = MappedFiles::all();
  const std::uint64_t limit = files.limit;
  if (limit == 0 || files.total() <= limit || resident_file_bytes() <= limit) return;
  files.give_back();
}

void add_mapped_pages(std::span<const std::byte> bytes) {
  MappedFiles::all().add(bytes);
}

void remove_mapped_pages(std::span<const std::byte> bytes) {
  MappedFiles::all().remove(bytes);
}

}  // namespace snnsim::models
