#include "experiments/prefix.hpp"

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::experiments {
namespace {

std::shared_ptr<const models::DenseModel> small_model() {
  return std::make_shared<const models::DenseModel>(tests::random_checkpoint(3));
}

void check(const Lead& lead, std::size_t offset, std::size_t own) {
  CHECK(lead.offset == offset);
  CHECK(lead.own == own);
}

}  // namespace

TEST_CASE("a count is of the sequence's own positions") {
  check(Prefix().lead(TokenIds{1, 5, 6}), 0, 1);
  check(Prefix(2).lead(TokenIds{1, 5, 6}), 0, 2);
  check(Prefix(9).lead(TokenIds{1, 5, 6}), 0, 3);
  CHECK(Prefix(2).with(TokenIds{1, 5}) == TokenIds{1, 5});
}

TEST_CASE("tokens are in front; the last of them is the sequence's own where it begins with that one") {
  const auto dense = small_model();
  const Prefix prefix({7, 8, 1}, *dense);
  CHECK(prefix.positions() == 3);
  check(prefix.lead(TokenIds{1, 5}), 2, 1);
  check(prefix.lead(TokenIds{5, 1}), 3, 0);
  check(prefix.lead(TokenIds{}), 3, 0);
  CHECK(prefix.with(TokenIds{1, 5}) == TokenIds{7, 8, 1, 5});
  CHECK(prefix.with(TokenIds{5, 1}) == TokenIds{7, 8, 1, 5, 1});
  const models::DenseSequence other(*dense);
  CHECK(prefix.source(prefix.lead(TokenIds{5}), other).positions() == 3);
  CHECK(&Prefix().source({.offset = 0, .own = 1}, other) == &other);
}

TEST_CASE("an id outside the vocabulary") {
  const auto dense = small_model();
  for (const models::TokenId id : {-1, static_cast<int>(dense->config().vocabulary_size)})
    CHECK(tests::complaint([&] { Prefix({1, id}, *dense); }).find("is outside the vocabulary of") != std::string::npos);
}

TEST_CASE("outputs: the lead's from the source, the others from the network, without the positions in front") {
  Matrix<float> source(3, 2, 1), network(5, 2, 2);
  network.row(4)[1] = 9;
  const Matrix<float> own = own_outputs({.offset = 2, .own = 1}, source, network);
  REQUIRE(own.rows() == 3);
  CHECK(own.row(0)[0] == 1);
  CHECK(own.row(1)[0] == 2);
  CHECK(own.row(2)[1] == 9);
}

TEST_CASE("what is asked for is what is made; a search that finds nothing is the default") {
  const auto dense = small_model();
  PrefixSearch found;
  std::size_t searches = 0;
  const auto search = [&] {
    ++searches;
    return found;
  };
  CHECK(resolve_prefix({}, *dense, search).prefix.positions() == 1);
  CHECK(resolve_prefix({.count = 4, .ids = {}}, *dense, search).prefix.positions() == 4);
  CHECK(resolve_prefix({.count = {}, .ids = {4, 1}}, *dense, search).prefix.tokens() == TokenIds{4, 1});
  CHECK(searches == 0);
  const ResolvedPrefix nothing = resolve_prefix({.count = {}, .ids = {}, .search = true}, *dense, search);
  CHECK(nothing.search == found);
  CHECK(nothing.prefix.tokens().empty());
  CHECK(nothing.prefix.positions() == 1);
  found.tokens = {7, 1};
  CHECK(resolve_prefix({.count = {}, .ids = {}, .search = true}, *dense, search).prefix.tokens() == TokenIds{7, 1});
}

TEST_CASE("each sequence behind the prefix") {
  const Prefix prefix({3, 1}, *small_model());
  CHECK(sequences_behind(prefix, {{1, 5}, {5}}) == std::vector<TokenIds>{{3, 1, 5}, {3, 1, 5}});
}

}  // namespace snnsim::experiments
