#include <doctest/doctest.h>

#include "core/error.hpp"
#include "models/llama/dense_batch.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::models {
namespace {

struct RandomModel {
  DenseModel model{tests::random_checkpoint(36)};
  std::vector<TokenId> tokens = tests::random_tokens(model.config(), 23, 37);

  /// The final norm after appending pieces of the given lengths.
  Matrix<float> normalised(std::initializer_list<std::size_t> lengths) const {
    DenseSequence sequence(model);
    for (const std::size_t length : lengths) sequence.append(std::span(tokens).subspan(sequence.positions(), length));
    return sequence.normalised();
  }
};

}  // namespace

TEST_CASE_FIXTURE(RandomModel, "a sequence has the same bits in one piece and in many, empty ones among them") {
  const Matrix<float> whole = normalised({23});
  CHECK(normalised({1, 0, 2, 17, 3, 0}) == whole);
  CHECK(normalised({0, 16, 7}) == whole);
  CHECK(normalised({0}).rows() == 0);
}

TEST_CASE_FIXTURE(RandomModel,
                  "sequences that grow together have the bits of each alone, and of what is appended later") {
  const std::span<const TokenId> all = tokens;
  const std::vector<std::pair<std::size_t, std::size_t>> pieces = {{3, 17}, {0, 5}, {8, 0}, {20, 2}, {1, 1}};
  std::vector<DenseSequence> together, alone;
  for (const auto& [before, length] : pieces) {
    together.emplace_back(model).append(all.first(before));
    alone.emplace_back(model).append(all.first(before + length));
  }
  DenseBatch batch(model);
  for (std::size_t i = 0; i < pieces.size(); ++i)
    batch.add(together[i], all.subspan(pieces[i].first, pieces[i].second));
  batch.run();
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    CAPTURE(i);
    CHECK(together[i].normalised() == alone[i].normalised());
    for (std::size_t k = 0; k < model.config().blocks; ++k) {
      CHECK(together[i].cache(k).key == alone[i].cache(k).key);
      CHECK(together[i].cache(k).value == alone[i].cache(k).value);
    }
    together[i].append(all.first(1));
    alone[i].append(all.first(1));
    CHECK(together[i].normalised() == alone[i].normalised());
  }
  DenseBatch(model).run();
}

TEST_CASE_FIXTURE(RandomModel, "logits of a row do not depend on the rows asked for with it") {
  const Matrix<float> norm = normalised({23});
  const Matrix<float> all = model.logits(norm, row_range(0, 23));
  const Matrix<float> one = model.logits(norm, row_range(20, 21));
  for (std::size_t i = 0; i < all.columns(); ++i) CHECK(one.row(0)[i] == all.row(20)[i]);
}

TEST_CASE_FIXTURE(RandomModel, "ids outside the vocabulary are refused") {
  for (const TokenId id : {TokenId{-1}, TokenId{50}}) CHECK_THROWS_AS(model.embed({&id, 1}), DataError);
  const TokenId last = 49;
  CHECK_NOTHROW(model.embed({&last, 1}));
}

}  // namespace snnsim::models
