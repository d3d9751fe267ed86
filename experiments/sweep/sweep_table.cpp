#include "experiments/sweep/sweep_table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// The columns of results that a finished point has, empty.
ordered_json blank_results(std::span<const PointStatus> statuses) {
  for (const PointStatus& status : statuses) {
    if (status.state != PointState::finished) continue;
    ordered_json columns = headline(*status.run);
    for (auto& [column, value] : columns.items()) value = nullptr;
    return columns;
  }
  return ordered_json::object();
}

}  // namespace

ResultTable sweep_table(const Sweep& sweep, std::span<const std::size_t> points,
                        std::span<const PointStatus> statuses) {
  const ordered_json blank = blank_results(statuses);
  std::vector<ResultRow> rows;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const PointStatus& status = statuses[i];
    ResultRow& row = rows.emplace_back();
    row.settings = sweep.points[points[i]].values;
    row.results = blank;
    if (status.state == PointState::finished) row.results.update(headline(*status.run));
    row.results["state"] = name(status.state);
    row.results["run"] = sweep.points[points[i]].run;
  }
  return make_table(sweep.keys, rows);
}

ResultTable status_table(const Sweep& sweep, std::span<const std::size_t> points,
                         std::span<const PointStatus> statuses) {
  std::vector<ResultRow> rows;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const PointStatus& status = statuses[i];
    ResultRow& row = rows.emplace_back();
    row.settings = sweep.points[points[i]].values;
    row.results = {{"state", name(status.state)}, {"progress", nullptr}, {"note", nullptr}};
    if (status.run) row.results["progress"] = status.run->progress();
    if (!status.note.empty()) row.results["note"] = status.note;
    row.results["run"] = sweep.points[points[i]].run;
  }
  return make_table(sweep.keys, rows);
}

std::string status_summary(std::span<const PointStatus> statuses) {
  std::string out = fmt::format("{} runs:", statuses.size());
  std::string_view separator = " ";
  for (const PointState state :
       {PointState::finished, PointState::running, PointState::interrupted, PointState::failed, PointState::pending}) {
    const auto count = std::ranges::count(statuses, state, &PointStatus::state);
    if (count > 0) out += fmt::format("{}{} {}", separator, count, name(state));
    if (count > 0) separator = ", ";
  }
  return out;
}

}  // namespace snnsim::experiments
