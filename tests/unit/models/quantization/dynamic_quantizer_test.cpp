// Steps that follow from each token's own values.
#include <doctest/doctest.h>

#include "models/quantization/quantizer.hpp"
#include "models/quantization/threshold_search.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/quantized_equal.hpp"

namespace snnsim::models {
namespace {

QuantizedModel by_token(const std::shared_ptr<const DenseModel>& dense, int bits,
                        Granularity granularity = Granularity::per_token) {
  return quantize(dense, {},
                  {.weight_bits = 8,
                   .activation_bits = bits,
                   .granularity = granularity,
                   .final_in = true,
                   .activation_range = [=](std::string_view) { return signed_range(bits); }});
}

double distance(const Matrix<float>& a, const Matrix<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const double d = a.values()[i] - b.values()[i];
    sum += d * d;
  }
  return sum;
}

const std::shared_ptr<const DenseModel> kDense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));

}  // namespace

TEST_CASE("the step of a token: its largest magnitude is the highest level, and zeros have one too") {
  CHECK(token_step(3.5F, {-8, 7}) == 0.5F);
  CHECK(token_step(0, {-8, 7}) == 1);
}

TEST_CASE("per token: the largest value of every token, or head, reaches the highest level, whatever the text") {
  const std::vector<TokenId> tokens = tests::random_tokens(kDense->config(), 12, 4);
  std::size_t seen = 0;
  QuantizedSequence(by_token(kDense, 6))
      .append(tokens, [&](const std::string& population, const Matrix<std::int16_t>& counts) {
        const bool heads = population.ends_with(".q");
        const std::size_t group = heads ? kDense->config().head_dim : counts.columns();
        if (population.ends_with(".k") || population.ends_with(".v")) return;
        for (std::size_t r = 0; r < tokens.size(); ++r)
          for (std::size_t first = 0; first < counts.columns(); first += group, ++seen) {
            std::int32_t most = 0;
            for (std::size_t j = first; j < first + group; ++j) most = std::max(most, std::abs(int{counts.row(r)[j]}));
            CHECK(most == 31);
          }
      });
  CHECK(seen == 12 * (2 * (4 + 4) + 1));  // two blocks: four heads of q, four other sites; and the output
}

TEST_CASE("per token: no text is measured, and more bits are nearer to the dense model") {
  const std::vector<TokenId> tokens = tests::random_tokens(kDense->config(), 20, 5);
  DenseSequence reference(*kDense);
  reference.append(tokens);
  const double coarse = distance(tests::output(by_token(kDense, 4), tokens), reference.normalised());
  const double fine = distance(tests::output(by_token(kDense, 8), tokens), reference.normalised());
  CHECK(fine < coarse / 20);
  CHECK(fine > 0);
}

}  // namespace snnsim::models
