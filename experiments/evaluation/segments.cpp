#include "experiments/evaluation/segments.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/random.hpp"
#include "experiments/evaluation/c4_segments.hpp"
#include "experiments/evaluation/lm_eval_segments.hpp"
#include "experiments/evaluation/python_text.hpp"
#include "experiments/files.hpp"

namespace snnsim::experiments {

namespace {

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

std::vector<TokenIds> document_ids(const std::filesystem::path& path, std::string_view separator, std::size_t length,
                                   const models::Tokenizer& tokenizer) {
  std::vector<TokenIds> segments;
  for (const std::string& document : split_documents(read_text(path), separator)) {
    TokenIds ids = encode(tokenizer, document, path);
    ids.resize(std::min(ids.size(), length));
    if (ids.size() >= 2) segments.push_back(std::move(ids));
  }
  return segments;
}

/// One stream cut into pieces of `length` without overlap; a shorter tail is dropped.
std::vector<TokenIds> cut_stream(const TokenIds& ids, std::size_t length, const std::filesystem::path& source) {
  std::vector<TokenIds> segments;
  for (std::size_t first = 0; first + length <= ids.size(); first += length)
    segments.emplace_back(ids.begin() + static_cast<std::ptrdiff_t>(first),
                          ids.begin() + static_cast<std::ptrdiff_t>(first + length));
  if (segments.empty())
    throw DataError(fmt::format("{}: {} token ids do not fill one segment of {}", source.string(), ids.size(), length),
                    "use a longer text or a shorter evaluation segment");
  return segments;
}

std::vector<Segment> llama_cpp_segments(const PerplexityTask& task, const models::Tokenizer& tokenizer) {
  std::string text = read_text(task.text);
  if (text.ends_with('\n')) text.pop_back();
  std::vector<Segment> segments;
  for (TokenIds& ids : cut_stream(encode(tokenizer, text, task.text), task.segment, task.text)) {
    if (tokenizer.bos() >= 0) ids.front() = tokenizer.bos();
    segments.push_back({.ids = std::move(ids), .first_scored = std::min(task.segment / 2 + 1, task.segment - 1)});
  }
  return segments;
}

std::vector<TokenIds> c4_ids(const PerplexityTask& task, const models::Tokenizer& tokenizer) {
  const auto encode_document = [&](const std::string& text) { return encode(tokenizer, text, task.text); };
  if (task.protocol == Protocol::c4_new)
    return join_c4(read_c4_documents(task.text, c4_new_documents), task.segment, encode_document);
  const std::size_t count = task.max_segments == 0 ? c4_segments : std::min(task.max_segments, c4_segments);
  return draw_c4(read_c4_documents(task.text), count, task.segment, encode_document);
}

/// Every token but the first of each sequence is scored.
std::vector<Segment> scored_whole(std::vector<TokenIds> sequences) {
  std::vector<Segment> segments;
  for (TokenIds& ids : sequences) segments.push_back({.ids = std::move(ids)});
  return segments;
}

std::vector<Segment> all_segments(const PerplexityTask& task, const models::Tokenizer& tokenizer) {
  switch (task.protocol) {
    case Protocol::documents:
      return scored_whole(document_ids(task.text, task.separator, task.segment, tokenizer));
    case Protocol::gptq:
      return scored_whole(
          cut_stream(encode(tokenizer, join_rows(read_text(task.text)), task.text), task.segment, task.text));
    case Protocol::lm_eval:
      return lm_eval_segments(read_text(task.text), task.segment, task.max_segments, tokenizer);
    case Protocol::llama_cpp:
      return llama_cpp_segments(task, tokenizer);
    case Protocol::c4:
    case Protocol::c4_new:
      break;
  }
  return scored_whole(c4_ids(task, tokenizer));
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

std::string why_not_run(const PerplexityTask& task) {
  if (!task.needs_shard() || std::filesystem::exists(task.text)) return {};
  return fmt::format("not run: the C4 shard {} is not there", task.text.string());
}

std::vector<Segment> evaluation_segments(const PerplexityTask& task, const models::Tokenizer& tokenizer) {
  if (!why_not_run(task).empty()) return {};
  std::vector<Segment> segments = all_segments(task, tokenizer);
  if (task.max_segments != 0 && task.protocol != Protocol::lm_eval)
    segments.resize(std::min(segments.size(), task.max_segments));
  if (segments.empty())
    throw DataError(fmt::format("{}: no text of two tokens in it", task.text.string()), "use a longer text");
  return segments;
}

std::vector<TokenIds> calibration_sequences(const CalibrationText& calibration, std::uint64_t seed,
                                            const models::Tokenizer& tokenizer) {
  std::vector<TokenIds> documents =
      document_ids(calibration.text, calibration.separator, calibration.length, tokenizer);
  const RandomStream random(seed, RandomStream::Purpose::calibration_documents);
  for (std::size_t i = documents.size(); i > 1; --i) std::swap(documents[i - 1], documents[random.bits(i) % i]);
  documents.resize(std::min(documents.size(), calibration.segments));
  return documents;
}

}  // namespace snnsim::experiments
