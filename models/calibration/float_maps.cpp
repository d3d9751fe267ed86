#include "models/calibration/float_maps.hpp"

#include <vector>

#include "core/parallel.hpp"

namespace snnsim::models {

namespace {

std::shared_ptr<const FloatWeights> transpose_of(const FloatWeights& weights) {
  Matrix<float> transposed(weights.in(), weights.out());
  std::vector<float> row(weights.in());
  for (std::size_t i = 0; i < weights.out(); ++i) {
    weights.read_row(i, row.data());
    for (std::size_t j = 0; j < row.size(); ++j) transposed.row(j)[i] = row[j];
  }
  return std::make_shared<const MatrixWeights>(std::move(transposed));
}

}  // namespace

FloatMaps::FloatMaps(const BlockConstants& constants, const QuantizedBlock& block, const BlockCalibration& calibration,
                     std::size_t prefix)
    : constants_(constants), prefix_(prefix) {
  parallel_for(kMatrices, [&](std::size_t m) {
    transposed_[m] = transpose_of(*weights_of(block, calibration, kAllMatrices[m]).floating);
  });
}

void FloatMaps::transpose(MatrixName name, const Matrix<float>& dy, Matrix<float>& dx) const {
  const std::vector<std::uint32_t> rows = row_range(0, dy.rows());
  Matrix<float> product(dx.rows(), dx.columns());
  multiply(*at(transposed_, name), dy, rows, product, OutputRows::gathered);
  for (std::size_t i = 0; i < product.values().size(); ++i) dx.values()[i] += product.values()[i];
}

}  // namespace snnsim::models
