#include "models/rotation/model_rotation.hpp"

#include "core/parallel.hpp"

namespace snnsim::models {

namespace {

Matrix<float> read_whole(const FloatWeights& weights, std::span<const float> gain) {
  Matrix<float> values(weights.out(), weights.in());
  parallel_for(weights.out(), [&](std::size_t i) {
    float* row = values.row(i);
    weights.read_row(i, row);
    for (std::size_t j = 0; j < gain.size(); ++j) row[j] *= gain[j];
  });
  return values;
}

void rotate_inputs(Matrix<float>& values, MatrixName name, const ModelRotation& rotation) {
  switch (input_of(name)) {
    case Site::attn_out:
      rotation.head.apply_rows(values);
      return rotation.heads.apply_rows(values, rotation.head.size());
    case Site::mlp_mid:
      return rotation.inner.apply_rows(values);
    default:
      rotation.stream.apply_rows(values);
  }
}

void rotate_outputs(Matrix<float>& values, MatrixName name, const ModelRotation& rotation) {
  const std::size_t in = values.columns(), head = rotation.head.size() * in;
  if (name == MatrixName::output || name == MatrixName::down) rotation.stream.apply_columns(values);
  if (name == MatrixName::value)
    parallel_for(values.values().size() / head,
                 [&](std::size_t h) { rotation.head.apply(values.values().subspan(h * head, head), in); });
}

}  // namespace

ModelRotation::ModelRotation(const LlamaConfig& config, std::uint64_t seed)
    : stream(config.hidden_size, seed, 0),
      head(config.head_dim, seed, 1),
      heads(config.heads, seed, 2),
      inner(config.intermediate_size, seed, 3) {}

std::shared_ptr<const FloatWeights> rotated_matrix(const FloatWeights& weights, MatrixName name,
                                                   std::span<const float> gain, const ModelRotation& rotation) {
  Matrix<float> values = read_whole(weights, gain);
  rotate_inputs(values, name, rotation);
  rotate_outputs(values, name, rotation);
  return std::make_shared<MatrixWeights>(std::move(values));
}

}  // namespace snnsim::models
