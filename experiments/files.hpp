#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace snnsim::experiments {

/// The bytes of a file. Throws DataError.
std::string read_file(const std::filesystem::path& file);

/// Makes a folder for results, and those it is in; returns it. Throws DataError.
std::filesystem::path make_folder(const std::filesystem::path& folder);

/// Makes the file hold `content`, whole or not at all: written beside it as *.partial, synced, renamed.
/// Throws DataError.
void write_file(const std::filesystem::path& file, std::string_view content);

/// The same when several processes may write the file at once: the one that ends last wins. A file that holds `content`
/// already is left alone. Throws DataError.
void write_shared_file(const std::filesystem::path& file, std::string_view content);

/// The name beside `file` under which it is written until it is whole.
std::filesystem::path partial_of(const std::filesystem::path& file);
/// Syncs what is whole under that name and gives it its own. Throws DataError.
void finish_file(const std::filesystem::path& file);

/// A file that only grows, by whole lines that are on disk when append returns.
class AppendFile {
 public:
  explicit AppendFile(const std::filesystem::path& file);  // throws DataError
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// `line` without its newline. Throws DataError.
  void append(std::string_view line);

 private:
  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace snnsim::experiments
