#include "core/simulation/timetable.hpp"

#include <algorithm>

namespace snnsim {

namespace {

/// True if Q(0) is not 0 for some neuron.
bool fires_without_input(const SpikingGraph::Node& node) {
  const auto* population = std::get_if<Population>(&node);
  return population != nullptr && !clocked(population->neuron) &&
         std::ranges::any_of(population->initial_potential, [](float v) { return v < 0 || v >= 1; });
}

bool is_clocked(const SpikingGraph::Node& node) {
  const auto* population = std::get_if<Population>(&node);
  return population != nullptr && clocked(population->neuron);
}

}  // namespace

Timetable::Timetable(const SpikingGraph& graph, const TimeSettings& settings)
    : graph_(graph), settings_(settings), first_step_(graph.size(), 1), fires_without_input_(graph.size()) {
  std::vector<Span> spans(graph.size(), Span{boundary(1), boundary(settings.timesteps)});
  for (const NodeId id : graph.order()) {
    const Span inputs = span_of_inputs(id, spans);
    if (const auto* population = std::get_if<Population>(&graph.node(id))) first_step_[id] = start(*population, inputs);
    spans[id] = span_of(id, inputs);
    fires_without_input_[id] = fires_without_input(graph.node(id));
    steps_ = std::max(steps_, last_step(id));
  }
}

Moment Timetable::moment(Tick tick) const {
  return {tick, static_cast<std::uint32_t>((tick + settings_.ticks_per_step - 1) / settings_.ticks_per_step)};
}

Timetable::Span Timetable::span_of_inputs(NodeId node, const std::vector<Span>& spans) const {
  Span result{boundary(1), boundary(1)};
  if (graph_.cyclic() || settings_.together) return result;
  for (const NodeId input : graph_.inputs(node))
    result = {std::max(result.first, spans[input].first), std::max(result.last, spans[input].last)};
  return result;
}

std::uint32_t Timetable::start(const Population& population, const Span& inputs) const {
  const std::uint32_t begun = moment(inputs.first).step;
  if (population.phase) return begun + *population.phase;
  return std::max(begun + settings_.timesteps, moment(inputs.last).step);
}

Timetable::Span Timetable::span_of(NodeId node, const Span& inputs) const {
  if (const auto* source = std::get_if<Source>(&graph_.node(node)))
    return {boundary(1), boundary(source->schedule == SourceSchedule::impulse ? 1 : settings_.timesteps)};
  if (std::holds_alternative<Population>(graph_.node(node)))
    return {boundary(first_step_[node]),
            std::max(boundary(last_step(node)), is_clocked(graph_.node(node)) ? 0 : inputs.last)};
  if (!graph_.travels(node)) return inputs;
  const Axon& axon = std::get<Projection>(graph_.node(node)).axon;
  return {inputs.first + axon.delay, inputs.last + axon.delay + axon.jitter};
}

bool Timetable::wakes(NodeId node, std::uint32_t step) const {
  if (std::holds_alternative<Projection>(graph_.node(node))) return false;
  if (std::holds_alternative<Source>(graph_.node(node))) return step <= settings_.timesteps;
  if (std::holds_alternative<Population>(graph_.node(node)) && !is_clocked(graph_.node(node)))
    return step == first_step(node) && fires_without_input_[node];
  return is_clocked(graph_.node(node)) ? step >= first_step(node) && step <= last_step(node) : step == 1;
}

std::optional<std::uint32_t> Timetable::next_wake(NodeId node, std::uint32_t step) const {
  const std::uint32_t begun = std::max(step, first_step(node));
  return wakes(node, begun) ? std::optional(begun) : std::nullopt;
}

bool Timetable::may_catch_up(NodeId population, Tick tick) const {
  return settings_.horizon.kind == Horizon::Kind::quiescence || tick <= boundary(last_step(population));
}

}  // namespace snnsim
