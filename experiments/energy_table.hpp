#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/energy_model.hpp"
#include "experiments/experiment.hpp"

namespace snnsim::experiments {

/// A cost table with what it rests on.
struct EnergyTable {
  std::string name, title, source;
  CostTable cost;
};

/// configs/energy/<name>.json, or the path itself. Throws ConfigurationError for an unknown name.
std::filesystem::path find_energy_table(const TableName& name);

/// Reads a table; throws ConfigurationError with file:line:column for an unknown, negative or uncited constant, and a
/// table that does not price synaptic operations.
EnergyTable read_energy_table(const std::filesystem::path& file);

/// The same from a text; `file` names it in messages.
EnergyTable parse_energy_table(std::string_view text, const std::filesystem::path& file);

}  // namespace snnsim::experiments
