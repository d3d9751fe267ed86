#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/sweep/result_table.hpp"

namespace snnsim::experiments::html {

/// A complete run with a text, as charts see it.
struct ComparedRun {
  std::string name;                              // of its directory
  std::vector<nlohmann::ordered_json> settings;  // values of the keys in which the runs differ
  nlohmann::ordered_json report;

  double perplexity(const char* network) const;          // of the first text; NaN if it was not run
  double synaptic_operations_per_token() const;          // NaN without a spiking network
  double picojoules_per_token(const char* total) const;  // on the first table: snn_pj, qann_pj, …
};

/// Runs of which charts are made, and what they differ in.
struct ComparedRuns {
  std::vector<std::string> keys;
  std::vector<ComparedRun> runs;

  ComparedRuns(const ResultTable& table, const std::vector<StoredRun>& stored);

  /// The place in `keys` of a number that differs: the number of steps if it does, else the one with most values.
  std::optional<std::size_t> numeric_key() const;
  /// What a run has in the keys but one, as "neuron st_bif, weight_bits 4"; "SNN" if that is nothing.
  std::string label(const ComparedRun& run, std::optional<std::size_t> but) const;
};

/// Places of the points that no other is better than in one number and at least as good as in the other, by x. Less is
/// better; what is not finite is left out.
struct Cost {
  double x = 0, y = 0;
};
std::vector<std::size_t> pareto_front(const std::vector<Cost>& points);

}  // namespace snnsim::experiments::html
