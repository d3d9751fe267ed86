#include "experiments/exports/export_tables.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/exports/table_file.hpp"
#include "experiments/glob.hpp"
#include "experiments/recording/spike_file.hpp"
#include "experiments/segment_result_json.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// A row, its columns with it.
class Row {
 public:
  void add(std::string column, ordered_json value) {
    columns_.push_back(std::move(column));
    values_.push_back(std::move(value));
  }
  /// The members of an object, but for lists; those of objects in it by their dotted names.
  void add_members(const ordered_json& object, const std::string& prefix = {}) {
    for (const auto& [key, value] : object.items()) {
      if (value.is_object())
        add_members(value, prefix + key + ".");
      else if (!value.is_array())
        add(prefix + key, value);
    }
  }
  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<ordered_json>& values() const { return values_; }

 private:
  std::vector<std::string> columns_;
  std::vector<ordered_json> values_;
};

/// Rows that all have the columns of the first.
class RowsFile {
 public:
  explicit RowsFile(std::filesystem::path to) : to_(std::move(to)) {}
  void add(const Row& row) {
    if (!file_) file_.emplace(to_, row.columns());
    file_->add(row.values());
    ++rows_;
  }
  std::uint64_t finish() {
    if (!file_)
      throw DataError(to_.string() + ": there is nothing to write",
                      "finish a segment of the run first, or run it again if an older version did");
    file_->finish();
    return rows_;
  }

 private:
  std::filesystem::path to_;
  std::optional<TableFile> file_;
  std::uint64_t rows_ = 0;
};

std::string text_of(const StoredRun& run, const SegmentResult& result) {
  return run.experiment.evaluation.perplexity.at(result.text).text.string();
}

/// A row for each member of a list of each segment.
std::uint64_t export_list(const StoredRun& run, const char* list, const std::filesystem::path& to) {
  RowsFile file(to);
  for (const SegmentResult& result : run.results) {
    const ordered_json segment = to_json(result);
    for (const ordered_json& member : segment.at(list)) {
      Row row;
      row.add("text", text_of(run, result));
      row.add("segment", result.segment);
      row.add_members(member);
      file.add(row);
    }
  }
  return file.finish();
}

ordered_json place(const std::vector<std::int64_t>& values, std::size_t i) {
  return values.empty() ? ordered_json(nullptr) : ordered_json(values[i]);
}

}  // namespace

std::uint64_t export_spikes(const std::filesystem::path& spikes, const std::string& names,
                            const std::filesystem::path& to) {
  const SpikeFile file(spikes);
  std::vector<SpikePopulation> chosen;
  for (const SpikePopulation& population : file.populations())
    if (glob_match(names, population.name)) chosen.push_back(population);
  if (chosen.empty())
    throw ConfigurationError(fmt::format("{}: no population matches \"{}\"", spikes.string(), names),
                             "see what it holds: snnsim inspect " + spikes.string());
  TableFile table(to, {"population", "timestamp", "node_id", "segment", "position", "count"});
  std::uint64_t rows = 0;
  for (const SpikePopulation& population : chosen)
    file.read(population, [&](const SpikeBlock& block) {
      for (std::size_t i = 0; i < block.node_ids.size(); ++i)
        table.add(std::vector<ordered_json>{population.name, block.timestamps[i], block.node_ids[i],
                                            place(block.segment, i), place(block.position, i), place(block.counts, i)});
      rows += block.node_ids.size();
      return true;
    });
  table.finish();
  return rows;
}

std::uint64_t export_segments(const StoredRun& run, const std::filesystem::path& to) {
  RowsFile file(to);
  for (const SegmentResult& result : run.results) {
    ordered_json members = to_json(result);
    members["text"] = text_of(run, result);
    Row row;
    row.add_members(members);
    file.add(row);
  }
  return file.finish();
}

std::uint64_t export_populations(const StoredRun& run, const std::filesystem::path& to) {
  return export_list(run, "populations", to);
}

std::uint64_t export_projections(const StoredRun& run, const std::filesystem::path& to) {
  return export_list(run, "projections", to);
}

}  // namespace snnsim::experiments
