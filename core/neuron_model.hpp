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
/// neuron. An alternative has kName, kClocked, kStateWords, offset(), exact(), update(row) and pending(row).
using NeuronModel = std::variant<IntegerSpiking, SigmaDelta, StBif, IntegrateAndFire, LeakyIntegrateAndFire>;

/// Clocked neurons are updated at every step; the others when their drive changed or while they are pending.
inline bool clocked(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return n.kClocked; }, neuron);
}
inline std::string_view name(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return std::string_view(n.kName); }, neuron);
}
inline std::size_t state_words(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return n.kStateWords; }, neuron);
}
/// What T steps of constant offset take off the emitted count together (α T).
inline std::int32_t offset(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return n.offset(); }, neuron);
}
/// True if a row may emit again without new input.
inline bool is_pending(const NeuronModel& neuron, const NeuronRow& row) {
  return std::visit([&](const auto& n) { return n.pending(row); }, neuron);
}
/// True if it equals the quantizer for every input: the equality is then checked, and must hold.
inline bool exact(const NeuronModel& neuron) {
  return std::visit([](const auto& n) { return n.exact(); }, neuron);
}

}  // namespace snnsim
