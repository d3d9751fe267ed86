#include "experiments/sweep/sweep_directory.hpp"

#include <set>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/files.hpp"
#include "experiments/stored_run.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* file_name = "sweep.json";

ordered_json to_json(const Sweep& sweep) {
  ordered_json points = ordered_json::array();
  for (const SweepPoint& point : sweep.points) {
    ordered_json values = ordered_json::object();
    for (std::size_t i = 0; i < sweep.keys.size(); ++i) values[sweep.keys[i]] = point.values[i];
    points.push_back({{"run", point.run}, {"values", std::move(values)}});
  }
  return {{"name", sweep.name}, {"hash", sweep.hash}, {"keys", sweep.keys}, {"points", std::move(points)}};
}

Sweep from_json(const ordered_json& json) {
  Sweep sweep{json.at("name").get<std::string>(),
              json.at("hash").get<std::string>(),
              json.at("keys").get<std::vector<std::string>>(),
              {}};
  for (const ordered_json& stored : json.at("points")) {
    SweepPoint& point = sweep.points.emplace_back();
    point.run = stored.at("run").get<std::string>();
    for (const std::string& key : sweep.keys) point.values.push_back(stored.at("values").at(key));
  }
  return sweep;
}

}  // namespace

void SweepDirectory::write(const Sweep& sweep) const {
  for (const char* folder : {"points", "logs"}) make_folder(path / folder);
  for (const SweepPoint& point : sweep.points)
    write_shared_file(experiment_file(point), experiments::to_json(point.experiment).dump(2) + "\n");
  write_shared_file(path / file_name, to_json(sweep).dump(2) + "\n");
}

bool is_sweep_directory(const fs::path& path) {
  return fs::exists(path / file_name);
}

std::vector<fs::path> run_directories(std::span<const std::string> folders) {
  std::vector<fs::path> out;
  std::set<fs::path> known;
  const auto add = [&](const fs::path& path) {
    if (known.insert(fs::weakly_canonical(path)).second) out.push_back(path);
  };
  for (const fs::path path : folders) {
    if (!is_sweep_directory(path)) {
      add(path);
      continue;
    }
    const fs::path out_folder = (path / "..").lexically_normal();
    for (const SweepPoint& point : read_sweep_directory(path).points)
      if (is_run_directory(out_folder / point.run)) add(out_folder / point.run);
  }
  return out;
}

Sweep read_sweep_directory(const fs::path& path) {
  const fs::path file = path / file_name;
  try {
    Sweep sweep = from_json(ordered_json::parse(read_file(file)));
    const SweepDirectory directory((path / "..").lexically_normal(), sweep);
    for (SweepPoint& point : sweep.points) point.experiment = read_experiment(directory.experiment_file(point));
    return sweep;
  } catch (const ordered_json::exception&) {
    throw DataError(fmt::format("{}: damaged", file.string()), "run the sweep again from its experiment file");
  }
}

}  // namespace snnsim::experiments
