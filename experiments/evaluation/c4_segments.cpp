#include "experiments/evaluation/c4_segments.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/evaluation/json_lines.hpp"
#include "experiments/evaluation/python_random.hpp"

namespace snnsim::experiments {

namespace {

constexpr std::string_view whole_shard = "use the whole first validation shard of C4 (en), or a shorter segment";

/// Ids of the documents that were drawn; of a short one only its length is kept.
class DrawnDocuments {
 public:
  DrawnDocuments(const std::vector<std::string>& documents, std::size_t length, const Encode& encode)
      : documents_(documents), length_(length), encode_(encode) {}

  /// Draws until a document has at least `length` ids.
  TokenIds next(PythonRandom& random) {
    while (true) {
      const auto i = static_cast<std::size_t>(random.randint(0, static_cast<std::int64_t>(documents_.size()) - 1));
      if (short_[i]) continue;
      TokenIds ids = encode_(documents_[i]);
      if (ids.size() == length_)
        throw DataError(fmt::format("document {} has exactly {} ids, where protocol c4 has no draw", i, length_),
                        std::string(whole_shard));
      if (ids.size() > length_) return ids;
      short_[i] = true;
      if (++shorts_ == documents_.size())
        throw DataError(fmt::format("none of {} documents has {} ids", shorts_, length_), std::string(whole_shard));
    }
  }

 private:
  const std::vector<std::string>& documents_;
  std::size_t length_;
  const Encode& encode_;
  std::vector<bool> short_ = std::vector<bool>(documents_.size());
  std::size_t shorts_ = 0;
};

TokenIds part(const TokenIds& ids, std::size_t first, std::size_t length) {
  const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(length)};
}

}  // namespace

std::vector<std::string> read_c4_documents(const std::filesystem::path& shard, std::size_t most) {
  std::vector<std::string> documents;
  each_line(read_plain_or_gzip(shard), shard.string(), [&](std::string_view line, const std::string& place) {
    nlohmann::json object = parse_line(line, place);
    const auto text = object.find("text");
    if (text == object.end() || !text->is_string())
      throw DataError(fmt::format("{}: no string \"text\"", place), "use a shard of C4 (JSON Lines)");
    documents.push_back(std::move(text->get_ref<std::string&>()));
    return documents.size() != most;
  });
  if (documents.empty())
    throw DataError(fmt::format("{}: holds no document", shard.string()), "use a shard of C4 (JSON Lines)");
  return documents;
}

std::vector<TokenIds> draw_c4(const std::vector<std::string>& documents, std::size_t count, std::size_t length,
                              const Encode& encode) {
  PythonRandom random(0);
  DrawnDocuments drawn(documents, length, encode);
  std::vector<TokenIds> segments;
  while (segments.size() < count) {
    const TokenIds ids = drawn.next(random);
    const auto last = static_cast<std::int64_t>(ids.size() - length - 1);
    segments.push_back(part(ids, static_cast<std::size_t>(random.randint(0, last)), length));
  }
  return segments;
}

std::vector<TokenIds> join_c4(const std::vector<std::string>& documents, std::size_t length, const Encode& encode) {
  if (documents.size() < c4_new_documents)
    throw DataError(fmt::format("{} documents, but protocol c4_new takes {}", documents.size(), c4_new_documents),
                    std::string(whole_shard));
  std::string joined = documents.front();
  for (std::size_t i = 1; i < c4_new_documents; ++i) joined.append(" ").append(documents[i]);
  const TokenIds ids = encode(joined);
  std::vector<TokenIds> segments;
  for (std::size_t first = 0; first + length <= ids.size() && segments.size() < c4_segments; first += length)
    segments.push_back(part(ids, first, length));
  if (segments.empty())
    throw DataError(fmt::format("{} token ids do not fill one segment of {}", ids.size(), length),
                    std::string(whole_shard));
  return segments;
}

}  // namespace snnsim::experiments
