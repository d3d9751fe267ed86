#include "experiments/recording/recording.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "experiments/files.hpp"
#include "experiments/recording/column.hpp"

namespace snnsim::experiments {

namespace {

namespace fs = std::filesystem;

/// The groups whose datasets have a row per spike, update or segment; those of /populations are the same in every part.
std::vector<std::string> tables_of(const hdf5::Handle& file) {
  std::vector<std::string> tables{"/segments"};
  for (const char* kind : {"/spikes", "/drives", "/potentials"})
    for (const std::string& population : hdf5::names_in(hdf5::open_group(file.id(), kind).id()))
      tables.push_back(fmt::format("{}/{}", kind, population));
  return tables;
}

hdf5::Column column(const hdf5::Handle& file, const std::string& path) {
  return hdf5::Column::open(file.id(), path, hdf5::Elements::numbers);
}

/// A recording that starts as a copy of the first part; the others are appended, one after the other.
class JoinedFile {
 public:
  JoinedFile(const fs::path& first, const fs::path& path) : file_(hdf5::copy_file(first, path)) {
    for (const std::string& table : tables_of(file_))
      for (const std::string& name : hdf5::names_in(hdf5::open_group(file_.id(), table).id())) {
        const std::string dataset = fmt::format("{}/{}", table, name);
        columns_.emplace_back(dataset, column(file_, dataset));
      }
  }
  void append(const fs::path& part) {
    const hdf5::Handle from = hdf5::open_file(part);
    for (auto& [dataset, writer] : columns_) writer.append(column(from, dataset));
  }
  void finish() {
    for (auto& [dataset, writer] : columns_) writer.finish();
    columns_.clear();
    hdf5::close_file(std::move(file_));
  }

 private:
  hdf5::Handle file_;
  std::vector<std::pair<std::string, hdf5::ColumnWriter>> columns_;
};

}  // namespace

fs::path Recording::part(std::size_t text, std::size_t segment) const {
  return parts_ / fmt::format("{}-{}.h5", text, segment);
}

void Recording::join(const std::vector<std::size_t>& segments_per_text) const {
  std::vector<fs::path> parts;
  for (std::size_t text = 0; text < segments_per_text.size(); ++text)
    for (std::size_t segment = 0; segment < segments_per_text[text]; ++segment) parts.push_back(part(text, segment));
  if (!fs::exists(whole_) && !parts.empty()) {
    JoinedFile joined(parts.front(), partial_of(whole_));
    for (std::size_t i = 1; i < parts.size(); ++i) joined.append(parts[i]);
    joined.finish();
    finish_file(whole_);
  }
  fs::remove_all(parts_);
}

}  // namespace snnsim::experiments
