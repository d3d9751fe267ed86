#include "models/llama/dense_model.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/mapped_pages.hpp"
#include "models/llama/dense_arithmetic.hpp"

namespace snnsim::models {

std::vector<std::uint32_t> row_range(std::size_t first, std::size_t end) {
  std::vector<std::uint32_t> rows(end - first);
  std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(first));
  return rows;
}

DenseModel::DenseModel(std::shared_ptr<const Checkpoint> checkpoint)
    : checkpoint_(std::move(checkpoint)),
      rope_(std::make_shared<Rope>(checkpoint_->config)),
      final_norm_(checkpoint_->final_norm.read()) {
  for (const BlockWeights& block : checkpoint_->blocks) {
    blocks_.push_back({&checkpoint_->config, rope_.get(), block.attention_norm.read(), block.mlp_norm.read(), {}, {}});
    for (const MatrixName name : kAllMatrices)
      if (const Tensor* stored = bias(block, name)) at(blocks_.back().bias, name) = stored->read();
  }
}

DenseModel::DenseModel(std::shared_ptr<const Checkpoint> checkpoint, const ModelRotation& rotation)
    : DenseModel(std::move(checkpoint)) {
  rotation_ = std::make_shared<const ModelRotation>(rotation);
  for (BlockConstants& block : blocks_) {
    std::ranges::fill(block.attention_norm, 1.0F);
    std::ranges::fill(block.mlp_norm, 1.0F);
    rotation_->head.apply(at(block.bias, MatrixName::value));
    block.rotation = rotation_.get();
  }
}

BlockFloats DenseModel::weights(std::size_t k) const {
  trim_mapped_pages();
  const BlockWeights& block = checkpoint_->blocks[k];
  BlockFloats weights;
  for (const MatrixName name : kAllMatrices) at(weights, name) = std::make_shared<TensorWeights>(tensor(block, name));
  if (!rotation_) return weights;
  PerSite<std::vector<float>> gain;
  at(gain, Site::attn_in) = block.attention_norm.read();
  at(gain, Site::mlp_in) = block.mlp_norm.read();
  for (const MatrixName name : kAllMatrices)
    at(weights, name) = rotated_matrix(*at(weights, name), name, at(gain, input_of(name)), *rotation_);
  return weights;
}

KvCache DenseModel::adopt(const DenseModel& model, const KvCache& cache, std::size_t positions) const {
  const auto first_rows = [&](const Matrix<float>& from) {
    Matrix<float> rows(positions, from.columns());
    for (std::size_t r = 0; r < positions; ++r) std::copy_n(from.row(r), from.columns(), rows.row(r));
    if (rotation_ && !model.rotation_) rotation_->head.apply_rows(rows);
    return rows;
  };
  return {first_rows(cache.key), first_rows(cache.value)};
}

Matrix<float> DenseModel::embed(std::span<const TokenId> tokens) const {
  Matrix<float> hidden(tokens.size(), config().hidden_size);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] < 0 || static_cast<std::size_t>(tokens[i]) >= config().vocabulary_size)
      throw DataError(fmt::format("token id {} at position {} is outside the vocabulary of {}", tokens[i], i,
                                  config().vocabulary_size),
                      "use the tokenizer that the checkpoint was trained with");
    checkpoint_->embedding.read_row(static_cast<std::size_t>(tokens[i]), hidden.row(i));
  }
  if (rotation_) rotation_->stream.apply_rows(hidden);
  return hidden;
}

void DenseModel::forward(std::size_t k, std::span<const std::uint32_t> rows, Matrix<float>& hidden, KvCache& cache,
                         BlockBuffers& buffers, const SiteObserver& observer) const {
  const BlockFloats block = weights(k);
  DenseArithmetic arithmetic(block, rows, observer);
  forward_block(blocks_[k], arithmetic, rows, hidden, OneSequence(cache), buffers);
}

void DenseModel::final_norm(const Matrix<float>& hidden, std::span<const std::uint32_t> rows, Matrix<float>& y) const {
  for (const std::uint32_t r : rows) {
    const std::span<float> row(y.row(r), y.columns());
    std::copy_n(hidden.row(r), row.size(), row.begin());
    if (rotation_) rotation_->stream.undo(row);
    rms_norm(row, final_norm_, config().rms_norm_epsilon, row);
  }
}

Matrix<float> DenseModel::logits(const Matrix<float>& normalised, std::span<const std::uint32_t> rows) const {
  Matrix<float> y(rows.size(), config().vocabulary_size);
  multiply(TensorWeights(checkpoint_->lm_head), normalised, rows, y, OutputRows::gathered);
  return y;
}

std::vector<KvCache> empty_caches(const LlamaConfig& config) {
  const std::size_t kv = width(config, Site::k);
  return std::vector<KvCache>(config.blocks, {Matrix<float>(0, kv), Matrix<float>(0, kv)});
}

std::vector<std::uint32_t> append_embedded(const DenseModel& model, std::span<const TokenId> tokens,
                                           Matrix<float>& hidden, std::vector<KvCache>& caches) {
  const std::size_t first = hidden.rows(), end = first + tokens.size();
  const Matrix<float> embedded = model.embed(tokens);
  hidden.resize_rows(end);
  if (first < end) std::ranges::copy(embedded.values(), hidden.row(first));
  for (KvCache& cache : caches) {
    cache.key.resize_rows(end);
    cache.value.resize_rows(end);
  }
  return row_range(first, end);
}

DenseSequence::DenseSequence(const DenseModel& model)
    : model_(model),
      hidden_(0, model.config().hidden_size),
      normalised_(0, model.config().hidden_size),
      caches_(empty_caches(model.config())) {}

void DenseSequence::append(std::span<const TokenId> tokens, const Observer& observer) {
  const std::vector<std::uint32_t> rows = append_embedded(model_, tokens, hidden_, caches_);
  for (std::size_t k = 0; k < caches_.size(); ++k) {
    DenseModel::SiteObserver sites;
    if (observer) sites = [&](Site site, const Matrix<float>& x) { observer(k, site, x); };
    model_.forward(k, rows, hidden_, caches_[k], buffers_, sites);
  }
  normalised_.resize_rows(hidden_.rows());
  model_.final_norm(hidden_, rows, normalised_);
}

}  // namespace snnsim::models
