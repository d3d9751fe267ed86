#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "experiments/energy_table.hpp"
#include "experiments/readable.hpp"
#include "experiments/report/number.hpp"
#include "experiments/report/sections.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const EnergyBreakdown& energy) {
  return {{"compute", number(energy.compute)},
          {"weight_fetch", number(energy.weight_fetch)},
          {"neurons", number(energy.neurons)},
          {"traffic", number(energy.traffic)},
          {"analog", number(energy.analog)}};
}

/// When the SNN would cost as much: the factor on its spikes and the firing rate that makes; null where there is none.
ordered_json break_even_with(const EnergyReport& report, const EnergyBreakdown& other, double firing_rate) {
  const double factor = break_even(report.snn, other);
  return {{"factor", number(factor)}, {"firing_rate", factor > 0 ? number(factor * firing_rate) : nullptr}};
}

std::string_view cheapest(const EnergyReport& report) {
  struct Entry {
    std::string_view name;
    double pj;
  };
  const std::array<Entry, 4> networks{{{"SNN", report.snn.total()},
                                       {"QANN", report.qann.total()},
                                       {"twin", report.twin.total()},
                                       {"dense", report.dense.total()}}};
  return std::ranges::min(networks, {}, &Entry::pj).name;
}

/// What more or fewer spikes would change.
std::string flip(const EnergyReport& report, double firing_rate, bool snn_wins) {
  const double factor = break_even(report.snn, report.qann), rate = factor * firing_rate;
  if (factor <= 0) return "at no firing rate would it win: its neurons and analog operators alone cost more";
  if (snn_wins) return rate <= 1 ? fmt::format("above {} it would lose", percent(rate)) : "it wins at any firing rate";
  return fmt::format("below {} it would win", percent(rate));
}

std::string conclusion(const EnergyReport& report, std::string_view table, double firing_rate) {
  if (report.snn.total() == 0 || report.qann.total() == 0) return "Nothing was simulated yet.";
  const double ratio = report.snn.total() / report.qann.total();
  const bool snn_wins = ratio < 1;
  return fmt::format("On {} the {} wins: the SNN takes {:.3g} times the QANN's energy at a firing rate of {}; {}.",
                     table, snn_wins ? "SNN" : "QANN", ratio, percent(firing_rate),
                     flip(report, firing_rate, snn_wins));
}

ordered_json to_json(const EnergyTable& table, const EnergyReport& report, double firing_rate) {
  return {{"table", table.name},
          {"title", table.title},
          {"source", table.source},
          {"snn_pj", number(report.snn.total())},
          {"qann_pj", number(report.qann.total())},
          {"twin_pj", number(report.twin.total())},
          {"dense_pj", number(report.dense.total())},
          {"snn_over_qann", number(report.snn.total() / report.qann.total())},
          {"snn_graded_pj",
           {{"accumulate", number(report.snn.total())},
            {"multiply", number(report.snn_multiply)},
            {"shift_add", number(report.snn_shift_add)}}},
          {"break_even",
           {{"qann", break_even_with(report, report.qann, firing_rate)},
            {"twin", break_even_with(report, report.twin, firing_rate)},
            {"dense", break_even_with(report, report.dense, firing_rate)}}},
          {"breakdown_pj",
           {{"snn", to_json(report.snn)},
            {"qann", to_json(report.qann)},
            {"twin", to_json(report.twin)},
            {"dense", to_json(report.dense)}}},
          {"cheapest", cheapest(report)},
          {"conclusion", conclusion(report, table.name, firing_rate)}};
}

}  // namespace

ordered_json energy_section(const Experiment& experiment, const OperationCount& operations, double firing_rate) {
  auto section = ordered_json::array();
  for (const TableName& name : experiment.energy.tables) {
    const EnergyTable table = read_energy_table(find_energy_table(name));
    section.push_back(to_json(table,
                              price(operations, table.cost, experiment.quantization.weight_bits,
                                    experiment.quantization.activation_bits, experiment.conversion.timesteps),
                              firing_rate));
  }
  return section;
}

}  // namespace snnsim::experiments
