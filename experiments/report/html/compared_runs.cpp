#include "experiments/report/html/compared_runs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "experiments/report.hpp"
#include "experiments/report/number.hpp"

namespace snnsim::experiments::html {
namespace {

using nlohmann::ordered_json;

std::string plain(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "–" : value.dump();
}

std::string last_word(const std::string& key) {
  return key.substr(key.rfind('.') + 1);
}

double tokens(const ordered_json& report) {
  double sum = 0;
  for (const ordered_json& score : report.at("perplexity")) sum += score.at("tokens").get<double>();
  return sum;
}

bool spiking(const ordered_json& report) {
  return report.at("settings").at("networks").at("snn").get<bool>();
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double ComparedRun::perplexity(const char* network) const {
  return value_of(report.at("perplexity").at(0).at(network));
}

double ComparedRun::synaptic_operations_per_token() const {
  return spiking(report) ? value_of(report.at("operations").at("synaptic_operations")) / tokens(report) : nan;
}

double ComparedRun::picojoules_per_token(const char* total) const {
  const ordered_json& tables = report.at("energy");
  return tables.empty() || !spiking(report) ? nan : value_of(tables.at(0).at(total)) / tokens(report);
}

ComparedRuns::ComparedRuns(const ResultTable& table, const std::vector<StoredRun>& stored)
    : keys(table.columns.begin(), table.columns.begin() + static_cast<std::ptrdiff_t>(table.keys)) {
  const auto name = static_cast<std::size_t>(std::ranges::find(table.columns, "run") - table.columns.begin());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (!stored[i].complete() || stored[i].results.empty()) continue;
    const std::vector<ordered_json>& row = table.rows[i];
    runs.push_back({.name = plain(row.at(name)),
                    .settings = {row.begin(), row.begin() + static_cast<std::ptrdiff_t>(table.keys)},
                    .report = make_report(stored[i])});
  }
}

std::optional<std::size_t> ComparedRuns::numeric_key() const {
  std::optional<std::size_t> best;
  std::size_t most = 1;
  for (std::size_t key = 0; key < keys.size(); ++key) {
    std::set<double> values;
    bool numbers = true;
    for (const ComparedRun& run : runs) {
      numbers = numbers && run.settings[key].is_number();
      if (numbers) values.insert(run.settings[key].get<double>());
    }
    if (!numbers || values.size() < 2) continue;
    if (keys[key] == "conversion.timesteps") return key;
    if (values.size() <= most) continue;
    most = values.size();
    best = key;
  }
  return best;
}

std::string ComparedRuns::label(const ComparedRun& run, std::optional<std::size_t> but) const {
  std::string out;
  for (std::size_t key = 0; key < keys.size(); ++key)
    if (key != but) out += (out.empty() ? "" : ", ") + last_word(keys[key]) + " " + plain(run.settings[key]);
  return out.empty() ? "SNN" : out;
}

std::vector<std::size_t> pareto_front(const std::vector<Cost>& points) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (std::isfinite(points[i].x) && std::isfinite(points[i].y)) order.push_back(i);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return points[a].x != points[b].x ? points[a].x < points[b].x : points[a].y < points[b].y;
  });
  std::vector<std::size_t> front;
  for (const std::size_t i : order)
    if (front.empty() || points[i].y < points[front.back()].y) front.push_back(i);
  return front;
}

}  // namespace snnsim::experiments::html
