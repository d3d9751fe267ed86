#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "experiments/run_directory.hpp"

namespace snnsim::experiments {

/// token_nll.csv, collected in a folder with a file per segment until every segment is there.
class TokenTable {
 public:
  explicit TokenTable(const std::filesystem::path& run_directory)
      : table_(run_directory / "token_nll.csv"), parts_(run_directory / "token_nll.partial") {}

  void write(std::size_t text, std::size_t segment, std::span<const TokenLikelihood> tokens) const;
  /// Joins the parts in (text, segment) order; nothing to do when that has been done.
  void join(const std::vector<std::size_t>& segments_per_text) const;

 private:
  std::filesystem::path part(std::size_t text, std::size_t segment) const;
  std::filesystem::path table_, parts_;
};

}  // namespace snnsim::experiments
