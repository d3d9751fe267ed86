#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "core/parallel.hpp"
#include "models/llama/kernels.hpp"
#include "models/llama/rope.hpp"
#include "models/llama/sites.hpp"
#include "models/rotation/model_rotation.hpp"

namespace snnsim::models {

/// Keys (after RoPE) and values of all positions of a block; (positions × kv_heads * head_dim) each.
struct KvCache {
  Matrix<float> key, value;
};

/// Rows of a batch that are positions of one sequence: row r is position r itself.
class OneSequence {
 public:
  explicit OneSequence(KvCache& cache) : cache_(cache) {}

  static std::size_t position(std::uint32_t row) { return row; }
  /// Keeps the keys and values of the rows; the rows of y get what their queries see, by `attend`, which is attention()
  /// or takes the same. The cache already has a row per position; those before the listed ones are read, not written.
  template <typename Attend>
  void attend(const Attend& attend, const Matrix<float>& q, const Matrix<float>& k, const Matrix<float>& v,
              std::span<const std::uint32_t> rows, Matrix<float>& y) {
    for (const std::uint32_t r : rows) {
      std::copy_n(k.row(r), k.columns(), cache_.key.row(r));
      std::copy_n(v.row(r), v.columns(), cache_.value.row(r));
    }
    attend(q, cache_.key, cache_.value, rows, y);
  }

 private:
  KvCache& cache_;
};

/// What a block computes besides products and sites.
struct BlockConstants {
  const LlamaConfig* config = nullptr;
  const Rope* rope = nullptr;
  std::vector<float> attention_norm, mlp_norm;  // γ (hidden)
  PerMatrix<std::vector<float>> bias;           // added to W x (out); empty: none
  const ModelRotation* rotation = nullptr;      // that the weights expect between them; null: none
};

/// What a block computes on its way, (positions × width) each: kept from block to block so that memory is touched once.
/// Only the rows of the last block computed mean anything.
struct BlockBuffers {
  Matrix<float> normalised, q, k, v, attended, gate, up, result;

  void reshape(std::size_t positions, const LlamaConfig& c) {
    for (Matrix<float>* matrix : {&normalised, &result}) matrix->reshape(positions, c.hidden_size);
    for (Matrix<float>* matrix : {&q, &attended}) matrix->reshape(positions, width(c, Site::q));
    for (Matrix<float>* matrix : {&k, &v}) matrix->reshape(positions, width(c, Site::k));
    for (Matrix<float>* matrix : {&gate, &up}) matrix->reshape(positions, c.intermediate_size);
  }
};

/// One decoder block on the listed rows (ascending) of `hidden` (· × hidden), in place: the one place that knows the
/// order of a LLaMA block. `arithmetic` says what a site and a product are, so that the dense model and the QANN run
/// the same code between them:
///   site(Site, Matrix<float>& x)            x (rows of hidden × width) becomes the value that the site hands on
///   product(MatrixName, Matrix<float>& y)   y = W × the value of its input site, for the rows
///   attend(shape, q, key, value, rows, y)   instead of attention(); only where something happens inside it
/// `context` says which positions the rows are and what they attend to, as OneSequence does.
template <typename Arithmetic, typename Context>
void forward_block(const BlockConstants& block, Arithmetic& arithmetic, std::span<const std::uint32_t> rows,
                   Matrix<float>& hidden, Context context, BlockBuffers& buffers) {
  const LlamaConfig& c = *block.config;
  buffers.reshape(hidden.rows(), c);
  const auto per_row = [&](const auto& body) {
    parallel_for(
        rows.size(), [&](std::size_t k) { body(rows[k]); }, 4);
  };
  const auto row = [](Matrix<float>& matrix, std::size_t r) { return std::span(matrix.row(r), matrix.columns()); };
  const auto normalise = [&](const std::vector<float>& gain) {
    per_row([&](std::size_t r) { rms_norm(row(hidden, r), gain, c.rms_norm_epsilon, row(buffers.normalised, r)); });
  };
  const auto project = [&](MatrixName name, Matrix<float>& y) {
    arithmetic.product(name, y);
    if (const std::vector<float>& bias = at(block.bias, name); !bias.empty())
      per_row([&](std::size_t r) { add_bias(bias, row(y, r)); });
  };
  const auto add_to_hidden = [&](MatrixName name) {
    project(name, buffers.result);
    per_row([&](std::size_t r) {
      for (std::size_t i = 0; i < c.hidden_size; ++i) hidden.row(r)[i] += buffers.result.row(r)[i];
    });
  };

  normalise(block.attention_norm);
  arithmetic.site(Site::attn_in, buffers.normalised);
  project(MatrixName::query, buffers.q);
  project(MatrixName::key, buffers.k);
  project(MatrixName::value, buffers.v);
  per_row([&](std::uint32_t r) {
    block.rope->apply(context.position(r), row(buffers.q, r));
    block.rope->apply(context.position(r), row(buffers.k, r));
  });
  if (block.rotation != nullptr)
    per_row([&](std::uint32_t r) {
      block.rotation->head.apply(row(buffers.q, r));
      block.rotation->head.apply(row(buffers.k, r));
    });
  arithmetic.site(Site::q, buffers.q);
  arithmetic.site(Site::k, buffers.k);
  arithmetic.site(Site::v, buffers.v);
  const auto attend = [&](const Matrix<float>& q, const Matrix<float>& key, const Matrix<float>& value,
                          std::span<const std::uint32_t> listed, Matrix<float>& y) {
    const AttentionShape shape = attention_shape(c);
    if constexpr (requires { arithmetic.attend(shape, q, key, value, listed, y); })
      arithmetic.attend(shape, q, key, value, listed, y);
    else
      attention(shape, q, key, value, listed, y);
  };
  context.attend(attend, buffers.q, buffers.k, buffers.v, rows, buffers.attended);
  if (block.rotation != nullptr)
    per_row([&](std::size_t r) { block.rotation->heads.apply(row(buffers.attended, r), c.head_dim); });
  arithmetic.site(Site::attn_out, buffers.attended);
  add_to_hidden(MatrixName::output);

  normalise(block.mlp_norm);
  arithmetic.site(Site::mlp_in, buffers.normalised);
  project(MatrixName::gate, buffers.gate);
  project(MatrixName::up, buffers.up);
  per_row([&](std::size_t r) { swiglu(row(buffers.gate, r), row(buffers.up, r), row(buffers.gate, r)); });
  if (block.rotation != nullptr) per_row([&](std::size_t r) { block.rotation->inner.apply(row(buffers.gate, r)); });
  arithmetic.site(Site::mlp_mid, buffers.gate);
  add_to_hidden(MatrixName::down);
}

}  // namespace snnsim::models
