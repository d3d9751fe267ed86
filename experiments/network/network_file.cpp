#include "experiments/network/network_file.hpp"

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/field_reader.hpp"
#include "experiments/field_writer.hpp"
#include "experiments/files.hpp"
#include "experiments/network/network_checks.hpp"
#include "experiments/run_name.hpp"

namespace snnsim::experiments {

bool is_network_file(const std::filesystem::path& file) {
  try {
    const auto json = nlohmann::json::parse(read_file(file), nullptr, false);
    if (!json.is_object()) return false;
    const auto schema = json.find("$schema");
    return json.contains("populations") || (schema != json.end() && schema->is_string() &&
                                            schema->get_ref<const std::string&>().ends_with("network.schema.json"));
  } catch (const DataError&) {
    return false;
  }
}

NetworkDescription parse_network(std::string_view text, const std::filesystem::path& file,
                                 std::span<const std::string> settings) {
  JsonSource source(text, file);
  for (const std::string& setting : settings) source.set(setting);
  NetworkDescription network;
  read(Node{source.root(), "", source}, network, Rule{});
  if (network.name.empty()) network.name = name_of_file(file);
  check_name(source, network.name);
  check_network(source, network);
  return network;
}

NetworkDescription read_network(const std::filesystem::path& file, std::span<const std::string> settings) {
  return parse_network(read_file(file), file, settings);
}

nlohmann::ordered_json to_json(const NetworkDescription& network) {
  return write(network);
}

}  // namespace snnsim::experiments
