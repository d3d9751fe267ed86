#include "experiments/network/network_report.hpp"

#include "experiments/build_identity.hpp"
#include "experiments/energy_table.hpp"
#include "experiments/machine.hpp"
#include "experiments/report/number.hpp"
#include "experiments/segment_result_json.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// One run on its way to JSON.
class NetworkReporter {
 public:
  NetworkReporter(const NetworkDescription& network, const BuiltNetwork& built, const NetworkRun& run)
      : network_(network), built_(built), run_(run) {}

  ordered_json settings() const {
    const NetworkSize size = size_of(network_, built_);
    return {{"timesteps", network_.timesteps}, {"ticks_per_step", network_.ticks_per_step},
            {"trials", network_.trials},       {"neurons", size.neurons},
            {"inputs", size.inputs},           {"synapses", size.synapses}};
  }

  ordered_json inputs() const {
    auto section = ordered_json::array();
    for (std::size_t i = 0; i < network_.inputs.size(); ++i) {
      ordered_json input = {{"name", network_.inputs[i].name}};
      put_activity(built_.inputs[i], input);
      input["left_out"] = built_.left_out[i];
      section.push_back(std::move(input));
    }
    return section;
  }

  ordered_json populations() const {
    auto section = ordered_json::array();
    for (std::size_t i = 0; i < network_.populations.size(); ++i) {
      ordered_json population = {{"name", network_.populations[i].name},
                                 {"neuron", name(network_.populations[i].neuron)}};
      put_activity(built_.populations[i], population);
      section.push_back(std::move(population));
    }
    return section;
  }

  ordered_json projections() const {
    auto section = ordered_json::array();
    for (std::size_t i = 0; i < network_.projections.size(); ++i) {
      const auto& projection = std::get<Projection>(built_.graph.node(built_.projections[i]));
      const bool sparse = std::holds_alternative<SparseSynapses>(projection.synapses);
      const OperationCount count = run_.state.operations(built_.projections[i]);
      section.push_back({{"from", network_.projections[i].from},
                         {"to", network_.projections[i].to},
                         {"synapses", projection.synapse_count()},
                         {"kind", sparse ? "sparse" : "dense"},
                         {"spikes", count.spike_messages},
                         {"synaptic_operations", count.synaptic_operations}});
    }
    return section;
  }

  OperationCount operations() const {
    OperationCount sum = operations_of_neurons();
    for (std::size_t i = 0; i < network_.projections.size(); ++i) sum += run_.state.operations(built_.projections[i]);
    return sum;
  }

  ordered_json energy() const {
    auto section = ordered_json::array();
    for (const TableName& table_name : network_.energy.tables) {
      const EnergyTable table = read_energy_table(find_energy_table(table_name));
      const EnergyBreakdown cost = price_with(table.cost);
      section.push_back({{"table", table.name},
                         {"title", table.title},
                         {"source", table.source},
                         {"snn_pj", number(cost.total())},
                         {"breakdown_pj",
                          {{"compute", number(cost.compute)},
                           {"weight_fetch", number(cost.weight_fetch)},
                           {"neurons", number(cost.neurons)},
                           {"traffic", number(cost.traffic)}}},
                         {"populations", energy_by_population(table.cost)},
                         {"projections", energy_by_projection(table.cost)}});
    }
    return section;
  }

  ordered_json timing() const {
    return {{"ticks", run_.timing.horizon},
            {"ticks_to_first_output", run_.timing.first_output},
            {"ticks_to_quiescence", run_.timing.quiescence},
            {"wall_s", number(run_.wall_s)},
            {"synaptic_operations_per_s", number(static_cast<double>(operations().synaptic_operations) / run_.wall_s)},
            {"peak_rss_bytes", peak_resident_bytes()}};
  }

  ordered_json provenance() const {
    return {{"version", version()},
            {"git", git_revision()},
            {"compiler", compiler()},
            {"flags", compiler_flags()},
            {"cpu", cpu_model()},
            {"host", host_name()},
            {"executor", name(network_.executor)},
            {"seed", network_.seed},
            {"stop", timestamp()}};
  }

 private:
  void put_activity(NodeId id, ordered_json& out) const {
    const PopulationActivity& activity = run_.state.activity(id);
    const std::uint64_t neurons = built_.graph.width(id);
    out["neurons"] = neurons;
    out["spikes"] = activity.spikes;
    out["magnitude"] = activity.magnitude;
    out["firing_rate"] = number(quotient(activity.spikes, neurons * network_.timesteps * network_.trials));
  }

  OperationCount operations_of_neurons(NodeId population) const {
    OperationCount count;
    count.neuron_updates = run_.state.activity(population).updates;
    count.neurons_active = run_.state.activity(population).spikes;
    return count;
  }
  OperationCount operations_of_neurons() const {
    OperationCount sum;
    for (const NodeId id : built_.populations) sum += operations_of_neurons(id);
    return sum;
  }

  EnergyBreakdown price_neurons(const OperationCount& count, const CostTable& table) const {
    return price(count, table, {.timesteps = network_.timesteps}).snn;
  }
  /// Projections may have weights of different widths.
  EnergyBreakdown price_projection(std::size_t i, const CostTable& table) const {
    const OperationCount count = run_.state.operations(built_.projections[i]);
    return price(count, table,
                 {.weight_bits = network_.projections[i].bits,
                  .timesteps = network_.timesteps,
                  .spike_hops = count.spike_messages})
        .snn;
  }
  EnergyBreakdown price_with(const CostTable& table) const {
    EnergyBreakdown cost = price_neurons(operations_of_neurons(), table);
    for (std::size_t i = 0; i < network_.projections.size(); ++i) {
      const EnergyBreakdown part = price_projection(i, table);
      cost.compute += part.compute;
      cost.weight_fetch += part.weight_fetch;
      cost.traffic += part.traffic;
    }
    return cost;
  }

  ordered_json energy_by_population(const CostTable& table) const {
    auto section = ordered_json::array();
    for (std::size_t i = 0; i < network_.populations.size(); ++i) {
      const EnergyBreakdown part = price_neurons(operations_of_neurons(built_.populations[i]), table);
      section.push_back({{"name", network_.populations[i].name}, {"neurons", number(part.neurons)}});
    }
    return section;
  }
  ordered_json energy_by_projection(const CostTable& table) const {
    auto section = ordered_json::array();
    for (std::size_t i = 0; i < network_.projections.size(); ++i) {
      const EnergyBreakdown part = price_projection(i, table);
      section.push_back({{"from", network_.projections[i].from},
                         {"to", network_.projections[i].to},
                         {"compute", number(part.compute)},
                         {"weight_fetch", number(part.weight_fetch)},
                         {"traffic", number(part.traffic)},
                         {"total", number(part.total())}});
    }
    return section;
  }

  const NetworkDescription& network_;
  const BuiltNetwork& built_;
  const NetworkRun& run_;
};

}  // namespace

ordered_json network_report(const NetworkDescription& network, const BuiltNetwork& built, const NetworkRun& run,
                            const std::string& hash) {
  const NetworkReporter reporter(network, built, run);
  return {{"name", network.name},
          {"hash", hash},
          {"settings", reporter.settings()},
          {"inputs", reporter.inputs()},
          {"populations", reporter.populations()},
          {"projections", reporter.projections()},
          {"operations", to_json(reporter.operations())},
          {"energy", reporter.energy()},
          {"timing", reporter.timing()},
          {"provenance", reporter.provenance()}};
}

}  // namespace snnsim::experiments
