#pragma once

#include <memory>
#include <vector>

#include "core/operator.hpp"
#include "models/llama/kernels.hpp"
#include "models/llama/rope.hpp"
#include "models/rotation/rotation.hpp"

/// LLaMA's operators on cumulative inputs (method.md section 3): the kernels that the dense model runs, as nodes of a
/// spiking graph.
namespace snnsim::models {

/// Slot 0: the residual stream.
class RmsNormOperator final : public Operator {
 public:
  RmsNormOperator(std::vector<float> gain, float epsilon) : gain_(std::move(gain)), epsilon_(epsilon) {}
  std::size_t width() const override { return gain_.size(); }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override;
  AnalogCount count(std::size_t position) const override;

 private:
  std::vector<float> gain_;
  float epsilon_;
};

/// Slot 0: queries or keys.
class RopeOperator final : public Operator {
 public:
  RopeOperator(std::shared_ptr<const Rope> rope, std::size_t width) : rope_(std::move(rope)), width_(width) {}
  std::size_t width() const override { return width_; }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override;
  AnalogCount count(std::size_t position) const override;

 private:
  std::shared_ptr<const Rope> rope_;
  std::size_t width_;
};

/// What a rotation makes of parts of a row, each (rotation.size() × columns). Slot 0: what is rotated.
class RotationOperator final : public Operator {
 public:
  enum class Direction { apply, undo };
  RotationOperator(Rotation rotation, std::size_t columns, std::size_t width, Direction direction = Direction::apply)
      : rotation_(std::move(rotation)), columns_(columns), width_(width), direction_(direction) {}
  std::size_t width() const override { return width_; }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override;
  AnalogCount count(std::size_t position) const override;

 private:
  Rotation rotation_;
  std::size_t columns_, width_;
  Direction direction_;
};

/// y = x + b. Slot 0: a projection. The constant is in the drive from the first step on, spikes or none: an operator is
/// evaluated at the first step whether or not its input changed.
class BiasOperator final : public Operator {
 public:
  explicit BiasOperator(std::vector<float> bias) : bias_(std::move(bias)) {}
  std::size_t width() const override { return bias_.size(); }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override;
  AnalogCount count(std::size_t position) const override;

 private:
  std::vector<float> bias_;
};

/// Slots 0, 1, 2: queries, keys, values. Causal.
class AttentionOperator final : public Operator {
 public:
  explicit AttentionOperator(const AttentionShape& shape) : shape_(shape) {}
  std::size_t width() const override { return shape_.heads * shape_.head_dim; }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override {
    attention(shape_, *inputs[0], *inputs[1], *inputs[2], rows, y);
  }
  bool reads_earlier_positions(std::size_t slot) const override { return slot > 0; }
  AnalogCount count(std::size_t position) const override;

 private:
  AttentionShape shape_;
};

/// Slots 0, 1: queries, keys. The causal softmax of each head, with room for `keys` keys: attention_probabilities().
class AttentionProbabilities final : public Operator {
 public:
  AttentionProbabilities(const AttentionShape& shape, std::size_t keys) : shape_(shape), keys_(keys) {}
  std::size_t width() const override { return shape_.heads * keys_; }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override {
    attention_probabilities(shape_, *inputs[0], *inputs[1], rows, y);
  }
  bool reads_earlier_positions(std::size_t slot) const override { return slot == 1; }
  AnalogCount count(std::size_t position) const override;

 private:
  AttentionShape shape_;
  std::size_t keys_;
};

/// Slots 0, 1: probabilities, values. weigh_values().
class WeighedValues final : public Operator {
 public:
  explicit WeighedValues(const AttentionShape& shape) : shape_(shape) {}
  std::size_t width() const override { return shape_.heads * shape_.head_dim; }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override {
    weigh_values(shape_, *inputs[0], *inputs[1], rows, y);
  }
  bool reads_earlier_positions(std::size_t slot) const override { return slot == 1; }
  AnalogCount count(std::size_t position) const override;

 private:
  AttentionShape shape_;
};

/// Slots 0, 1: gate, up.
class SwiGluOperator final : public Operator {
 public:
  explicit SwiGluOperator(std::size_t width) : width_(width) {}
  std::size_t width() const override { return width_; }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override;
  AnalogCount count(std::size_t position) const override;

 private:
  std::size_t width_;
};

}  // namespace snnsim::models
