#include "models/tokenizer/llama2c_tokenizer.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/tokenizer/sentencepiece_tokenizer.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

constexpr TokenId bos_id = 1;
constexpr TokenId eos_id = 2;
constexpr std::size_t control_pieces = 3;
constexpr std::int32_t longest_piece = 1024;  // every split of a piece is tried: a damaged length must not cost hours

struct ScoredPieces {
  std::vector<std::string> texts;
  std::vector<float> scores;
};

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw DataError(fmt::format("{}: {}", file, what),
                  "give the llama2.c tokenizer that the model was exported with, or fetch it again");
}

class PieceReader {
 public:
  PieceReader(std::span<const std::byte> bytes, const std::string& file) : rest_(bytes), file_(file) {}

  template <typename Number>
  Number number() {
    Number value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string text(std::int32_t length) {
    if (length < 0 || length > longest_piece) fail(file_, fmt::format("a piece has the length {}", length));
    const auto bytes = take(static_cast<std::size_t>(length));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  std::size_t rest() const { return rest_.size(); }

 private:
  std::span<const std::byte> take(std::size_t count) {
    if (count > rest_.size()) fail(file_, "the file ends inside a piece, or holds fewer pieces than the model");
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  std::span<const std::byte> rest_;
  const std::string& file_;
};

ScoredPieces read_pieces(std::span<const std::byte> bytes, std::size_t count, const std::string& file) {
  PieceReader reader(bytes, file);
  reader.number<std::int32_t>();  // the longest piece: only readers with fixed buffers need it
  ScoredPieces pieces;
  for (std::size_t id = 0; id < count; ++id) {
    const auto score = reader.number<float>();
    if (!std::isfinite(score)) fail(file, fmt::format("the score of piece {} is {}", id, score));
    pieces.scores.push_back(score);
    pieces.texts.push_back(reader.text(reader.number<std::int32_t>()));
  }
  if (reader.rest() > 0) fail(file, fmt::format("{} bytes follow the model's {} pieces", reader.rest(), count));
  return pieces;
}

/// Rank of each score: equal scores share one, the highest is 0.
std::vector<std::uint32_t> ranks_of(const std::vector<float>& scores) {
  std::vector<float> sorted = scores;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<std::uint32_t> ranks;
  ranks.reserve(scores.size());
  for (const float score : scores) {
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), score, std::greater<>());
    ranks.push_back(static_cast<std::uint32_t>(place - sorted.begin()));
  }
  return ranks;
}

/// Every way to make a piece of two others.
std::vector<Merge> merges_of(const ScoredPieces& pieces) {
  std::unordered_map<std::string_view, TokenId> ids;
  for (std::size_t id = control_pieces; id < pieces.texts.size(); ++id) {
    if (byte_of_piece(pieces.texts[id]) < 0) ids.emplace(pieces.texts[id], static_cast<TokenId>(id));
  }
  const std::vector<std::uint32_t> ranks = ranks_of(pieces.scores);
  std::vector<Merge> merges;
  for (const auto& [text, merged] : ids) {
    for (std::size_t i = 1; i < text.size(); ++i) {
      const auto left = ids.find(text.substr(0, i));
      const auto right = ids.find(text.substr(i));
      if (left == ids.end() || right == ids.end()) continue;
      merges.push_back({.left = left->second, .right = right->second, .merged = merged, .rank = ranks[merged]});
    }
  }
  return merges;
}

class Llama2cTokenizer final : public SentencePieceTokenizer {
 public:
  Llama2cTokenizer(const ScoredPieces& pieces, const std::string& file)
      : SentencePieceTokenizer(pieces.texts, merges_of(pieces), bos_id, eos_id, " ", file) {}

  std::vector<TokenId> encode(std::string_view text, bool with_bos) const override {
    require_utf8(text);
    std::vector<TokenId> ids;
    if (with_bos) ids.push_back(bos_id);
    if (!text.empty()) bpe().encode(std::string(1, ' ').append(text), ids);
    return ids;
  }
  std::string description() const override { return "tokenizer.bin (llama2.c, BPE by score, byte fallback)"; }
};

}  // namespace

std::unique_ptr<Tokenizer> read_llama2c_tokenizer(std::span<const std::byte> bytes, std::size_t vocabulary_size,
                                                  const std::string& file) {
  return std::make_unique<Llama2cTokenizer>(read_pieces(bytes, vocabulary_size, file), file);
}

}  // namespace snnsim::models
