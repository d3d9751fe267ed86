#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace snnsim::experiments::html {

struct BlockAndSite {
  std::size_t block = 0;
  std::string site;
};

/// The parts of blocks.<k>.<site>; nothing for other names.
inline std::optional<BlockAndSite> block_and_site(std::string_view name) {
  constexpr std::string_view front = "blocks.";
  if (!name.starts_with(front)) return {};
  name.remove_prefix(front.size());
  BlockAndSite out;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), out.block);
  const auto digits = static_cast<std::size_t>(end - name.data());
  if (error != std::errc() || digits + 1 >= name.size() || name[digits] != '.') return {};
  out.site = name.substr(digits + 1);
  return out;
}

}  // namespace snnsim::experiments::html
