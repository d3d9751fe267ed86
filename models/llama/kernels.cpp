#include "models/llama/kernels.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#include "core/parallel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/llama/kernels.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

#include "models/llama/exponential-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kLanes = 16;  // query positions side by side, whatever the width of a register
using Lane = hn::CappedTag<float, kLanes>;
constexpr std::size_t kVectors = kLanes / hn::MaxLanes(Lane());
constexpr std::size_t kStep = hn::MaxLanes(Lane());

/// scores[j][lane] = scale * Σ_d key[j][d] * query[d][lane] for `keys` rows that are `stride` floats apart.
void score_keys(const float* query, const float* key, std::size_t stride, std::size_t keys, std::size_t dim,
                float scale, float* scores) {
  constexpr std::size_t group = 4;
  const auto score = [&]<std::size_t N>(std::size_t j, std::integral_constant<std::size_t, N>) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::Vec<Lane> sum[N];
      for (std::size_t n = 0; n < N; ++n) sum[n] = hn::Zero(Lane());
      for (std::size_t d = 0; d < dim; ++d) {
        const auto q = hn::LoadU(Lane(), query + d * kLanes + v * kStep);
        for (std::size_t n = 0; n < N; ++n)
          sum[n] = hn::Add(sum[n], hn::Mul(hn::Set(Lane(), key[(j + n) * stride + d]), q));
      }
      for (std::size_t n = 0; n < N; ++n)
        hn::StoreU(hn::Mul(sum[n], hn::Set(Lane(), scale)), Lane(), scores + (j + n) * kLanes + v * kStep);
    }
  };
  std::size_t j = 0;
  for (; j + group <= keys; j += group) score(j, std::integral_constant<std::size_t, group>());
  for (; j < keys; ++j) score(j, std::integral_constant<std::size_t, 1>());
}

/// Per lane, over j <= limit[lane]: scores become probabilities; the others become 0.
void softmax_keys(float* scores, std::size_t keys, const std::int32_t* limit) {
  const hn::Rebind<std::int32_t, Lane> di;
  for (std::size_t v = 0; v < kVectors; ++v) {
    float* column = scores + v * kStep;
    const auto last = hn::LoadU(di, limit + v * kStep);
    const auto seen = [&](std::size_t j) {
      return hn::RebindMask(Lane(), hn::Not(hn::Lt(last, hn::Set(di, static_cast<std::int32_t>(j)))));
    };
    auto largest = hn::Set(Lane(), std::numeric_limits<float>::lowest());
    for (std::size_t j = 0; j < keys; ++j) {
      const auto s = hn::LoadU(Lane(), column + j * kLanes);
      largest = hn::IfThenElse(seen(j), hn::Max(largest, s), largest);
    }
    auto sum = hn::Zero(Lane());
    for (std::size_t j = 0; j < keys; ++j) {
      const auto s = hn::Sub(hn::LoadU(Lane(), column + j * kLanes), largest);
      const auto e = hn::IfThenElseZero(seen(j), exponential(Lane(), s));
      sum = hn::Add(sum, e);
      hn::StoreU(e, Lane(), column + j * kLanes);
    }
    for (std::size_t j = 0; j < keys; ++j)
      hn::StoreU(hn::Div(hn::LoadU(Lane(), column + j * kLanes), sum), Lane(), column + j * kLanes);
  }
}

/// out[d][lane] = Σ_j probabilities[j][lane] * value[j][d].
void weigh_values(const float* probabilities, const float* value, std::size_t stride, std::size_t keys, std::size_t dim,
                  float* out) {
  constexpr std::size_t group = 8;
  const auto weigh = [&]<std::size_t N>(std::size_t d, std::integral_constant<std::size_t, N>) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::Vec<Lane> sum[N];
      for (std::size_t n = 0; n < N; ++n) sum[n] = hn::Zero(Lane());
      for (std::size_t j = 0; j < keys; ++j) {
        const auto p = hn::LoadU(Lane(), probabilities + j * kLanes + v * kStep);
        for (std::size_t n = 0; n < N; ++n)
          sum[n] = hn::Add(sum[n], hn::Mul(hn::Set(Lane(), value[j * stride + d + n]), p));
      }
      for (std::size_t n = 0; n < N; ++n) hn::StoreU(sum[n], Lane(), out + (d + n) * kLanes + v * kStep);
    }
  };
  std::size_t d = 0;
  for (; d + group <= dim; d += group) weigh(d, std::integral_constant<std::size_t, group>());
  for (; d < dim; ++d) weigh(d, std::integral_constant<std::size_t, 1>());
}

