#include "experiments/files.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/error.hpp"
#include "experiments/machine.hpp"

namespace snnsim::experiments {
namespace {

constexpr mode_t permissions = 0644;

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what) {
  const int code = errno;
  throw DataError(fmt::format("{}: cannot be {}: {}", file.string(), what, std::strerror(code)),
                  code == ENOSPC ? "free some space; a run continues where it stopped"
                                 : "check the path and the rights of its folder");
}

int open_or_fail(const std::filesystem::path& file, int flags) {
  const int descriptor = ::open(file.c_str(), flags | O_CLOEXEC, permissions);
  if (descriptor < 0) fail(file, "opened");
  return descriptor;
}

void write_all(int descriptor, std::string_view content, const std::filesystem::path& file) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(file, "written");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(descriptor) != 0 && errno != EINVAL) fail(file, "written");  // EINVAL: a device that cannot sync
}

/// Makes a rename in `folder` survive a power cut; best effort, some file systems refuse.
void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  (void)::fsync(descriptor);
  ::close(descriptor);
}

/// Written as `partial`, synced, renamed.
void write_as(const std::filesystem::path& partial, const std::filesystem::path& file, std::string_view content) {
  const int descriptor = open_or_fail(partial, O_WRONLY | O_CREAT | O_TRUNC);
  try {
    write_all(descriptor, content, partial);
    if (std::rename(partial.c_str(), file.c_str()) != 0) fail(file, "written");
  } catch (...) {
    ::close(descriptor);
    (void)::unlink(partial.c_str());
    throw;
  }
  ::close(descriptor);
  sync_folder(file.parent_path());
}

}  // namespace

std::filesystem::path make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw DataError(fmt::format("{}: cannot be made: {}", folder.string(), error.message()),
                    "choose another place with --out");
  return folder;
}

std::string read_file(const std::filesystem::path& file) {
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(file, ignored);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (folder) errno = EISDIR;
  if (folder || !in) fail(file, "read");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::filesystem::path partial_of(const std::filesystem::path& file) {
  return file.string() + ".partial";
}

void finish_file(const std::filesystem::path& file) {
  const std::filesystem::path partial = partial_of(file);
  const int descriptor = open_or_fail(partial, O_RDONLY);
  const bool synced = ::fsync(descriptor) == 0 || errno == EINVAL;
  ::close(descriptor);
  if (!synced || std::rename(partial.c_str(), file.c_str()) != 0) fail(file, "written");
  sync_folder(file.parent_path());
}

void write_file(const std::filesystem::path& file, std::string_view content) {
  write_as(partial_of(file), file, content);
}

void write_shared_file(const std::filesystem::path& file, std::string_view content) {
  if (std::filesystem::exists(file) && read_file(file) == content) return;
  write_as(fmt::format("{}.{}.{}.partial", file.string(), host_name(), ::getpid()), file, content);
}

AppendFile::AppendFile(const std::filesystem::path& file)
    : path_(file), descriptor_(open_or_fail(file, O_WRONLY | O_CREAT | O_APPEND)) {}

AppendFile::~AppendFile() {
  ::close(descriptor_);
}

void AppendFile::append(std::string_view line) {
  write_all(descriptor_, std::string(line) + '\n', path_);
}

}  // namespace snnsim::experiments
