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

constexpr double seconds_per_ns = 1e-9;

ordered_json to_json(const EnergyBreakdown& energy) {
  return {{"compute", number(energy.compute)}, {"weight_fetch", number(energy.weight_fetch)},
          {"neurons", number(energy.neurons)}, {"traffic", number(energy.traffic)},
          {"analog", number(energy.analog)},   {"static_power", number(energy.static_power)}};
}

/// What a population's updates and spikes make of the whole: all but the analog operators.
OperationCount operations_of(const PopulationTally& tally, int weight_bits) {
  OperationCount count;
  count.synaptic_operations = tally.spikes * tally.fan_out;
  count.synaptic_magnitude = tally.magnitude * tally.fan_out;
  count.synaptic_shift_adds = tally.shift_adds * tally.fan_out;
  count.neuron_updates = tally.updates;
  count.neurons_active = tally.spikes;
  count.weight_bytes = count.synaptic_operations * static_cast<unsigned>(weight_bits) / 8;
  count.spike_messages = tally.spikes * tally.projections;
  return count;
}

/// What the spikes on a projection make of the whole.
OperationCount operations_of(const ProjectionTally& tally) {
  OperationCount count;
  count.synaptic_operations = tally.synaptic_operations;
  count.synaptic_magnitude = tally.synaptic_magnitude;
  count.synaptic_shift_adds = tally.synaptic_shift_adds;
  count.weight_bytes = tally.weight_bytes;
  count.spike_messages = tally.spikes;
  count.multiply_accumulates = tally.multiply_accumulates;
  return count;
}

/// One table applied to one run.
class Pricing {
 public:
  Pricing(const EnergyTable& table, const Experiment& experiment, const OperationCount& operations,
          const std::vector<PopulationTally>& populations, const std::vector<ProjectionTally>& projections)
      : table_(table), experiment_(experiment), populations_(populations), projections_(projections) {
    const PopulationTally network = whole_network(populations);
    firing_rate_ = quotient(network.spikes, network.instances * experiment.conversion.timesteps);
    EnergySettings settings = settings_for(hops_of_all());
    settings.latency_ns = latency_ns(busiest());
    report_ = price(operations, table.cost, settings);
  }

  ordered_json to_json() const {
    return {{"table", table_.name},
            {"title", table_.title},
            {"source", table_.source},
            {"snn_pj", number(report_.snn.total())},
            {"qann_pj", number(report_.qann.total())},
            {"twin_pj", number(report_.twin.total())},
            {"dense_pj", number(report_.dense.total())},
            {"snn_over_qann", number(report_.snn.total() / report_.qann.total())},
            {"snn_graded_pj",
             {{"accumulate", number(report_.snn.total())},
              {"multiply", number(report_.snn_multiply)},
              {"shift_add", number(report_.snn_shift_add)}}},
            {"break_even",
             {{"qann", break_even_with(report_.qann)},
              {"twin", break_even_with(report_.twin)},
              {"dense", break_even_with(report_.dense)}}},
            {"breakdown_pj",
             {{"snn", experiments::to_json(report_.snn)},
              {"qann", experiments::to_json(report_.qann)},
              {"twin", experiments::to_json(report_.twin)},
              {"dense", experiments::to_json(report_.dense)}}},
            {"not_priced", unpriced_kinds(table_.cost)},
            {"latency_s", latency()},
            {"populations", by_population()},
            {"projections", by_projection()},
            {"cheapest", cheapest()},
            {"conclusion", conclusion()}};
  }

 private:
  EnergySettings settings_for(std::uint64_t spike_hops) const {
    return {.weight_bits = experiment_.quantization.weight_bits,
            .activation_bits = experiment_.quantization.activation_bits,
            .timesteps = experiment_.conversion.timesteps,
            .spike_hops = spike_hops};
  }

  /// Hops on the mesh, or one for each message where there is none.
  std::uint64_t hops_of(const PopulationTally& tally) const {
    return experiment_.simulation.hop > 0 ? tally.spike_hops : tally.spikes * tally.projections;
  }
  std::uint64_t hops_of(const ProjectionTally& tally) const {
    return experiment_.simulation.hop > 0 ? tally.spike_hops : tally.spikes;
  }
  std::uint64_t hops_of_all() const {
    std::uint64_t sum = 0;
    for (const PopulationTally& tally : populations_) sum += hops_of(tally);
    return sum;
  }

