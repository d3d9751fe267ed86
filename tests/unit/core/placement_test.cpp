#include "core/placement.hpp"

#include <doctest/doctest.h>

#include "tests/support/graphs.hpp"

namespace snnsim {
namespace {

using tests::integer_projection;
using tests::population;

constexpr LevelRange kRange{-8, 7};

/// source -> p0 -> p1 -> p2 -> p3 -> p4, and a projection from p4 that drives no population.
struct Chain {
  SpikingGraph graph;
  std::vector<NodeId> populations, projections;

  Chain() {
    NodeId drive = graph.add(Source{1});
    for (int i = 0; i < 5; ++i) {
      populations.push_back(graph.add(population(SigmaDelta{kRange}, kRange, 1), drive));
      projections.push_back(graph.add(integer_projection(1, 1, {1}), populations.back()));
      drive = graph.add(std::make_shared<Sum>(1), {projections.back(), projections.back()});
    }
    graph.set_output(drive);
    graph.finish();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Chain, "populations lie along a snake, so that the next one is a neighbour") {
  const Placement placement(graph, 2);
  const MeshCore expected[] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 2}};
  for (std::size_t i = 0; i < 5; ++i) CHECK(placement.core(populations[i]) == expected[i]);
  CHECK(placement.width() == 2);
  CHECK(placement.height() == 3);
  for (const NodeId projection : projections) CHECK(placement.hops(projection) == 1);
  CHECK(Placement(graph, 0).width() == 3);  // six cores with the output's
}

TEST_CASE("hops are the Manhattan distance to the first population that is driven, and add to the delay") {
  SpikingGraph graph;
  const NodeId source = graph.add(Source{1});
  const NodeId a = graph.add(population(SigmaDelta{kRange}, kRange, 1), source);
  for (int i = 0; i < 4; ++i) graph.add(population(SigmaDelta{kRange}, kRange, 1), source);
  Projection far = integer_projection(1, 1, {1});
  far.axon = {.delay = 2, .jitter = 1};
  const NodeId projection = graph.add(std::move(far), a);
  const NodeId analog = graph.add(tests::float_projection(Matrix<float>(1, 1, 1.0F)), source);
  graph.add(population(SigmaDelta{kRange}, kRange, 1), projection);  // the sixth: (2, 1) in rows of three, backwards
  graph.finish();
  const Placement placement(graph, 3);
  CHECK(placement.hops(projection) == 1);
  CHECK(Placement(graph, 6).hops(projection) == 5);
  CHECK(Placement(graph, 6).hops_of_spikes(a) == 5);
  CHECK(placement.hops(analog) == 0);
  add_hop_delays(graph, Placement(graph, 6), 3);
  CHECK(std::get<Projection>(graph.node(projection)).axon.delay == 2 + 15);
  CHECK(std::get<Projection>(graph.node(projection)).axon.jitter == 1);
  CHECK(std::get<Projection>(graph.node(analog)).axon.delay == 0);
}

}  // namespace snnsim
