#include "models/quantization/error_feedback.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include <doctest/doctest.h>
#include <oneapi/tbb/global_control.h>

#include "core/error.hpp"
#include "models/quantization/quantizer.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/targets.hpp"

namespace snnsim::models {
namespace {

Matrix<float> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  tests::Random random{seed};
  Matrix<float> matrix(rows, columns);
  for (float& x : matrix.values()) x = random.normal();
  return matrix;
}

/// Inputs of which neighbouring channels are alike, and one channel is large.
Matrix<float> correlated_inputs(std::size_t rows, std::size_t width) {
  Matrix<float> x = random_matrix(rows, width, 11);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 1; j < width; ++j) x.row(r)[j] = 0.9F * x.row(r)[j - 1] + 0.4F * x.row(r)[j];
    x.row(r)[3] *= 8;
  }
  return x;
}

InputMoments moments_of(const Matrix<float>& x) {
  InputMoments moments(x.columns());
  moments.add(x, row_range(0, x.rows()));
  return moments;
}

/// |X (W - Q)^T|² summed up in the plainest way.
double output_error(const Matrix<float>& x, const FloatWeights& weights, const RoundedWeights& rounded) {
  double error = 0;
  std::vector<float> w(weights.in());
  for (std::size_t i = 0; i < weights.out(); ++i) {
    weights.read_row(i, w.data());
    for (std::size_t r = 0; r < x.rows(); ++r) {
      double sum = 0;
      for (std::size_t j = 0; j < w.size(); ++j) {
        const double q = static_cast<double>(rounded.scale.row(rounded.grid.group_of(j))[i]) * rounded.levels.row(i)[j];
        sum += static_cast<double>(x.row(r)[j]) * (static_cast<double>(w[j]) - q);
      }
      error += sum * sum;
    }
  }
  return error;
}

bool equal(const RoundedWeights& a, const RoundedWeights& b) {
  return a.levels == b.levels && a.scale == b.scale;
}

Matrix<float> matrix(std::size_t rows, std::size_t columns, std::vector<float> values) {
  Matrix<float> m(rows, columns);
  std::ranges::copy(values, m.values().begin());
  return m;
}

}  // namespace

TEST_CASE("two channels, by hand") {
  // H = X^T X = [4 2; 2 5]. Channel 1 comes first; in that order H = M^T M with M = [2 0; 1 2], so half of its error
  // goes to channel 0. Step 1: 1.4 becomes 1, 0.4 becomes 0.4 + 0.4 / 2 = 0.6, rounded 1. (Nearest: 0.)
  const ErrorFeedback feedback(moments_of(matrix(2, 2, {0, 2, 2, 1})), 0);
  CHECK(feedback.channel(0) == 1);
  CHECK(feedback.channel(1) == 0);
  CHECK(feedback.weights(1)[0] == doctest::Approx(0.5));
  CHECK(feedback.pivot(0) == doctest::Approx(2));
  CHECK(feedback.pivot(1) == doctest::Approx(2));
  const FeedbackResult result =
      round_with_feedback(MatrixWeights(matrix(1, 2, {0.4F, 1.4F})), feedback, {4}, matrix(1, 1, {1}));
  CHECK(result.weights.levels.row(0)[0] == 1);
  CHECK(result.weights.levels.row(0)[1] == 1);
  CHECK(result.error[0] == doctest::Approx(4 * 0.36 - 2 * 2 * 0.6 * 0.4 + 5 * 0.16));
}

TEST_CASE("moments are sums of products of channels, of the listed rows only") {
  const Matrix<float> x = random_matrix(20, 300, 4);
  InputMoments moments(300);
  moments.add(x, std::vector<std::uint32_t>{3, 7, 19});
  moments.add(x, std::vector<std::uint32_t>{0});
  for (const auto& [i, j] : {std::pair{0, 0}, {5, 299}, {299, 5}, {256, 255}, {280, 280}}) {
    double sum = 0;
    for (const std::size_t r : {3, 7, 19, 0})
      sum += static_cast<double>(x.row(r)[i]) * static_cast<double>(x.row(r)[j]);
    CHECK(moments(i, j) == doctest::Approx(sum).epsilon(1e-5));
  }
}

TEST_CASE("inputs that are not correlated: nothing is fed back, so weights become the nearest levels") {
  Matrix<float> x(40, 40);
  for (std::size_t j = 0; j < 40; ++j) x.row(j)[j] = 2;
  const MatrixWeights weights(random_matrix(9, 40, 5));
  const RoundingGrid grid{3};
  const RoundedWeights nearest = round_to_nearest(weights, grid);
  CHECK(equal(round_with_feedback(weights, ErrorFeedback(moments_of(x)), grid, nearest.scale).weights, nearest));
}

