#pragma once

#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

namespace snnsim::tests {

inline std::filesystem::path source_dir() {
  return SNNSIM_SOURCE_DIR;
}
inline std::filesystem::path bundled_model() {
  return source_dir() / "bundled" / "stories3m";
}

/// Real weights, tokenizers and texts that are not part of the project: SNNSIM_ASSETS or ../shared/assets.
inline std::filesystem::path assets() {
  if (const char* given = std::getenv("SNNSIM_ASSETS")) return given;
  return source_dir().parent_path() / "shared" / "assets";
}

/// False, with a line that says so, when the assets are not on this machine.
inline bool have_assets() {
  const bool found = std::filesystem::exists(assets() / "weights");
  if (!found) MESSAGE("skipped: no assets at ", assets().string(), " (set SNNSIM_ASSETS)");
  return found;
}

}  // namespace snnsim::tests
