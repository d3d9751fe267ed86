#pragma once

#include <functional>
#include <memory>
#include <span>

#include "core/kernels/float_product.hpp"
#include "models/llama/block_forward.hpp"
#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// A stored matrix as the float kernels read it: converted row by row, never as a whole.
class TensorWeights final : public FloatWeights {
 public:
  explicit TensorWeights(Tensor tensor) : tensor_(std::move(tensor)) {}
  std::size_t out() const override { return tensor_.rows(); }
  std::size_t in() const override { return tensor_.columns(); }
  void read_row(std::size_t i, float* values) const override { tensor_.read_row(i, values); }

 private:
  Tensor tensor_;
};

/// The matrices of a block, stored or computed.
using BlockFloats = PerMatrix<std::shared_ptr<const FloatWeights>>;

/// Positions first..end-1.
std::vector<std::uint32_t> row_range(std::size_t first, std::size_t end);

/// The pretrained model in fp32: reference of every comparison, and the ends (embedding, final norm, LM head) that the
/// quantized and the spiking network share.
class DenseModel {
 public:
  explicit DenseModel(std::shared_ptr<const Checkpoint> checkpoint);
  /// The same function in the coordinates of QuaRot: gains of norms and all rotations that can be are in the weights,
  /// the others run between them. Logits agree to rounding. The final norm is that of the stored model again, so that
  /// its result and the LM head are common to both. Throws ConfigurationError for a width without a fast rotation.
  DenseModel(std::shared_ptr<const Checkpoint> checkpoint, const ModelRotation& rotation);

  const LlamaConfig& config() const { return checkpoint_->config; }
  const Checkpoint& checkpoint() const { return *checkpoint_; }
  const std::shared_ptr<const Checkpoint>& shared_checkpoint() const { return checkpoint_; }
  const BlockConstants& block(std::size_t k) const { return blocks_[k]; }
  const std::shared_ptr<const Rope>& rope() const { return rope_; }
  const std::vector<float>& final_norm_gain() const { return final_norm_; }
  /// Null: the model is as stored.
  const std::shared_ptr<const ModelRotation>& rotation() const { return rotation_; }
  /// The matrices of block k: what is multiplied, and what is quantized. Those of a rotated model are made here, whole
  /// and in fp32: hold one block at a time.
  BlockFloats weights(std::size_t k) const;

  /// (tokens × hidden). Throws DataError for an id outside the vocabulary.
  Matrix<float> embed(std::span<const TokenId> tokens) const;
  /// Sees the value of each site (positions × width) as a block is computed.
  using SiteObserver = std::function<void(Site, const Matrix<float>&)>;
  /// One block on rows of hidden, in place.
  void forward(std::size_t k, std::span<const std::uint32_t> rows, Matrix<float>& hidden, KvCache& cache,
               BlockBuffers& buffers, const SiteObserver& observer = {}) const;
  /// The first positions of a cache of `model`, the stored one or this one, in the coordinates of this one.
  KvCache adopt(const DenseModel& model, const KvCache& cache, std::size_t positions) const;
  /// Writes the final RMSNorm of the rows to those of y (positions × hidden).
  void final_norm(const Matrix<float>& hidden, std::span<const std::uint32_t> rows, Matrix<float>& y) const;
  /// Logits of rows of a final_norm(): (rows.size() × vocabulary).
  Matrix<float> logits(const Matrix<float>& normalised, std::span<const std::uint32_t> rows) const;

 private:
  std::shared_ptr<const Checkpoint> checkpoint_;
  std::shared_ptr<const Rope> rope_;
  std::shared_ptr<const ModelRotation> rotation_;
  std::vector<BlockConstants> blocks_;
  std::vector<float> final_norm_;
};

/// Of every block, without positions.
std::vector<KvCache> empty_caches(const LlamaConfig& config);
/// The tokens' embeddings as the next rows of hidden, and room for as many positions in the caches. Returns the rows.
std::vector<std::uint32_t> append_embedded(const DenseModel& model, std::span<const TokenId> tokens,
                                           Matrix<float>& hidden, std::vector<KvCache>& caches);

/// Hidden states and caches of one sequence that grows.
class DenseSequence {
 public:
  explicit DenseSequence(const DenseModel& model);

  /// Runs the tokens as the next positions. The observer gets the block as well.
  using Observer = std::function<void(std::size_t block, Site, const Matrix<float>&)>;
  void append(std::span<const TokenId> tokens, const Observer& observer = {});
  std::size_t positions() const { return hidden_.rows(); }
  const DenseModel& model() const { return model_; }
  /// Final RMSNorm of all positions appended so far: (positions × hidden).
  const Matrix<float>& normalised() const { return normalised_; }
  const KvCache& cache(std::size_t block) const { return caches_[block]; }

 private:
  friend class DenseBatch;
  friend class ManySequences;
  const DenseModel& model_;
  Matrix<float> hidden_, normalised_;
  std::vector<KvCache> caches_;
  BlockBuffers buffers_;
};

}  // namespace snnsim::models
