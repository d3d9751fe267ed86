// A rotated model is the same function: its logits are those of the stored model, but for rounding.
#include "models/rotation/model_rotation.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "tests/equivalence/small_model.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::models {
namespace {

Matrix<float> logits_of(const DenseModel& model, const std::vector<TokenId>& tokens) {
  DenseSequence sequence(model);
  sequence.append(tokens);
  return model.logits(sequence.normalised(), row_range(0, tokens.size()));
}

/// Root mean square difference of logits, relative to those of the stored model.
double distance(const std::shared_ptr<const Checkpoint>& checkpoint, std::size_t count) {
  const DenseModel stored(checkpoint), rotated(checkpoint, ModelRotation(checkpoint->config, 5));
  const std::vector<TokenId> tokens = tests::random_tokens(stored.config(), count, 9);
  const Matrix<float> a = logits_of(stored, tokens), b = logits_of(rotated, tokens);
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    difference += std::pow(static_cast<double>(a.values()[i]) - static_cast<double>(b.values()[i]), 2);
    size += std::pow(static_cast<double>(a.values()[i]), 2);
  }
  return std::sqrt(difference / size);
}

double distance(const std::filesystem::path& path) {
  return distance(std::make_shared<const Checkpoint>(open_checkpoint(path)), 40);
}

}  // namespace

TEST_CASE("grouped heads and widths without a Hadamard matrix") {
  CHECK(distance(tests::random_checkpoint(3), 30) < 1e-5);
}

TEST_CASE("biases of queries, keys and values") {
  CHECK(distance(tests::biased_checkpoint(2), 30) < 1e-5);
}

TEST_CASE("an LM head that is the embedding") {
  auto checkpoint = std::make_shared<Checkpoint>(*tests::random_checkpoint(3));
  checkpoint->config.tied_embeddings = true;
  checkpoint->lm_head = checkpoint->embedding;
  CHECK(distance(checkpoint, 30) < 1e-5);
}

TEST_CASE("trained models") {
  CHECK(distance(tests::bundled_model()) < 1e-5);
  if (!tests::have_assets()) return;
  CHECK(distance(tests::assets() / "weights" / "stories260K.bin") < 1e-5);
  CHECK(distance(tests::assets() / "weights" / "stories15M.bin") < 1e-5);
}

TEST_CASE("a cache of the stored model, taken over, is that of the rotated one") {
  const auto checkpoint = tests::biased_checkpoint(1);
  const DenseModel stored(checkpoint), rotated(checkpoint, ModelRotation(checkpoint->config, 5));
  const std::vector<TokenId> tokens = tests::random_tokens(stored.config(), 12, 9);
  DenseSequence from(stored), own(rotated);
  from.append(tokens);
  own.append(tokens);
  const KvCache adopted = rotated.adopt(stored, from.cache(1), 7), kept = rotated.adopt(rotated, own.cache(1), 7);
  REQUIRE(adopted.key.rows() == 7);
  for (std::size_t i = 0; i < adopted.key.values().size(); ++i) {
    CHECK(adopted.key.values()[i] == doctest::Approx(kept.key.values()[i]).epsilon(1e-4));
    CHECK(adopted.value.values()[i] == doctest::Approx(kept.value.values()[i]).epsilon(1e-4));
  }
}

}  // namespace snnsim::models
