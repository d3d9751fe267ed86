#include "core/spiking_graph.hpp"

#include <algorithm>
#include <stdexcept>

#include <doctest/doctest.h>

#include "tests/support/graphs.hpp"

namespace snnsim {
namespace {

using tests::integer_projection;
using tests::population;

constexpr LevelRange kRange{-8, 7};

Projection two_to_three() {
  return integer_projection(3, 2, {1, 2, 3, 4, 5, 6});
}

}  // namespace

TEST_CASE("the rank is the longest path from a source, and the order goes by rank, then id") {
  SpikingGraph graph;
  const NodeId a = graph.add(Source{2}), b = graph.add(Source{2});
  const NodeId spikes = graph.add(population(SigmaDelta{kRange}, kRange, 2), a);
  const NodeId late = graph.add(std::make_shared<Sum>(2), {spikes, b});
  const NodeId early = graph.add(std::make_shared<Sum>(2), {a, b});
  const NodeId drive = graph.add(two_to_three(), spikes);
  graph.set_output(late);
  graph.finish();
  CHECK(graph.rank(a) == 0);
  CHECK(graph.rank(b) == 0);
  CHECK(graph.rank(spikes) == 1);
  CHECK(graph.rank(early) == 1);
  CHECK(graph.rank(late) == 2);
  CHECK(graph.rank(drive) == 2);
  CHECK(graph.order() == std::vector<NodeId>{a, b, spikes, early, late, drive});
  CHECK(graph.output() == late);
  CHECK(graph.width(drive) == 3);
  CHECK(graph.width(late) == 2);
}

TEST_CASE("inputs keep their slots, also when one node feeds two of them") {
  SpikingGraph graph;
  const NodeId a = graph.add(Source{2}), b = graph.add(Source{2});
  const NodeId sum = graph.add(std::make_shared<Sum>(2), {b, a});
  const NodeId twice = graph.add(std::make_shared<Sum>(2), {a, a});
  graph.finish();
  CHECK(graph.inputs(sum) == std::vector<NodeId>{b, a});
  CHECK(graph.inputs(twice) == std::vector<NodeId>{a, a});
  const auto& next = graph.successors(a);
  REQUIRE(next.size() == 3);
  CHECK(std::ranges::count_if(next, [&](auto s) { return s.node == twice && s.slot == 0; }) == 1);
  CHECK(std::ranges::count_if(next, [&](auto s) { return s.node == twice && s.slot == 1; }) == 1);
  CHECK(std::ranges::count_if(next, [&](auto s) { return s.node == sum && s.slot == 1; }) == 1);
}

TEST_CASE("populations are found by name") {
  SpikingGraph graph;
  const NodeId source = graph.add(Source{2});
  Population named = population(SigmaDelta{kRange}, kRange, 2);
  named.name = "blocks.3.mlp_in";
  const NodeId first = graph.add(named, source);
  named.name = "blocks.3.mlp_mid";
  const NodeId second = graph.add(named, source);
  graph.finish();
  CHECK(graph.populations() == std::vector<NodeId>{first, second});
  CHECK(graph.find_population("blocks.3.mlp_mid") == second);
  CHECK_THROWS_AS(graph.find_population("blocks.3.mlp"), std::out_of_range);
}

TEST_CASE("widths that disagree are refused") {
  SpikingGraph wide_population;
  wide_population.add(population(SigmaDelta{kRange}, kRange, 3), wide_population.add(Source{2}));
  CHECK_THROWS_AS(wide_population.finish(), std::logic_error);

  SpikingGraph wide_projection;
  const NodeId spikes = wide_projection.add(population(SigmaDelta{kRange}, kRange, 3), wide_projection.add(Source{3}));
  wide_projection.add(two_to_three(), spikes);
  CHECK_THROWS_AS(wide_projection.finish(), std::logic_error);
}

TEST_CASE("integer synapses need spikes") {
  SpikingGraph graph;
  graph.add(two_to_three(), graph.add(Source{2}));
  CHECK_THROWS_AS(graph.finish(), std::logic_error);
}

TEST_CASE("a cycle is refused") {
  SpikingGraph graph;
  graph.add(Source{2});
  graph.add(population(SigmaDelta{kRange}, kRange, 2), 1);  // driven by itself
  CHECK_THROWS_AS(graph.finish(), std::logic_error);
}

TEST_CASE("an input that does not exist is refused") {
  SpikingGraph graph;
  const NodeId source = graph.add(Source{2});
  CHECK_THROWS_AS(graph.add(std::make_shared<Sum>(2), {source, 7}), std::logic_error);
}

TEST_CASE("a population needs an initial potential for each neuron") {
  SpikingGraph graph;
  Population broken = population(SigmaDelta{kRange}, kRange, 2);
  broken.initial_potential.pop_back();
  graph.add(broken, graph.add(Source{2}));
  CHECK_THROWS_AS(graph.finish(), std::logic_error);
}

}  // namespace snnsim