TEST_CASE("on correlated inputs the products are closer than with the nearest weights, by the error it says") {
  constexpr std::size_t width = 300;  // more than two blocks of channels
  const Matrix<float> x = correlated_inputs(500, width);
  const MatrixWeights weights(random_matrix(20, width, 6));
  const ErrorFeedback feedback(moments_of(x), 1e-6F);
  for (const int bits : {2, 3, 4, 6, 8})
    for (const std::size_t group : {RoundingGrid::kWholeRow, std::size_t{32}, std::size_t{128}}) {
      CAPTURE(bits);
      CAPTURE(group);
      const RoundingGrid grid{bits, group};
      const RoundedWeights nearest = round_to_nearest(weights, grid);
      const FeedbackResult fed = round_with_feedback(weights, feedback, grid, nearest.scale);
      const double error = output_error(x, weights, fed.weights);
      CHECK(error < 0.6 * output_error(x, weights, nearest));
      CHECK(std::accumulate(fed.error.begin(), fed.error.end(), 0.0) == doctest::Approx(error).epsilon(0.02));
      CHECK(output_error(x, weights, round_with_feedback(weights, feedback, grid)) <= 1.001 * error);
      for (const std::int8_t level : fed.weights.levels.values())
        REQUIRE((level >= grid.range().low && level <= grid.range().high));
    }
}

TEST_CASE("the same bits on any number of threads and every instruction set") {
  const Matrix<float> x = correlated_inputs(150, 200);
  const MatrixWeights weights(random_matrix(70, 200, 7));
  const auto round = [&] { return round_with_feedback(weights, ErrorFeedback(moments_of(x)), {4, 64}); };
  const RoundedWeights expected = round();
  for (const std::size_t threads : {1, 3, 8}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    CHECK(equal(round(), expected));
  }
  tests::on_every_target([&] { CHECK(equal(round(), expected)); });
}

TEST_CASE("degenerate inputs give sound weights: none, one row, a dead channel, equal channels, huge and tiny ones") {
  const MatrixWeights weights(random_matrix(6, 24, 8));
  const RoundingGrid grid{4};
  const RoundedWeights nearest = round_to_nearest(weights, grid);
  CHECK(equal(round_with_feedback(weights, ErrorFeedback(InputMoments(24)), grid, nearest.scale).weights, nearest));
  Matrix<float> dead = random_matrix(50, 24, 9), constant(50, 24, 1.0F);
  for (std::size_t r = 0; r < 50; ++r) dead.row(r)[5] = 0;
  Matrix<float> huge = dead, tiny = dead;
  for (float& v : huge.values()) v *= 1e15F;
  for (float& v : tiny.values()) v *= 1e-15F;
  for (const Matrix<float>& x : {random_matrix(1, 24, 10), dead, constant, huge, tiny}) {
    const FeedbackResult result = round_with_feedback(weights, ErrorFeedback(moments_of(x), 0), grid, nearest.scale);
    for (const double e : result.error) CHECK(std::isfinite(e));
    CHECK(output_error(x, weights, result.weights) <= 1.001 * output_error(x, weights, nearest));
  }
}

TEST_CASE("rows of zeros and constant rows") {
  Matrix<float> values(3, 16);
  std::fill_n(values.row(1), 16, 0.7F);
  std::fill_n(values.row(2), 16, -0.7F);
  const RoundedWeights rounded =
      round_with_feedback(MatrixWeights(values), ErrorFeedback(moments_of(correlated_inputs(40, 16))), {2});
  for (std::size_t j = 0; j < 16; ++j) CHECK(rounded.levels.row(0)[j] == 0);
  CHECK(output_error(correlated_inputs(40, 16), MatrixWeights(values), rounded) <= 0.02 * 0.7 * 0.7 * 40 * 16);
}

TEST_CASE("inputs and weights that are not finite are refused") {
  Matrix<float> x = random_matrix(4, 8, 2);
  x.row(1)[2] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(ErrorFeedback(moments_of(x)), DataError);
  const ErrorFeedback feedback(moments_of(random_matrix(4, 8, 2)));
  CHECK_THROWS_AS(round_with_feedback(MatrixWeights(x), feedback, {4}), DataError);
}

TEST_CASE("a model is closer to the dense one with feedback, and needs calibration sequences for it") {
  const auto dense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));
  std::vector<std::vector<TokenId>> sequences;
  for (std::uint64_t seed = 0; seed < 12; ++seed) sequences.push_back(tests::random_tokens(dense->config(), 40, seed));
  const auto distance = [&](WeightMethod method) {
    const QuantizedModel model = quantize(
        dense, sequences,
        {.weight_bits = 3, .activation_bits = kBitsOff, .weights = method, .prefix = 1, .activation_range = {}});
    DenseSequence expected(*dense);
    expected.append(sequences[0]);
    QuantizedSequence sequence(model);
    sequence.append(sequences[0]);
    double sum = 0;
    for (std::size_t i = 0; i < expected.normalised().values().size(); ++i)
      sum += std::pow(static_cast<double>(expected.normalised().values()[i] - sequence.normalised().values()[i]), 2);
    return sum;
  };
  CHECK(distance(WeightMethod::gptq) < 0.9 * distance(WeightMethod::rtn));
  const QuantizerOptions gptq{
      .weight_bits = 3, .activation_bits = kBitsOff, .weights = WeightMethod::gptq, .activation_range = {}};
  CHECK_THROWS_AS(quantize(dense, {}, gptq), DataError);
}

}  // namespace snnsim::models
