#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

/// A section of the experiment is a struct that lists its fields once:
///
///     struct ModelSection {
///       std::filesystem::path checkpoint;
///
///       template <class Visit>
///       static void fields(Visit&& visit) {
///         visit("checkpoint", &ModelSection::checkpoint, Rule{.help = "…"});
///       }
///     };
///
/// Reading, defaults, unknown keys, the resolved JSON, the hash, the schema and the help are visitors of that list.
/// The default of a field is its member initialiser.
namespace snnsim::experiments {

/// What a field means and which values it takes, beyond what its type says.
struct Rule {
  std::string_view help;
  std::string_view unit = {};
  std::int64_t least = 0;  // integers and numbers: inclusive
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::span<const std::int64_t> values = {};  // integers: the only ones allowed, if not empty
  bool exclusive = false;                     // numbers: `least` itself is not allowed
};

/// As Rule::least: none.
inline constexpr std::int64_t no_bound = std::numeric_limits<std::int64_t>::min();

/// Names of an enumeration in the order of its enumerators; specialise beside the enumeration.
template <class Enum>
inline constexpr std::span<const std::string_view> names_of = {};

template <class T>
concept Named = !names_of<T>.empty();

template <class T>
concept Section = requires {
  T::fields([](auto...) {});
};

template <Named Enum>
std::string_view name(Enum value) {
  return names_of<Enum>[static_cast<std::size_t>(value)];
}

}  // namespace snnsim::experiments
