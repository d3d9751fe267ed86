#include "experiments/evaluation/c4_segments.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

/// Ids of a document that is a number n: n of them, 0, 1, …
TokenIds counted(const std::string& text) {
  TokenIds ids(static_cast<std::size_t>(std::stoi(text)));
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<models::TokenId>(i);
  return ids;
}

void write_gzip(const std::filesystem::path& file, std::string_view text) {
  gzFile out = gzopen(file.c_str(), "wb");
  REQUIRE(out != nullptr);
  CHECK(gzwrite(out, text.data(), static_cast<unsigned>(text.size())) == static_cast<int>(text.size()));
  CHECK(gzclose(out) == Z_OK);
}

}  // namespace

// By CPython 3.11: random.seed(0), documents of 3 · (i % 7) ids, i in 0..99, `while len < 10`, then randint(0, len -
// 11).
TEST_CASE("protocol c4 draws documents and places as Python does") {
  std::vector<std::string> documents;
  for (int i = 0; i < 100; ++i) documents.push_back(std::to_string(3 * (i % 7)));
  const auto segments = draw_c4(documents, 6, 10, counted);
  std::vector<models::TokenId> firsts;
  for (const TokenIds& ids : segments) {
    CHECK(ids.size() == 10);
    CHECK(ids.back() == ids.front() + 9);
    firsts.push_back(ids.front());
  }
  CHECK(firsts == std::vector<models::TokenId>{6, 2, 6, 2, 0, 0});
}

TEST_CASE("protocol c4 stops where the rule cannot go on") {
  CHECK_THROWS_WITH_AS(draw_c4({"5", "9"}, 1, 10, counted), "none of 2 documents has 10 ids", DataError);
  CHECK_THROWS_WITH_AS(draw_c4({"10"}, 1, 10, counted), "document 0 has exactly 10 ids, where protocol c4 has no draw",
                       DataError);
}

TEST_CASE("protocol c4_new joins the first 1 100 documents") {
  std::vector<std::string> documents(c4_new_documents, "x");
  std::string seen;
  const Encode encode = [&](const std::string& text) {
    seen = text;
    return TokenIds(text.size(), 3);
  };
  CHECK(join_c4(documents, 100, encode).size() == 21);  // 1 100 letters, 1 099 spaces
  CHECK(seen.starts_with("x x x"));
  CHECK(seen.size() == 2199);
  CHECK(join_c4(documents, 4, encode).size() == 256);
  documents.push_back("never read");
  CHECK(join_c4(documents, 100, encode).size() == 21);
  CHECK_THROWS_AS(join_c4(documents, 5000, encode), DataError);
  documents.resize(1099);
  CHECK_THROWS_WITH_AS(join_c4(documents, 100, encode), "1099 documents, but protocol c4_new takes 1100", DataError);
}

TEST_CASE("a shard is JSON Lines, plain or gzip") {
  const tests::ScratchFolder folder;
  const std::string text = "{\"text\": \"a\\n\", \"url\": 1}\n\n{\"text\": \"b\"}\r\n{\"text\": \"c\"}\n";
  write_file(folder.path() / "plain.json", text);
  write_gzip(folder.path() / "packed.json.gz", text);
  for (const char* name : {"plain.json", "packed.json.gz"}) {
    CHECK(read_c4_documents(folder.path() / name) == std::vector<std::string>{"a\n", "b", "c"});
    CHECK(read_c4_documents(folder.path() / name, 2).size() == 2);
  }
  const std::string packed = read_file(folder.path() / "packed.json.gz");
  write_file(folder.path() / "twice.gz", packed + packed);  // two members
  CHECK(read_c4_documents(folder.path() / "twice.gz").size() == 6);
  write_file(folder.path() / "torn.gz", packed.substr(0, packed.size() - 9));
  CHECK_THROWS_AS(read_c4_documents(folder.path() / "torn.gz"), DataError);
}

TEST_CASE("a damaged shard is named by file and line") {
  const tests::ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "shard.json";
  const auto complaint = [&](std::string_view text) {
    write_file(file, text);
    try {
      read_c4_documents(file);
    } catch (const DataError& error) {
      return std::string(error.what()).substr(file.string().size());
    }
    return std::string("accepted");
  };
  CHECK(complaint("{\"text\": \"a\"}\n{\"text\": 5}") == ":2: no string \"text\"");
  CHECK(complaint("{\"text\": \"a\"}\n\n{\"text\"") == ":3: not a JSON object");
  CHECK(complaint("[]") == ":1: not a JSON object");
  CHECK(complaint("{\"text\": \"\xFF\"}") == ":1: not a JSON object");
  CHECK(complaint(" \n") == ": holds no document");
}

}  // namespace snnsim::experiments
