#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/stored_run.hpp"

namespace snnsim::experiments {

/// Headline results of several runs, one row each. A cell is null where a run has no such value.
struct ResultTable {
  std::vector<std::string> columns;
  std::size_t keys = 0;  // columns in front that are settings
  std::vector<std::vector<nlohmann::ordered_json>> rows;
};

/// One row before it is laid out: values of the keys in which the runs differ, and what is known of the run by column.
struct ResultRow {
  std::vector<nlohmann::ordered_json> settings;
  nlohmann::ordered_json results;  // an object of plain values
};

/// Columns: the keys, then every column of a result in the order in which they first appear.
ResultTable make_table(const std::vector<std::string>& keys, const std::vector<ResultRow>& rows);

/// dense_ppl, qann_ppl, snn_ppl and standard_error (of snn_ppl) of the first text, with ".2" and so on of further ones;
/// <task>.dense, .qann, .snn (the share that is right) of zero-shot tasks; synaptic_operations of all segments,
/// spikes_per_token, wall_s. Empty unless the run is complete: results of a part are no results of the whole.
nlohmann::ordered_json headline(const StoredRun& run);

/// Any runs side by side: the keys are those in which their experiments differ, name and sweep left out.
ResultTable compare_runs(const std::vector<StoredRun>& runs);

/// Digits as in report.json.
std::string table_csv(const ResultTable& table);
/// A list of objects.
nlohmann::ordered_json table_json(const ResultTable& table);
/// For people: columns aligned, few digits, a key by its last word where that is unique.
std::string table_text(const ResultTable& table);

}  // namespace snnsim::experiments
