#include "experiments/evaluation/segments.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/random.hpp"
#include "experiments/files.hpp"

namespace snnsim::experiments {

namespace {

constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";

std::string_view strip(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

std::string read_text(const std::filesystem::path& path) {
  std::string text = read_file(path);
  if (strip(text).empty())
    throw DataError(fmt::format("{}: the text is empty", path.string()), "name a file with text");
  return text;
}

/// Encodes one text; an error names the file that the text came from.
TokenIds encode(const models::Tokenizer& tokenizer, std::string_view text, const std::filesystem::path& source) {
  try {
    return tokenizer.encode(text, true);
  } catch (const DataError& error) {
    throw DataError(fmt::format("{}: {}", source.string(), error.what()), error.remedy());
  }
}

std::vector<TokenIds> document_segments(const std::filesystem::path& path, std::string_view separator,
                                        std::size_t length, const models::Tokenizer& tokenizer) {
  std::vector<TokenIds> segments;
  for (const std::string& document : split_documents(read_text(path), separator)) {
    TokenIds ids = encode(tokenizer, document, path);
    ids.resize(std::min(ids.size(), length));
    if (ids.size() >= 2) segments.push_back(std::move(ids));
  }
  return segments;
}

std::vector<TokenIds> stream_segments(const std::filesystem::path& path, std::size_t length,
                                      const models::Tokenizer& tokenizer) {
  const TokenIds ids = encode(tokenizer, join_rows(read_text(path)), path);
  std::vector<TokenIds> segments;
  for (std::size_t first = 0; first + length <= ids.size(); first += length)
    segments.emplace_back(ids.begin() + static_cast<std::ptrdiff_t>(first),
                          ids.begin() + static_cast<std::ptrdiff_t>(first + length));
  if (segments.empty())
    throw DataError(fmt::format("{}: {} token ids do not fill one segment of {}", path.string(), ids.size(), length),
                    "use a longer text or a shorter evaluation segment");
  return segments;
}

}  // namespace

std::vector<std::string> split_documents(std::string_view text, std::string_view separator) {
  std::vector<std::string> documents;
  while (true) {
    const std::size_t end = separator.empty() ? std::string_view::npos : text.find(separator);
    const std::string_view document = strip(text.substr(0, end));
    if (!document.empty()) documents.emplace_back(document);
    if (end == std::string_view::npos) return documents;
    text.remove_prefix(end + separator.size());
  }
}

std::string join_rows(std::string_view text) {
  std::string joined;
  bool first = true;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view row = text.substr(0, length);
    if (!first) joined += "\n\n";
    if (!strip(row).empty()) joined += row;
    first = false;
    text.remove_prefix(length);
  }
  return joined;
}

std::vector<TokenIds> evaluation_segments(const PerplexityTask& task, const models::Tokenizer& tokenizer) {
  std::vector<TokenIds> segments = task.protocol == Protocol::documents
                                       ? document_segments(task.text, task.separator, task.segment, tokenizer)
                                       : stream_segments(task.text, task.segment, tokenizer);
  if (task.max_segments != 0) segments.resize(std::min(segments.size(), task.max_segments));
  return segments;
}

std::vector<TokenIds> calibration_sequences(const CalibrationText& calibration, std::uint64_t seed,
                                            const models::Tokenizer& tokenizer) {
  std::vector<TokenIds> documents =
      document_segments(calibration.text, calibration.separator, calibration.length, tokenizer);
  const RandomStream random(seed, RandomStream::Purpose::calibration_documents);
  for (std::size_t i = documents.size(); i > 1; --i) std::swap(documents[i - 1], documents[random.bits(i) % i]);
  documents.resize(std::min(documents.size(), calibration.segments));
  return documents;
}

}  // namespace snnsim::experiments
