#include "experiments/evaluation/error_anatomy.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/simulation/executor.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/random.hpp"

namespace snnsim::experiments {
namespace {

constexpr LevelRange kRange{-2, 1};

/// A source straight into integer-spiking neurons, T = 2: α = 1, L = 2; settled on the given input.
struct Settled {
  SpikingGraph graph;
  NodeId id = 0;
  std::unique_ptr<NetworkState> state;

  explicit Settled(const Matrix<float>& input, float threshold = 1) {
    const NodeId source = graph.add(Source{input.columns()});
    id = graph.add(tests::population(IntegerSpiking{kRange, 2}, kRange, input.columns(), threshold), source);
    graph.finish();
    state = std::make_unique<NetworkState>(graph, 2);
    state->append(input);
    make_event_executor(graph, TimeSettings{.timesteps = 2})
        ->run(*state, 0, static_cast<Position>(input.rows()), nullptr);
  }

  PopulationTally measured(const Matrix<float>& dense, std::size_t prefix = 0) const {
    PopulationTally tally;
    PositionErrors positions;
    measure_errors(graph, *state, id, dense, prefix, tally, positions);
    return tally;
  }
  PositionErrors by_position(const Matrix<float>& dense, std::size_t prefix = 0) const {
    PopulationTally tally;
    PositionErrors positions;
    measure_errors(graph, *state, id, dense, prefix, tally, positions);
    return positions;
  }
};

Matrix<float> one_row(std::initializer_list<float> values) {
  Matrix<float> row(1, values.size());
  std::ranges::copy(values, row.row(0));
  return row;
}

/// True if some signs make ±c ±q ±p ±u the error, up to rounding.
bool adds_up(const PopulationTally& t) {
  const double terms[] = {std::sqrt(t.clipping), std::sqrt(t.quantization), std::sqrt(t.propagated),
                          std::sqrt(t.unevenness)};
  for (unsigned signs = 0; signs < 16; ++signs) {
    double sum = 0;
    for (unsigned i = 0; i < 4; ++i) sum += (signs >> i & 1U) != 0 ? -terms[i] : terms[i];
    if (std::abs(sum - std::sqrt(t.total)) < 1e-6) return true;
  }
  return false;
}

}  // namespace

// neuron   x       X     clip(x)   Q(x)   Q(X)   a
//   0      0.25    0.25   0.25      0      0     0    rounded
//   1      2.5     10     1         1      1     2    clipped, and four spikes of two instead of three levels
//   2     -1.25    0.25  -1.25     -1      0     0    rounded, and another drive than in the dense model
TEST_CASE("the four terms, worked by hand") {
  const Settled network(one_row({0.25F, 10, 0.25F}));
  const PopulationTally tally = network.measured(one_row({0.25F, 2.5F, -1.25F}));
  CHECK(tally.instances == 3);
  CHECK(tally.uneven == 1);
  CHECK(tally.dense == 0.0625 + 6.25 + 1.5625);
  CHECK(tally.clipping == 2.25);
  CHECK(tally.quantization == 0.0625 + 0 + 0.0625);
  CHECK(tally.propagated == 1);
  CHECK(tally.unevenness == 1);
  CHECK(tally.total == 0.0625 + 0.25 + 1.5625);
}

TEST_CASE("the terms add up to x - a, element by element") {
  tests::Random random{35};
  for (int i = 0; i < 300; ++i) {
    const Settled network(one_row({4 * random.normal()}), 0.2F + random.uniform());
    CHECK(adds_up(network.measured(one_row({4 * random.normal()}))));
  }
}

TEST_CASE("positions of the prefix are left out, and tallies add up over calls") {
  Matrix<float> input(3, 1, 0.25F), dense(3, 1, 0.5F);
  input.row(0)[0] = 100;
  const Settled network(input);
  PopulationTally tally = network.measured(dense, 1);
  CHECK(tally.instances == 2);
  CHECK(tally.uneven == 0);
  CHECK(tally.dense == 0.5);
  PositionErrors positions;
  measure_errors(network.graph, *network.state, network.id, dense, 1, tally, positions);
  CHECK(tally.instances == 4);
  CHECK(tally.dense == 1);
}

TEST_CASE("at each position the terms are those of a network with this position alone, behind the prefix") {
  tests::Random random{36};
  Matrix<float> input(5, 3), dense(5, 3);
  for (float& x : input.values()) x = 4 * random.normal();
  for (float& x : dense.values()) x = 4 * random.normal();
  const PositionErrors positions = Settled(input).by_position(dense, 2);
  REQUIRE(positions.total.size() == 3);
  for (std::size_t p = 0; p < 3; ++p) {
    Matrix<float> one_input(1, 3), one_dense(1, 3);
    std::copy_n(input.row(2 + p), 3, one_input.row(0));
    std::copy_n(dense.row(2 + p), 3, one_dense.row(0));
    const PopulationTally alone = Settled(one_input).measured(one_dense);
    CHECK(positions.dense[p] == alone.dense);
    CHECK(positions.clipping[p] == alone.clipping);
    CHECK(positions.quantization[p] == alone.quantization);
    CHECK(positions.propagated[p] == alone.propagated);
    CHECK(positions.unevenness[p] == alone.unevenness);
    CHECK(positions.total[p] == alone.total);
  }
}

TEST_CASE("with one neuron the terms at a position add up to its x - a, to rounding") {
  tests::Random random{37};
  Matrix<float> input(200, 1), dense(200, 1);
  for (float& x : input.values()) x = 4 * random.normal();
  for (float& x : dense.values()) x = 4 * random.normal();
  const PositionErrors e = Settled(input).by_position(dense);
  for (std::size_t p = 0; p < 200; ++p)
    CHECK(adds_up({.dense = e.dense[p],
                   .clipping = e.clipping[p],
                   .quantization = e.quantization[p],
                   .propagated = e.propagated[p],
                   .unevenness = e.unevenness[p],
                   .total = e.total[p]}));
}

TEST_CASE("errors by position add up over segments of other lengths") {
  PositionErrors sum{{1}, {2}, {3}, {4}, {5}, {6}};
  add_sums(sum, {{10, 100}, {20, 200}, {30, 300}, {40, 400}, {50, 500}, {60, 600}});
  CHECK(sum == PositionErrors{{11, 100}, {22, 200}, {33, 300}, {44, 400}, {55, 500}, {66, 600}});
}

TEST_CASE("counts that differ from the QANN's are counted") {
  const Settled network(one_row({0.25F, 10, 1}));  // emits 0, 2, 1
  Matrix<std::int16_t> counts(1, 4);
  counts.row(0)[1] = 1;
  counts.row(0)[2] = 1;
  counts.row(0)[3] = 99;  // padding
  CHECK(count_different(network.graph, *network.state, network.id, counts, 0) == 1);
  CHECK(count_different(network.graph, *network.state, network.id, counts, 1) == 0);
}

}  // namespace snnsim::experiments
