#pragma once

#include <span>
#include <vector>

#include "core/parallel.hpp"
#include "models/llama/kernels.hpp"
#include "models/llama/rope.hpp"
#include "models/llama/sites.hpp"

namespace snnsim::models {

/// Keys (after RoPE) and values of all positions of a block; (positions × kv_heads * head_dim) each.
struct KvCache {
  Matrix<float> key, value;
};

/// What a block computes besides products and sites.
struct BlockConstants {
  const LlamaConfig* config = nullptr;
  const Rope* rope = nullptr;
  std::vector<float> attention_norm, mlp_norm;  // γ (hidden)
  PerMatrix<std::vector<float>> bias;           // added to W x (out); empty: none
};

/// One decoder block on the listed rows (positions, ascending) of `hidden` (positions × hidden), in place: the one
/// place that knows the order of a LLaMA block. `arithmetic` says what a site and a product are, so that the dense
/// model and the QANN run the same code between them:
///   site(Site, const Matrix<float>& x) -> const Matrix<float>&   the value the site hands on (positions × width)
///   product(MatrixName, Matrix<float>& y)                        y = W × the value of its input site, for the rows
/// The cache must already have a row per position; rows before the listed ones are read, not written.
template <typename Arithmetic>
void forward_block(const BlockConstants& block, Arithmetic& arithmetic, std::span<const std::uint32_t> rows,
                   Matrix<float>& hidden, KvCache& cache) {
  const LlamaConfig& c = *block.config;
  const std::size_t positions = hidden.rows();
  const auto matrix = [&](std::size_t width) { return Matrix<float>(positions, width); };
  const auto per_row = [&](const auto& body) {
    parallel_for(
        rows.size(), [&](std::size_t k) { body(rows[k]); }, 4);
  };
  const auto normalise = [&](const std::vector<float>& gain) {
    Matrix<float> x = matrix(c.hidden_size);
    per_row([&](std::size_t r) {
      rms_norm({hidden.row(r), c.hidden_size}, gain, c.rms_norm_epsilon, {x.row(r), c.hidden_size});
    });
    return x;
  };
  const auto projected = [&](MatrixName name, std::size_t width) {
    Matrix<float> y = matrix(width);
    arithmetic.product(name, y);
    if (const std::vector<float>& bias = at(block.bias, name); !bias.empty())
      per_row([&](std::size_t r) { add_bias(bias, {y.row(r), width}); });
    return y;
  };
  const auto add_to_hidden = [&](const Matrix<float>& y) {
    per_row([&](std::size_t r) {
      for (std::size_t i = 0; i < c.hidden_size; ++i) hidden.row(r)[i] += y.row(r)[i];
    });
  };
  const auto keep = [&](const Matrix<float>& from, Matrix<float>& to) {
    per_row([&](std::size_t r) { std::copy_n(from.row(r), to.columns(), to.row(r)); });
  };

  arithmetic.site(Site::attn_in, normalise(block.attention_norm));
  Matrix<float> q = projected(MatrixName::query, width(c, Site::q));
  Matrix<float> k = projected(MatrixName::key, width(c, Site::k));
  const Matrix<float> v = projected(MatrixName::value, width(c, Site::v));
  per_row([&](std::size_t r) {
    block.rope->apply(r, {q.row(r), q.columns()});
    block.rope->apply(r, {k.row(r), k.columns()});
  });
  const Matrix<float>& query = arithmetic.site(Site::q, std::move(q));
  keep(arithmetic.site(Site::k, std::move(k)), cache.key);
  keep(arithmetic.site(Site::v, v), cache.value);
  Matrix<float> attended = matrix(width(c, Site::attn_out));
  attention({c.heads, c.kv_heads, c.head_dim}, query, cache.key, cache.value, rows, attended);
  arithmetic.site(Site::attn_out, std::move(attended));
  add_to_hidden(projected(MatrixName::output, c.hidden_size));

  arithmetic.site(Site::mlp_in, normalise(block.mlp_norm));
  const Matrix<float> gate = projected(MatrixName::gate, c.intermediate_size);
  const Matrix<float> up = projected(MatrixName::up, c.intermediate_size);
  Matrix<float> middle = matrix(c.intermediate_size);
  per_row([&](std::size_t r) {
    swiglu({gate.row(r), gate.columns()}, {up.row(r), up.columns()}, {middle.row(r), middle.columns()});
  });
  arithmetic.site(Site::mlp_mid, std::move(middle));
  add_to_hidden(projected(MatrixName::down, c.hidden_size));
}

}  // namespace snnsim::models
