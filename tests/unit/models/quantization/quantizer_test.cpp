#include "models/quantization/quantizer.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "models/quantization/threshold_search.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::models {
namespace {

std::vector<float> row_of(const FloatWeights& weights, std::size_t i) {
  std::vector<float> row(weights.in());
  weights.read_row(i, row.data());
  return row;
}

std::shared_ptr<const DenseModel> random_model() {
  return std::make_shared<const DenseModel>(tests::random_checkpoint(3));
}

/// Root mean square difference of the two networks' outputs on a calibration sequence, relative to the dense one.
double distance(const DenseModel& dense, const QuantizedModel& quantized) {
  const std::vector<TokenId> tokens = tests::random_tokens(dense.config(), 24, 7);
  DenseSequence expected(dense);
  expected.append(tokens);
  QuantizedSequence sequence(quantized);
  sequence.append(tokens);
  double difference = 0, size = 0;
  const auto a = expected.normalised().values(), b = sequence.normalised().values();
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
    size += std::pow(static_cast<double>(a[i]), 2);
  }
  return std::sqrt(difference / size);
}

}  // namespace

TEST_CASE("weights are the nearest levels of a row's own step, in 2..8 bits") {
  const auto checkpoint = tests::random_checkpoint(4);
  const Tensor& weights = checkpoint->blocks[0].down;
  for (int bits = 2; bits <= 8; ++bits) {
    const WeightMatrix matrix = to_weight_matrix(round_to_nearest(TensorWeights(weights), {bits}));
    const LevelRange range = signed_range(bits);
    REQUIRE(matrix.scale.size() == weights.rows());
    for (std::size_t i = 0; i < weights.rows(); ++i) {
      std::vector<float> row(weights.columns());
      weights.read_row(i, row.data());
      const float scale = matrix.scale[i];
      CHECK(scale == search_step(row, range));
      const std::vector<float> dequantized = row_of(*matrix.floating, i);
      for (std::size_t j = 0; j < row.size(); ++j) {
        const int level = matrix.integer->weight(i, j);
        CHECK(level == quantize(row[j], scale, range));
        CHECK(dequantized[j] == scale * static_cast<float>(level));
      }
    }
  }
}

TEST_CASE("16 bits leave weights as they are stored") {
  const auto dense = random_model();
  const WeightMatrix& matrix = tests::quantized(dense, kBitsOff, 8, 0).blocks[1].matrix(MatrixName::up);
  CHECK(matrix.integer == nullptr);
  const Tensor& weights = dense->checkpoint().blocks[1].up;
  std::vector<float> row(weights.columns());
  weights.read_row(2, row.data());
  CHECK(row_of(*matrix.floating, 2) == row);
}

TEST_CASE("a row of zeros has zero levels") {
  const std::vector<float> zeros(8);
  const TensorWeights weights({DataType::f32, {2, 4}, reinterpret_cast<const std::byte*>(zeros.data())});
  const WeightMatrix matrix = to_weight_matrix(round_to_nearest(weights, {4}));
  CHECK(matrix.scale == std::vector<float>{1, 1});
  CHECK(matrix.integer->weight(1, 3) == 0);
}

TEST_CASE("16-bit weights and activations give the dense model to the last bit") {
  const auto dense = random_model();
  CHECK(distance(*dense, tests::quantized(dense, kBitsOff, kBitsOff, 1)) == 0);
}

TEST_CASE("every width works, and more bits come closer to the dense model") {
  const auto dense = random_model();
  for (const bool weights : {true, false}) {
    double coarser = 10;
    for (const int bits : {2, 3, 4, 5, 6, 7, 8}) {
      const QuantizedModel model =
          weights ? tests::quantized(dense, bits, kBitsOff, 0) : tests::quantized(dense, kBitsOff, bits, 0);
      const double error = distance(*dense, model);
      CHECK_MESSAGE(error < coarser, bits, " bits: ", error, " after ", coarser);
      coarser = error;
    }
    CHECK(coarser < 0.1);
  }
}

