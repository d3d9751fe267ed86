#pragma once

#include <span>
#include <string>
#include <string_view>

namespace snnsim::experiments {

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string
/// alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word nearest to `given`, or empty when none is near (more than a third of the letters differ, at least 2).
std::string nearest(std::string_view given, std::span<const std::string_view> words);

/// A remedy: `did you mean "x"?`, or else `<what>: a, b, c`.
std::string suggest(std::string_view given, std::span<const std::string_view> words, std::string_view what);

}  // namespace snnsim::experiments
