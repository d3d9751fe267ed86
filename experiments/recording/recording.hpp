#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace snnsim::experiments {

/// spikes.h5 of a run, collected in a folder with a file per segment until every segment is there: a killed run loses
/// the segment it was at, and no other.
class Recording {
 public:
  explicit Recording(const std::filesystem::path& run_directory)
      : whole_(run_directory / "spikes.h5"), parts_(run_directory / "spikes.partial") {}

  /// Where a SegmentRecorder puts a segment.
  std::filesystem::path part(std::size_t text, std::size_t segment) const;
  /// Joins the parts in (text, segment) order, in bounded memory; nothing to do when that has been done, or when there
  /// are no segments. Throws DataError.
  void join(const std::vector<std::size_t>& segments_per_text) const;

 private:
  std::filesystem::path whole_, parts_;
};

}  // namespace snnsim::experiments