void swiglu_row(const float* gate, const float* up, std::size_t width, float* y) {
  const auto one = [&](auto d, std::size_t i) {
    const auto g = hn::LoadU(d, gate + i);
    const auto denominator = hn::Add(hn::Set(d, 1.0F), exponential(d, hn::Neg(g)));
    hn::StoreU(hn::Mul(hn::Div(g, denominator), hn::LoadU(d, up + i)), d, y + i);
  };
  std::size_t i = 0;
  for (; i + kStep <= width; i += kStep) one(Lane(), i);
  for (; i < width; ++i) one(hn::CappedTag<float, 1>(), i);
}

void exponential_row(const float* x, std::size_t width, float* y) {
  std::size_t i = 0;
  for (; i + kStep <= width; i += kStep) hn::StoreU(exponential(Lane(), hn::LoadU(Lane(), x + i)), Lane(), y + i);
  const hn::CappedTag<float, 1> d;
  for (; i < width; ++i) hn::StoreU(exponential(d, hn::LoadU(d, x + i)), d, y + i);
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(score_keys);
HWY_EXPORT(softmax_keys);
HWY_EXPORT(weigh_values);
HWY_EXPORT(swiglu_row);
HWY_EXPORT(exponential_row);
}  // namespace snnsim

namespace snnsim::models {

namespace {

constexpr std::size_t kLanes = 16;

/// One head of up to 16 query positions: what its kernels read and write, (· × lanes).
struct HeadOfRows {
  const AttentionShape& shape;
  std::size_t head;
  std::span<const std::uint32_t> rows;

  std::size_t first() const { return head * shape.head_dim; }
  std::size_t kv_first() const { return head / (shape.heads / shape.kv_heads) * shape.head_dim; }
  std::size_t keys() const { return rows.back() + std::size_t{1}; }
};

std::vector<float>& lanes_of(std::size_t dim) {
  thread_local std::vector<float> lanes;
  lanes.assign(dim * kLanes, 0.0F);
  return lanes;
}

/// Probabilities (keys × lanes) of the head's queries.
void score(const HeadOfRows& part, const Matrix<float>& query, const Matrix<float>& key, std::vector<float>& scores) {
  const std::size_t dim = part.shape.head_dim;
  std::vector<float>& lanes = lanes_of(dim);
  scores.resize(part.keys() * kLanes);
  std::array<std::int32_t, kLanes> limit{};  // unused lanes see key 0 only
  for (std::size_t lane = 0; lane < part.rows.size(); ++lane) {
    limit[lane] = static_cast<std::int32_t>(part.rows[lane]);
    const float* q = query.row(part.rows[lane]) + part.first();
    for (std::size_t d = 0; d < dim; ++d) lanes[d * kLanes + lane] = q[d];
  }
  const float scale = 1.0F / std::sqrt(static_cast<float>(dim));
  HWY_DYNAMIC_DISPATCH(score_keys)
  (lanes.data(), key.row(0) + part.kv_first(), key.columns(), part.keys(), dim, scale, scores.data());
  HWY_DYNAMIC_DISPATCH(softmax_keys)(scores.data(), part.keys(), limit.data());
}

void weigh(const HeadOfRows& part, const std::vector<float>& probabilities, const Matrix<float>& value,
           Matrix<float>& y) {
  const std::size_t dim = part.shape.head_dim;
  std::vector<float>& lanes = lanes_of(dim);
  HWY_DYNAMIC_DISPATCH(weigh_values)
  (probabilities.data(), value.row(0) + part.kv_first(), value.columns(), part.keys(), dim, lanes.data());
  for (std::size_t lane = 0; lane < part.rows.size(); ++lane) {
    float* out = y.row(part.rows[lane]) + part.first();
    for (std::size_t d = 0; d < dim; ++d) out[d] = lanes[d * kLanes + lane];
  }
}

/// body(part, scores) for every head of every 16 rows; scores: memory of the thread.
template <typename Body>
void for_heads(const AttentionShape& shape, std::span<const std::uint32_t> rows, const Body& body) {
  const std::size_t groups = (rows.size() + kLanes - 1) / kLanes;
  parallel_for(groups * shape.heads, [&](std::size_t task) {
    thread_local std::vector<float> scores;
    const std::size_t first = task / shape.heads * kLanes;
    body(HeadOfRows{shape, task % shape.heads, rows.subspan(first, std::min(kLanes, rows.size() - first))}, scores);
  });
}

}  // namespace

void rms_norm(std::span<const float> x, std::span<const float> gain, float epsilon, std::span<float> y) {
  constexpr std::size_t partial = 8;  // sums by residue class, in this order everywhere
  std::array<double, partial> sums{};
  for (std::size_t i = 0; i < x.size(); ++i) sums[i % partial] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  double total = 0;
  for (const double s : sums) total += s;
  const auto mean = static_cast<float>(total / static_cast<double>(x.size()));
  const float scale = 1.0F / std::sqrt(mean + epsilon);
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = gain[i] * (x[i] * scale);
}

void add_bias(std::span<const float> bias, std::span<float> y) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += bias[i];
}

