#include "experiments/evaluation/depth_errors.hpp"

#include <cmath>

#include "models/calibration/spiking_block.hpp"
#include "models/quantization/squared_error.hpp"

namespace snnsim::experiments {

namespace {

using models::Site;

/// |a - b|² and |b|² over rows from `first` on.
models::SquaredError difference(const Matrix<float>& a, const Matrix<float>& b, std::size_t first) {
  models::SquaredError squares;
  squares.add(a, b, first);
  return squares;
}

/// The parameters of a block whose neurons get all of their input in one step.
models::BlockCalibration in_one_step(models::BlockCalibration calibration) {
  for (auto& site : calibration) {
    if (!site) continue;
    if (const std::vector<float> added = step_potential(*site); !added.empty()) site->step_offset = {added.back()};
    site->phase.reset();
  }
  return calibration;
}

/// The dense model on one sequence, block after block.
class DenseRun {
 public:
  DenseRun(const models::DenseModel& model, std::span<const models::TokenId> ids, std::size_t prefix)
      : model_(model), prefix_(prefix), hidden_(model.embed(ids)) {}

  const Matrix<float>& hidden() const { return hidden_; }
  /// Of the block that was run last: (prefix × ·).
  const models::KvCache& leading() const { return leading_; }

  /// Block k on what is there, and on another stream, which sees the prefix of this one.
  void run(std::size_t k, Matrix<float>& other) {
    const std::size_t kv = width(model_.config(), Site::k);
    models::KvCache cache{Matrix<float>(hidden_.rows(), kv), Matrix<float>(hidden_.rows(), kv)};
    model_.forward(k, models::row_range(0, hidden_.rows()), hidden_, cache, buffers_);
    leading_ = cache;
    leading_.key.resize_rows(prefix_);
    leading_.value.resize_rows(prefix_);
    model_.forward(k, models::row_range(prefix_, hidden_.rows()), other, cache, buffers_);
  }

 private:
  const models::DenseModel& model_;
  std::size_t prefix_;
  Matrix<float> hidden_;
  models::KvCache leading_;
  models::BlockBuffers buffers_;
};

/// Block k of the network with the neurons' own quantizers in place of neurons, in place.
void run_quantized(const Pipeline& pipeline, std::size_t k, const models::KvCache& leading, Matrix<float>& hidden) {
  const models::QuantizedBlock& block = pipeline.qann.blocks[k];
  const auto& calibrated = pipeline.calibration.calibration.blocks;
  models::BlockNeurons neurons;
  models::BlockCalibration parameters = calibrated.empty() ? models::uncalibrated(block) : in_one_step(calibrated[k]);
  for (const Site site : models::kAllSites) {
    if (!at(block.sites, site)) continue;
    const Population& population = pipeline.spiking.graph.population(at(pipeline.spiking.sites[k], site));
    at(neurons, site) = SigmaDelta{population.range};
    at(parameters, site)->threshold = population.threshold;
  }
  models::SteppedStream stream{std::move(hidden)};
  models::SpikingBlock(pipeline.qann.dense->block(k), block, neurons, 1).run(parameters, leading, stream);
  hidden = std::move(stream.front());
}

}  // namespace

std::vector<BlockErrors> measure_depth(const Pipeline& pipeline, std::span<const models::TokenId> ids,
                                       std::size_t prefix, const NetworkState& state) {
  std::vector<BlockErrors> blocks(pipeline.qann.blocks.size());
  DenseRun dense(*pipeline.qann.dense, ids, prefix);
  Matrix<float> before = dense.hidden();  // ĥ'
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    Matrix<float> through_dense = before, through_quantized = before;
    blocks[k].input_error = difference(before, dense.hidden(), prefix).error;
    dense.run(k, through_dense);
    run_quantized(pipeline, k, dense.leading(), through_quantized);
    const Matrix<float>& spiking = state.value(pipeline.spiking.streams[k]);
    const models::SquaredError error = difference(spiking, dense.hidden(), prefix);
    blocks[k].dense = error.reference;
    blocks[k].error = error.error;
    blocks[k].passed_on = difference(through_dense, dense.hidden(), prefix).error;
    blocks[k].quantization = difference(through_quantized, through_dense, prefix).error;
    blocks[k].unevenness = difference(spiking, through_quantized, prefix).error;
    before = spiking;
  }
  return blocks;
}

std::vector<DepthBound> depth_bounds(const std::vector<BlockErrors>& blocks) {
  std::vector<DepthBound> bounds;
  double bound = 0;
  for (const BlockErrors& block : blocks) {
    const double factor = block.input_error > 0 ? std::sqrt(block.passed_on / block.input_error) : 0;
    bound = factor * bound + std::sqrt(block.unevenness) + std::sqrt(block.quantization);
    const double scale = std::sqrt(block.dense);
    bounds.push_back({factor, bound / scale, std::sqrt(block.error) / scale});
  }
  return bounds;
}

}  // namespace snnsim::experiments
