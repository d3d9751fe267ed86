#include "models/calibration/block_problem.hpp"

#include "models/llama/dense_arithmetic.hpp"

namespace snnsim::models {

void SquaredError::add(const Matrix<float>& a, const Matrix<float>& b, std::size_t first) {
  for (std::size_t r = first; r < a.rows(); ++r)
    for (std::size_t i = 0; i < a.columns(); ++i) {
      const double x = a.row(r)[i], y = b.row(r)[i];
      error += (x - y) * (x - y);
      reference += y * y;
    }
}

double BlockProblem::loss(const BlockCalibration& calibration) const {
  std::vector<SquaredError> errors(examples.size());
  parallel_for(examples.size(), [&](std::size_t i) {
    SteppedStream stream = examples[i].stream;
    block.run(calibration, examples[i].prefix, stream);
    errors[i].add(stream.back(), examples[i].target, prefix);
  });
  SquaredError sum;
  for (const SquaredError& one : errors) {  // in order: the same on any thread count
    sum.error += one.error;
    sum.reference += one.reference;
  }
  return sum.relative();
}

void BlockProblem::observe(const BlockCalibration& calibration, const Visitor& visitor) const {
  parallel_for(examples.size(), [&](std::size_t i) {
    SteppedStream stream = examples[i].stream;
    block.run(calibration, examples[i].prefix, stream,
              [&](Site site, const auto& drive, const auto& value) { visitor(i, site, drive, value); });
  });
}

PerSite<Matrix<float>> BlockProblem::dense_sites(const BlockExample& example) const {
  PerSite<Matrix<float>> sites;
  Matrix<float> hidden = example.hidden;
  KvCache cache{Matrix<float>(hidden.rows(), width(dense.config(), Site::k)),
                Matrix<float>(hidden.rows(), width(dense.config(), Site::v))};
  BlockBuffers buffers;
  dense.forward(number, row_range(0, hidden.rows()), hidden, cache, buffers,
                [&](Site site, const Matrix<float>& x) { at(sites, site) = x; });
  return sites;
}

}  // namespace snnsim::models