void swiglu(std::span<const float> gate, std::span<const float> up, std::span<float> y) {
  HWY_DYNAMIC_DISPATCH(swiglu_row)(gate.data(), up.data(), y.size(), y.data());
}

void exponential(std::span<const float> x, std::span<float> y) {
  HWY_DYNAMIC_DISPATCH(exponential_row)(x.data(), x.size(), y.data());
}

void attention(const AttentionShape& shape, const Matrix<float>& query, const Matrix<float>& key,
               const Matrix<float>& value, std::span<const std::uint32_t> rows, Matrix<float>& y) {
  for_heads(shape, rows, [&](const HeadOfRows& part, std::vector<float>& scores) {
    score(part, query, key, scores);
    weigh(part, scores, value, y);
  });
}

void attention_probabilities(const AttentionShape& shape, const Matrix<float>& query, const Matrix<float>& key,
                             std::span<const std::uint32_t> rows, Matrix<float>& probabilities) {
  const std::size_t keys = probabilities.columns() / shape.heads;
  assert(rows.empty() || rows.back() < keys);
  for_heads(shape, rows, [&](const HeadOfRows& part, std::vector<float>& scores) {
    score(part, query, key, scores);
    for (std::size_t lane = 0; lane < part.rows.size(); ++lane) {
      float* out = probabilities.row(part.rows[lane]) + part.head * keys;
      for (std::size_t j = 0; j < part.keys(); ++j) out[j] = scores[j * kLanes + lane];
      std::fill(out + part.keys(), out + keys, 0.0F);
    }
  });
}

void weigh_values(const AttentionShape& shape, const Matrix<float>& probabilities, const Matrix<float>& value,
                  std::span<const std::uint32_t> rows, Matrix<float>& y) {
  const std::size_t keys = probabilities.columns() / shape.heads;
  assert(rows.empty() || rows.back() < keys);
  for_heads(shape, rows, [&](const HeadOfRows& part, std::vector<float>& scores) {
    scores.assign(part.keys() * kLanes, 0.0F);
    for (std::size_t lane = 0; lane < part.rows.size(); ++lane) {
      const float* in = probabilities.row(part.rows[lane]) + part.head * keys;
      for (std::size_t j = 0; j < part.keys(); ++j) scores[j * kLanes + lane] = in[j];
    }
    weigh(part, scores, value, y);
  });
}

}  // namespace snnsim::models
#endif  // HWY_ONCE
