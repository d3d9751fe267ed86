#include "experiments/energy_table.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/build_identity.hpp"
#include "experiments/field_reader.hpp"
#include "experiments/files.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments {
namespace {

struct Constant {
  std::string_view key;
  std::optional<double> CostTable::*member;
  std::string_view unit = "pj";
};

constexpr Constant constants[] = {
    {"add_int32", &CostTable::add_int32},
    {"multiply_int8", &CostTable::multiply_int8},
    {"multiply_fp16", &CostTable::multiply_fp16},
    {"add_fp16", &CostTable::add_fp16},
    {"multiply_fp32", &CostTable::multiply_fp32},
    {"add_fp32", &CostTable::add_fp32},
    {"exponential", &CostTable::exponential},
    {"division", &CostTable::division},
    {"weight_fetch_per_byte", &CostTable::weight_fetch_per_byte},
    {"state_per_byte", &CostTable::state_per_byte},
    {"spike_message", &CostTable::spike_message},
    {"value_message_per_bit", &CostTable::value_message_per_bit},
    {"accumulate_per_activation_bit", &CostTable::accumulate_per_activation_bit},
    {"spike_per_synapse", &CostTable::spike_per_synapse},
    {"value_bit_per_synapse", &CostTable::value_bit_per_synapse},
    {"synaptic_operation", &CostTable::synaptic_operation},
    {"neuron_update_active", &CostTable::neuron_update_active},
    {"neuron_update_idle", &CostTable::neuron_update_idle},
    {"spike_hop", &CostTable::spike_hop},
    {"static_mw", &CostTable::static_mw, "mw"},
    {"synaptic_operation_ns", &CostTable::synaptic_operation_ns, "ns"},
    {"neuron_update_active_ns", &CostTable::neuron_update_active_ns, "ns"},
    {"neuron_update_idle_ns", &CostTable::neuron_update_idle_ns, "ns"},
    {"hop_ns", &CostTable::hop_ns, "ns"},
    {"step_ns", &CostTable::step_ns, "ns"},
};

/// The object's keys must be exactly these.
void check_object(const Node& node, std::span<const std::string_view> keys) {
  if (!node.value.is_object()) reject(node, "an object", {});
  check_keys(node, keys);
  for (const std::string_view key : keys)
    if (!node.value.contains(key))
      throw ConfigurationError(
          fmt::format("{}: {} is missing", node.source.place_of_value(node.path), child(node.path, key)),
          "a cost table has a name, a title, a source and constants, each with its value and its source");
}

std::string text_at(const Node& node, std::string_view key) {
  std::string text;
  read(node.at(key), text, Rule{});
  if (text.empty()) reject(node.at(key), "a text that is not empty", {});
  return text;
}

double read_constant(const Node& node, std::string_view unit) {
  const std::string_view keys[] = {unit, "source"};
  check_object(node, keys);
  text_at(node, "source");
  const Node value = node.at(unit);
  if (!value.value.is_number() || value.value.get<double>() < 0) reject(value, "a number, not negative", {});
  return value.value.get<double>();
}

/// Those that the source of the table gives, at least what a synaptic operation costs.
CostTable read_constants(const Node& node) {
  std::vector<std::string_view> names;
  std::ranges::transform(constants, std::back_inserter(names), &Constant::key);
  if (!node.value.is_object()) reject(node, "an object", {});
  check_keys(node, names);
  CostTable cost;
  for (const Constant& constant : constants)
    if (node.value.contains(constant.key)) cost.*constant.member = read_constant(node.at(constant.key), constant.unit);
  if (cost.synaptic_operation || cost.add_int32) return cost;
  throw ConfigurationError(
      fmt::format("{}: nothing says what a synaptic operation costs", node.source.place_of_value(node.path)),
      "give synaptic_operation, or add_int32 and weight_fetch_per_byte");
}

std::vector<std::string> known_tables() {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(configs_folder() / "energy", error))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace

std::filesystem::path find_energy_table(const TableName& name) {
  if (name.is_path()) return name.value;
  const std::vector<std::string> tables = known_tables();
  if (std::ranges::find(tables, name.value) != tables.end())
    return configs_folder() / "energy" / (name.value + ".json");
  const std::vector<std::string_view> views(tables.begin(), tables.end());
  throw ConfigurationError(fmt::format("energy.tables: there is no table \"{}\"", name.value),
                           suggest(name.value, views, "give a path, or one of"));
}

EnergyTable read_energy_table(const std::filesystem::path& file) {
  return parse_energy_table(read_file(file), file);
}

EnergyTable parse_energy_table(std::string_view text, const std::filesystem::path& file) {
  const JsonSource source(text, file);
  const Node root{source.root(), "", source};
  constexpr std::string_view keys[] = {"name", "title", "source", "constants"};
  check_object(root, keys);
  return {text_at(root, "name"), text_at(root, "title"), text_at(root, "source"), read_constants(root.at("constants"))};
}

}  // namespace snnsim::experiments
