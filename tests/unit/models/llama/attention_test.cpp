#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "models/llama/dense_model.hpp"
#include "models/llama/kernels.hpp"
#include "tests/support/random.hpp"
#include "tests/support/targets.hpp"

namespace snnsim::models {
namespace {

struct Inputs {
  AttentionShape shape;
  Matrix<float> query, key, value;

  Inputs(const AttentionShape& s, std::size_t positions, std::uint64_t seed)
      : shape(s),
        query(positions, s.heads * s.head_dim),
        key(positions, s.kv_heads * s.head_dim),
        value(positions, s.kv_heads * s.head_dim) {
    tests::Random random{seed};
    for (Matrix<float>* m : {&query, &key, &value})
      for (float& v : m->values()) v = 2 * random.normal();
  }

  Matrix<float> attended(std::span<const std::uint32_t> rows) const {
    Matrix<float> y(query.rows(), query.columns());
    attention(shape, query, key, value, rows, y);
    return y;
  }
};

/// softmax(q k / sqrt(d)) v of one head and position, in double.
std::vector<double> naive(const Inputs& in, std::size_t head, std::size_t position) {
  const std::size_t dim = in.shape.head_dim, q = head * dim;
  const std::size_t kv = head * in.shape.kv_heads / in.shape.heads * dim;
  std::vector<double> weights(position + 1), out(dim, 0);
  double sum = 0;
  for (std::size_t j = 0; j <= position; ++j) {
    double score = 0;
    for (std::size_t d = 0; d < dim; ++d)
      score += static_cast<double>(in.query.row(position)[q + d]) * in.key.row(j)[kv + d];
    sum += weights[j] = std::exp(score / std::sqrt(static_cast<double>(dim)));
  }
  for (std::size_t j = 0; j <= position; ++j)
    for (std::size_t d = 0; d < dim; ++d) out[d] += weights[j] / sum * in.value.row(j)[kv + d];
  return out;
}

bool same_row(const Matrix<float>& a, const Matrix<float>& b, std::size_t r) {
  return std::memcmp(a.row(r), b.row(r), a.columns() * sizeof(float)) == 0;
}

constexpr AttentionShape kShapes[] = {{1, 1, 1}, {4, 4, 8}, {6, 2, 10}, {8, 1, 33}};

}  // namespace

TEST_CASE("attention equals the formula in double, with shared key and value heads too") {
  for (const AttentionShape& shape : kShapes) {
    const Inputs in(shape, 37, 19);
    const Matrix<float> y = in.attended(row_range(0, 37));
    for (std::size_t r = 0; r < 37; ++r)
      for (std::size_t head = 0; head < shape.heads; ++head) {
        const std::vector<double> expected = naive(in, head, r);
        for (std::size_t d = 0; d < shape.head_dim; ++d)
          CHECK(y.row(r)[head * shape.head_dim + d] == doctest::Approx(expected[d]).epsilon(2e-5).scale(1));
      }
  }
}

TEST_CASE("a row of attention has the same bits whichever rows come with it, on every instruction set") {
  for (const AttentionShape& shape : kShapes) {
    const Inputs in(shape, 50, 20);
    const Matrix<float> all = in.attended(row_range(0, 50));
    tests::Random random{21};
    tests::on_every_target([&] {
      for (int i = 0; i < 10; ++i) {
        std::vector<std::uint32_t> rows;
        for (std::uint32_t r = 0; r < 50; ++r)
          if (random.between(0, 3) == 0) rows.push_back(r);
        const Matrix<float> some = in.attended(rows);
        for (const std::uint32_t r : rows) CHECK(same_row(some, all, r));
      }
    });
  }
}

TEST_CASE("the two halves of attention give its bits, and probabilities that are 0 behind the own position") {
  constexpr std::size_t positions = 37, keys = 41;
  for (const AttentionShape& shape : kShapes) {
    const Inputs in(shape, positions, 24);
    const Matrix<float> whole = in.attended(row_range(0, positions));
    const std::vector<std::uint32_t> rows{0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 36};
    tests::on_every_target([&] {
      Matrix<float> probabilities(positions, shape.heads * keys, 7), y(positions, in.query.columns());
      attention_probabilities(shape, in.query, in.key, rows, probabilities);
      weigh_values(shape, probabilities, in.value, rows, y);
      for (const std::uint32_t r : rows) {
        CHECK(same_row(y, whole, r));
        for (std::size_t head = 0; head < shape.heads; ++head) {
          const float* own = probabilities.row(r) + head * keys;
          CHECK(std::accumulate(own, own + r + 1, 0.0) == doctest::Approx(1).epsilon(1e-5));
          CHECK(std::all_of(own + r + 1, own + keys, [](float p) { return p == 0; }));
        }
      }
      CHECK(probabilities.row(1)[0] == 7);  // was not asked for
    });
  }
}

TEST_CASE("what later positions hold does not reach a row") {
  Inputs in({4, 2, 8}, 20, 22);
  const Matrix<float> before = in.attended(row_range(0, 20));
  for (std::size_t r = 10; r < 20; ++r) {
    std::fill_n(in.key.row(r), in.key.columns(), 1e10F);
    std::fill_n(in.value.row(r), in.value.columns(), -1e10F);
  }
  const Matrix<float> after = in.attended(row_range(0, 20));
  for (std::size_t r = 0; r < 10; ++r) CHECK(same_row(before, after, r));
}

TEST_CASE("equal scores take the mean, and a huge score takes all") {
  Inputs in({1, 1, 4}, 3, 23);
  std::ranges::fill(in.query.values(), 0.0F);
  const Matrix<float> mean = in.attended(row_range(2, 3));
  for (std::size_t d = 0; d < 4; ++d)
    CHECK(mean.row(2)[d] == doctest::Approx((in.value.row(0)[d] + in.value.row(1)[d] + in.value.row(2)[d]) / 3));
  std::ranges::fill(in.query.values(), 1.0F);
  std::fill_n(in.key.row(1), 4, 1000.0F);
  const Matrix<float> all = in.attended(row_range(2, 3));
  for (std::size_t d = 0; d < 4; ++d) CHECK(all.row(2)[d] == in.value.row(1)[d]);
}

}  // namespace snnsim::models
