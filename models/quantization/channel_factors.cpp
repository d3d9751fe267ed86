#include "models/quantization/channel_factors.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "models/quantization/scaled_weights.hpp"

namespace snnsim::models {

namespace {

constexpr std::size_t kMostRows = 256;  // of a matrix, on which factors are compared
constexpr int kTenths = 10;
constexpr double kMostOctaves = 10;

bool usable(float factor) {
  return std::isnormal(factor) && factor > 0;
}

/// Evenly spaced rows of a matrix.
Matrix<float> some_rows(const FloatWeights& weights) {
  Matrix<float> rows(std::min(kMostRows, weights.out()), weights.in());
  for (std::size_t i = 0; i < rows.rows(); ++i) weights.read_row(i * weights.out() / rows.rows(), rows.row(i));
  return rows;
}

/// The lower triangle of H with half its diagonal: d H d^T = 2 d · (L d).
class HalfMoments final : public FloatWeights {
 public:
  explicit HalfMoments(const InputMoments& moments) : moments_(moments) {}
  std::size_t out() const override { return moments_.width(); }
  std::size_t in() const override { return moments_.width(); }
  void read_row(std::size_t i, float* values) const override {
    std::fill_n(values, in(), 0.0F);
    for (std::size_t j = 0; j < i; ++j) values[j] = moments_(i, j);
    values[i] = moments_(i, i) / 2;
  }

 private:
  const InputMoments& moments_;
};

/// Σ d H d^T over the rows d of the difference.
double product_error(const InputMoments& moments, const Matrix<float>& difference) {
  std::vector<std::uint32_t> rows(difference.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  Matrix<float> half(difference.rows(), difference.columns());
  multiply(HalfMoments(moments), difference, rows, half, OutputRows::gathered);
  double sum = 0;
  for (std::size_t i = 0; i < half.values().size(); ++i)
    sum += static_cast<double>(half.values()[i]) * static_cast<double>(difference.values()[i]);
  return 2 * sum;
}

/// What rounding to nearest in the scaled coordinates changes in the weights themselves.
Matrix<float> rounding_difference(const Matrix<float>& weights, std::span<const float> factors, RoundingGrid grid) {
  const MatrixWeights whole(weights);
  const RoundedWeights rounded = round_to_nearest(ScaledWeights(whole, factors), grid);
  Matrix<float> difference(weights.rows(), weights.columns());
  for (std::size_t i = 0; i < weights.rows(); ++i)
    for (std::size_t j = 0; j < weights.columns(); ++j)
      difference.row(i)[j] = rounded.value(i, j) / factors[j] - weights.row(i)[j];
  return difference;
}

}  // namespace

std::vector<float> balanced(std::vector<float> factors) {
  double octaves = 0;
  std::size_t count = 0;
  for (const float factor : factors)
    if (usable(factor)) {
      octaves += std::log2(static_cast<double>(factor));
      ++count;
    }
  const double middle = count == 0 ? 0 : octaves / static_cast<double>(count);
  const auto mean = static_cast<float>(std::exp2(middle));
  const auto least = static_cast<float>(std::exp2(middle - kMostOctaves)),
             most = static_cast<float>(std::exp2(middle + kMostOctaves));
  for (float& factor : factors) factor = usable(factor) ? std::clamp(factor, least, most) : mean;
  return factors;
}

std::vector<float> ratios(std::span<const float> factors) {
  if (std::ranges::all_of(factors, [&](float factor) { return factor == factors.front(); })) return {};
  std::vector<float> result(factors.begin(), factors.end());
  for (float& ratio : result) ratio /= factors.front();
  return result;
}

std::vector<float> largest_weights(std::span<const std::shared_ptr<const FloatWeights>> matrices) {
  std::vector<float> largest(matrices.front()->in()), row(largest.size());
  for (const auto& matrix : matrices)
    for (std::size_t i = 0; i < matrix->out(); ++i) {
      matrix->read_row(i, row.data());
      for (std::size_t j = 0; j < row.size(); ++j) largest[j] = std::max(largest[j], std::abs(row[j]));
    }
  return largest;
}

std::vector<float> smoothing_factors(std::span<const float> largest_inputs, std::span<const float> largest_weights,
                                     float alpha) {
  std::vector<float> factors(largest_inputs.size());
  for (std::size_t j = 0; j < factors.size(); ++j)
    factors[j] =
        largest_inputs[j] > 0 ? std::pow(largest_inputs[j], alpha) / std::pow(largest_weights[j], 1 - alpha) : 0.0F;
  return balanced(std::move(factors));
}

std::vector<float> weight_aware_factors(const InputMoments& moments,
                                        std::span<const std::shared_ptr<const FloatWeights>> matrices,
                                        RoundingGrid grid) {
  std::vector<Matrix<float>> samples;
  for (const auto& matrix : matrices) samples.push_back(some_rows(*matrix));
  std::vector<float> best;
  double least = 0;
  for (int tenths = 0; tenths <= kTenths; ++tenths) {
    std::vector<float> factors(moments.width());
    for (std::size_t j = 0; j < factors.size(); ++j)
      factors[j] = std::pow(moments(j, j), static_cast<float>(tenths) / (2 * kTenths));
    factors = balanced(std::move(factors));
    double error = 0;
    for (const Matrix<float>& weights : samples)
      error += product_error(moments, rounding_difference(weights, factors, grid));
    if (!std::isfinite(error))
      throw DataError("a NaN or infinite value appeared where the inputs of a matrix are measured",
                      "check the checkpoint: some weights or activations overflow");
    if (!best.empty() && !(error < least)) continue;
    best = std::move(factors);
    least = error;
  }
  return best;
}

}  // namespace snnsim::models