TEST_CASE("counts stay in the range of their site, and q, k and v have a step for each head") {
  const auto dense = random_model();
  const QuantizedModel model = tests::quantized(dense, 4, 4, 0);
  std::size_t seen = 0;
  QuantizedSequence(model).append(tests::random_tokens(dense->config(), 16, 5),
                                  [&](const std::string&, const Matrix<std::int16_t>& counts) {
                                    ++seen;
                                    for (const std::int16_t count : counts.values())
                                      REQUIRE((count >= -8 && count <= 7));
                                  });
  CHECK(seen == 2 * kSites);
  const std::vector<float>& q = at(model.blocks[0].sites, Site::q)->step;
  REQUIRE(q.size() == 40);
  CHECK(q[0] == q[9]);
  CHECK(q[9] != q[10]);
  const std::vector<float>& mlp = at(model.blocks[0].sites, Site::mlp_mid)->step;
  CHECK(mlp == std::vector<float>(47, mlp.front()));
}

TEST_CASE("a site's step is that of its dense values behind the prefix, in all calibration sequences") {
  const auto dense = random_model();
  constexpr std::size_t prefix = 3;
  const QuantizedModel model = tests::quantized(dense, 8, 4, prefix);
  std::vector<float> samples;
  for (const std::uint64_t seed : {7, 8}) {
    DenseSequence(*dense).append(tests::random_tokens(dense->config(), 24, seed),
                                 [&](std::size_t block, Site site, const Matrix<float>& x) {
                                   if (block != 1 || site != Site::mlp_mid) return;
                                   samples.insert(samples.end(), x.row(prefix), x.row(0) + x.values().size());
                                 });
  }
  REQUIRE(samples.size() == 2 * (24 - prefix) * 47);
  CHECK(at(model.blocks[1].sites, Site::mlp_mid)->step.front() == search_step(samples, signed_range(4)));
}

TEST_CASE("outlier channels: thresholds of their own and smoothing come closer to the dense model in few bits") {
  auto checkpoint = std::make_shared<Checkpoint>(*tests::random_checkpoint(3));
  for (BlockWeights& block : checkpoint->blocks) {
    auto gain = std::make_shared<std::vector<float>>(block.attention_norm.read());
    for (const std::size_t j : {2, 20}) (*gain)[j] *= 30;
    block.attention_norm.bytes = block.mlp_norm.bytes = reinterpret_cast<const std::byte*>(gain->data());
    checkpoint->storage.push_back(gain);
  }
  const auto dense = std::make_shared<const DenseModel>(checkpoint);
  const auto error = [&](Granularity granularity, float smoothing) {
    const QuantizerOptions options{.weight_bits = 8,
                                   .activation_bits = 5,
                                   .granularity = granularity,
                                   .smoothing = smoothing,
                                   .activation_range = [](auto) { return signed_range(5); }};
    return distance(*dense, quantize(dense, {tests::random_tokens(dense->config(), 64, 9)}, options));
  };
  const double plain = error(Granularity::per_head, 0);
  CHECK(error(Granularity::per_head, 0.5F) < 0.95 * plain);
  CHECK(error(Granularity::per_head, 0.9F) < plain);
  CHECK(error(Granularity::per_channel, 0) < 0.8 * plain);
}

TEST_CASE("one calibration token behind the prefix gives a sound model in every setting") {
  const auto dense = random_model();
  for (const WeightMethod weights : {WeightMethod::rtn, WeightMethod::gptq, WeightMethod::awq})
    for (const Granularity granularity : {Granularity::per_tensor, Granularity::per_head, Granularity::per_channel}) {
      const QuantizerOptions options{.weight_bits = 6,
                                     .activation_bits = 6,
                                     .weights = weights,
                                     .granularity = granularity,
                                     .activation_range = [](auto) { return signed_range(6); }};
      const QuantizedModel model = quantize(dense, {{1, 9}}, options);
      CHECK(std::isfinite(distance(*dense, model)));
    }
}

TEST_CASE("a calibration text that the prefix uses up") {
  const auto dense = random_model();
  const QuantizerOptions options{.prefix = 3, .activation_range = [](auto) { return signed_range(8); }};
  CHECK_THROWS_WITH_AS(quantize(dense, {{1, 4, 5}, {}}, options),
                       "the calibration text has no token after the full-precision prefix", DataError);
}

}  // namespace snnsim::models
