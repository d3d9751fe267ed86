#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "core/neurons/integer_spiking.hpp"
#include "core/neurons/integrate_and_fire.hpp"
#include "core/neurons/leaky_integrate_and_fire.hpp"
#include "core/neurons/sigma_delta.hpp"
#include "core/neurons/st_bif.hpp"

namespace snnsim {

/// The dynamics of a population. One alternative per file in core/neurons/; dispatched once per row batch, never per
/// neuron. An alternative has kName; kClocked; kStateWords, of which the first kCounts are emitted counts (a second one
/// counts negative spikes); offset(), exact(input), update(row) and next_update(row).
using NeuronModel = std::variant<IntegerSpiking, SigmaDelta, StBif, IntegrateAndFire, LeakyIntegrateAndFire>;

/// Clocked neurons are updated at every step; the others when their drive changed and when they ask for it.
inline bool clocked(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return n.kClocked; }, neuron);
}
inline std::string_view name(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return std::string_view(n.kName); }, neuron);
}
inline std::size_t state_words(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return n.kStateWords; }, neuron);
}
/// True if positive and negative spikes are counted apart.
inline bool counts_signs_apart(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return n.kCounts == 2; }, neuron);
}
/// What T steps of constant offset take off the emitted count together (α T).
inline std::int32_t offset(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return n.offset(); }, neuron);
}
/// The tick at which a row, just updated, must be updated again without new input; 0: it need not.
inline std::int32_t next_update(const NeuronModel& neuron, const NeuronRow& row) {
  return std::visit([&](const auto& n) { return n.next_update(row); }, neuron);
}
/// True if a population equals its quantizer whatever input it gets in that pattern: the equality is then checked, and
/// must hold.
inline bool exact(const NeuronModel& neuron, const InputPattern& input) {
  return std::visit([&](const auto& n) { return n.exact(input); }, neuron);
}

}  // namespace snnsim