  std::optional<double> busy(const PopulationTally& tally) const {
    return busy_ns(operations_of(tally, experiment_.quantization.weight_bits), hops_of(tally), table_.cost);
  }
  /// Each population on a core of its own, all at work at the same time.
  double busiest() const {
    double most = 0;
    for (const PopulationTally& tally : populations_) most = std::max(most, busy(tally).value_or(0));
    return most;
  }
  double all_one_after_another() const {
    double sum = 0;
    for (const PopulationTally& tally : populations_) sum += busy(tally).value_or(0);
    return sum;
  }
  /// A step takes at least so long as the table says; each position of a text has T of them.
  double latency_ns(double busy) const {
    std::uint64_t positions = 0;
    for (const PopulationTally& tally : populations_)
      if (tally.neurons > 0) positions = std::max(positions, tally.instances / tally.neurons);
    const auto steps = static_cast<double>(positions * experiment_.conversion.timesteps);
    return std::max(busy, table_.cost.step_ns.value_or(0) * steps);
  }
  ordered_json latency() const {
    if (!table_.cost.synaptic_operation_ns && !table_.cost.step_ns) return nullptr;
    return {{"core_per_population", number(latency_ns(busiest()) * seconds_per_ns)},
            {"one_core", number(latency_ns(all_one_after_another()) * seconds_per_ns)}};
  }

  ordered_json by_population() const {
    auto section = ordered_json::array();
    for (const PopulationTally& tally : populations_) {
      const EnergyBreakdown energy =
          price(operations_of(tally, experiment_.quantization.weight_bits), table_.cost, settings_for(hops_of(tally)))
              .snn;
      section.push_back({{"name", tally.name},
                         {"compute", number(energy.compute)},
                         {"weight_fetch", number(energy.weight_fetch)},
                         {"neurons", number(energy.neurons)},
                         {"traffic", number(energy.traffic)},
                         {"total", number(energy.total())},
                         {"share", number(energy.total() / report_.snn.total())}});
    }
    return section;
  }

  /// Everything that follows from spikes, where they are carried.
  ordered_json by_projection() const {
    auto section = ordered_json::array();
    for (const ProjectionTally& tally : projections_) {
      const EnergyBreakdown energy = price(operations_of(tally), table_.cost, settings_for(hops_of(tally))).snn;
      section.push_back({{"name", tally.name},
                         {"from", tally.from},
                         {"compute", number(energy.compute)},
                         {"weight_fetch", number(energy.weight_fetch)},
                         {"traffic", number(energy.traffic)},
                         {"total", number(energy.total())},
                         {"share", number(energy.total() / report_.snn.total())}});
    }
    return section;
  }

  /// When the SNN would cost as much: the factor on its spikes and the firing rate that makes; null where there is
  /// none.
  ordered_json break_even_with(const EnergyBreakdown& other) const {
    const double factor = break_even(report_.snn, other);
    return {{"factor", number(factor)}, {"firing_rate", factor > 0 ? number(factor * firing_rate_) : nullptr}};
  }

  std::string_view cheapest() const {
    struct Entry {
      std::string_view name;
      double pj;
    };
    std::vector<Entry> networks{{"SNN", report_.snn.total()},
                                {"QANN", report_.qann.total()},
                                {"twin", report_.twin.total()},
                                {"dense", report_.dense.total()}};
    std::erase_if(networks, [](const Entry& entry) { return std::isnan(entry.pj); });
    return std::ranges::min(networks, {}, &Entry::pj).name;
  }

  /// What more or fewer spikes would change.
  std::string flip(bool snn_wins) const {
    const double factor = break_even(report_.snn, report_.qann), rate = factor * firing_rate_;
    if (factor <= 0) return "at no firing rate would it win: its neurons and analog operators alone cost more";
    if (snn_wins)
      return rate <= 1 ? fmt::format("above {} it would lose", percent(rate)) : "it wins at any firing rate";
    return fmt::format("below {} it would win", percent(rate));
  }

  std::string conclusion() const {
    if (report_.snn.total() == 0 || report_.qann.total() == 0) return "Nothing was simulated yet.";
    if (std::isnan(report_.qann.total()))
      return fmt::format("{} prices no multiplications, so the SNN stands alone, at a firing rate of {}.", table_.name,
                         percent(firing_rate_));
    const double ratio = report_.snn.total() / report_.qann.total();
    const bool snn_wins = ratio < 1;
    return fmt::format("On {} the {} wins: the SNN takes {:.3g} times the QANN's energy at a firing rate of {}; {}.",
                       table_.name, snn_wins ? "SNN" : "QANN", ratio, percent(firing_rate_), flip(snn_wins));
  }

  const EnergyTable& table_;
  const Experiment& experiment_;
  const std::vector<PopulationTally>& populations_;
  const std::vector<ProjectionTally>& projections_;
  double firing_rate_ = 0;
  EnergyReport report_;
};

}  // namespace

ordered_json energy_section(const Experiment& experiment, const OperationCount& operations,
                            const std::vector<PopulationTally>& populations,
                            const std::vector<ProjectionTally>& projections) {
  auto section = ordered_json::array();
  for (const TableName& name : experiment.energy.tables) {
    const EnergyTable table = read_energy_table(find_energy_table(name));
    section.push_back(Pricing(table, experiment, operations, populations, projections).to_json());
  }
  return section;
}

}  // namespace snnsim::experiments
