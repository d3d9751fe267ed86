#include "experiments/token_table.hpp"

#include <iterator>
#include <string>

#include <fmt/format.h>

#include "experiments/files.hpp"

namespace snnsim::experiments {

std::filesystem::path TokenTable::part(std::size_t text, std::size_t segment) const {
  return parts_ / fmt::format("{}-{}.csv", text, segment);
}

void TokenTable::write(std::size_t text, std::size_t segment, std::span<const TokenLikelihood> tokens) const {
  std::string lines;
  for (const TokenLikelihood& token : tokens)
    fmt::format_to(std::back_inserter(lines), "{},{},{},{},{},{},{}\n", text, segment, token.position, token.id,
                   token.dense, token.qann, token.snn);
  std::filesystem::create_directories(parts_);
  write_file(part(text, segment), lines);
}

void TokenTable::join(const std::vector<std::size_t>& segments_per_text) const {
  if (!std::filesystem::exists(table_)) {
    std::string all = "text,segment,position,id,nll_dense,nll_qann,nll_snn\n";
    for (std::size_t text = 0; text < segments_per_text.size(); ++text)
      for (std::size_t segment = 0; segment < segments_per_text[text]; ++segment) all += read_file(part(text, segment));
    write_file(table_, all);
  }
  std::filesystem::remove_all(parts_);
}

}  // namespace snnsim::experiments
