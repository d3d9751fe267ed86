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
  double CostTable::*member;
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
};

/// The object's keys must be exactly these.
void check_object(const Node& node, std::span<const std::string_view> keys) {
  if (!node.value.is_object()) reject(node, "an object", {});
  check_keys(node, keys);
  for (const std::string_view key : keys)
    if (!node.value.contains(key))
      throw ConfigurationError(
          fmt::format("{}: {} is missing", node.source.place_of_value(node.path), child(node.path, key)),
          "a cost table gives every constant, each with its pJ and its source");
}

std::string text_at(const Node& node, std::string_view key) {
  std::string text;
  read(node.at(key), text, Rule{});
  if (text.empty()) reject(node.at(key), "a text that is not empty", {});
  return text;
}

double read_constant(const Node& node) {
  constexpr std::string_view keys[] = {"pj", "source"};
  check_object(node, keys);
  text_at(node, "source");
  const Node value = node.at("pj");
  if (!value.value.is_number() || value.value.get<double>() < 0) reject(value, "a number of pJ, not negative", {});
  return value.value.get<double>();
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
  EnergyTable table{text_at(root, "name"), text_at(root, "title"), text_at(root, "source"), {}};
  std::vector<std::string_view> names;
  std::ranges::transform(constants, std::back_inserter(names), &Constant::key);
  const Node values = root.at("constants");
  check_object(values, names);
  for (const Constant& constant : constants) table.cost.*constant.member = read_constant(values.at(constant.key));
  return table;
}

}  // namespace snnsim::experiments
