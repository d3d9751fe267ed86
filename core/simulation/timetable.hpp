#pragma once

#include <optional>
#include <vector>

#include "core/spiking_graph.hpp"
#include "core/time.hpp"

namespace snnsim {

/// When the nodes of a graph may act: both executors read it, so they cannot disagree.
///
/// A population starts at a step boundary, `phase` steps after the first spikes of all of its inputs can have arrived
/// (axonal delays counted, jitter not); without a phase, T steps after that, or once everything has arrived if that is
/// later: layer-synchronous. In a network with cycles, and where the settings say `together`, all populations start at
/// once, `phase` steps late.
/// A clocked population acts at the T boundaries from there; an event-driven one whenever input comes, but not before.
class Timetable {
 public:
  Timetable(const SpikingGraph& graph, const TimeSettings& settings);

  const TimeSettings& settings() const { return settings_; }
  /// The step that a tick belongs to: the first whose boundary is not before it.
  Moment moment(Tick tick) const;
  Tick boundary(std::uint32_t step) const { return Tick{step} * settings_.ticks_per_step; }

  /// First and last step of a population's T steps.
  std::uint32_t first_step(NodeId population) const { return first_step_[population]; }
  std::uint32_t last_step(NodeId population) const { return first_step_[population] + settings_.timesteps - 1; }
  /// True if the rows of a node are updated at a step whether or not an input changed: sources and clocked populations
  /// in all of their steps; operators at the first, because f(0) need not be 0 (attention to settled positions), and so
  /// event-driven populations with an initial potential that reaches a level by itself.
  bool wakes(NodeId node, std::uint32_t step) const;
  /// The first step from `step` on at which it wakes so; none: never again.
  std::optional<std::uint32_t> next_wake(NodeId node, std::uint32_t step) const;
  /// True if a population may act at a tick without new input, because it is behind.
  bool may_catch_up(NodeId population, Tick tick) const;
  /// The last step at which anything is clocked.
  std::uint32_t steps() const { return steps_; }

 private:
  /// Ticks between which a node's output can change, as far as delays and clocks tell.
  struct Span {
    Tick first = 0, last = 0;
  };
  Span span_of_inputs(NodeId node, const std::vector<Span>& spans) const;
  Span span_of(NodeId node, const Span& inputs) const;
  std::uint32_t start(const Population& population, const Span& inputs) const;

  const SpikingGraph& graph_;
  TimeSettings settings_;
  std::vector<std::uint32_t> first_step_;  // per node; 1 where it has no meaning
  std::vector<bool> fires_without_input_;  // per node
  std::uint32_t steps_ = 0;
};

}  // namespace snnsim
