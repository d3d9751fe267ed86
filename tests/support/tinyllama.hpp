#pragma once

#include <cstdlib>
#include <filesystem>

#include "tests/support/assets.hpp"

namespace snnsim::tests {

/// TinyLlama-1.1B-Chat as GGUF: SNNSIM_TINYLLAMA, or where scripts/fetch_model.sh puts it.
inline std::filesystem::path tinyllama() {
  if (const char* given = std::getenv("SNNSIM_TINYLLAMA")) return given;
  return source_dir() / "downloads" / "models" / "tinyllama-gguf" / "tinyllama-1.1b-chat-iq2_xxs.gguf";
}

/// False, with a line that says so, when the model is not on this machine.
inline bool have_tinyllama() {
  const bool found = std::filesystem::exists(tinyllama());
  if (!found)
    MESSAGE("skipped: no TinyLlama at ", tinyllama().string(),
            " (scripts/fetch_model.sh tinyllama-gguf, or set SNNSIM_TINYLLAMA)");
  return found;
}

}  // namespace snnsim::tests
