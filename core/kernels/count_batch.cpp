#include "core/kernels/count_batch.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/kernels/integer_weights.hpp"
#include "core/parallel.hpp"

namespace snnsim {

namespace {

/// Measured costs per 64 outputs, in passes of one dense row over one column: a column of a list; and what a column
/// costs all dense rows together: quads that are made of it, or products that wait for each other if rows are few.
struct Costs {
  double listed, shared;
};
// With them lists are as fast as panels at densities of 0.41, 0.31, 0.26 and 0.23 of 4, 8, 16 and 32 rows where weights
// are in cache, and 0.32, 0.20, 0.15 and 0.12 where they come from memory, about what `bench_kernels` found.
constexpr Costs kCached{4.75, 3.75}, kFromMemory{11, 10};
constexpr std::size_t kGrain = 4;         // rows of a task
constexpr std::size_t kSlack = 64;        // entries behind the last list that kernels may touch
constexpr std::size_t kSectionRows = 64;  // with fewer, reordering weights for a section would show

std::size_t elements(CountFormat format) {
  return format == CountFormat::bytes ? 1 : 2;
}

/// A batch meets several matrices, so where weights are is told from a square one with as many inputs.
Costs costs_of(std::size_t columns) {
  return columns * columns <= kCachedWeights ? kCached : kFromMemory;
}

/// A row is worth a list whatever other rows are.
bool is_sparse(const CountSurvey& survey, std::size_t columns) {
  return costs_of(columns).listed * static_cast<double>(survey.nonzero) < static_cast<double>(columns);
}

/// Dense rows that are too few to pay for the reordering of the weights.
bool list_all(std::span<const CountSurvey> surveys, std::size_t columns) {
  const Costs costs = costs_of(columns);
  double dense = costs.shared * static_cast<double>(columns), listed = 0;
  for (const CountSurvey& survey : surveys) {
    if (is_sparse(survey, columns)) continue;
    dense += static_cast<double>(columns);
    listed += costs.listed * static_cast<double>(survey.nonzero);
  }
  return listed <= dense;
}

CountBatch::Row make_row(const std::int16_t* counts, std::uint32_t row, const CountSurvey& survey, bool sparse,
                         std::size_t columns) {
  CountBatch::Row result{.counts = counts, .row = row, .sparse = sparse, .nonzero = survey.nonzero};
  const std::int32_t limit = kernel_shape().byte_limit;
  if (survey.low < -limit || survey.high >= limit) {
    if (!sparse && survey.high - survey.low < 2 * limit)
      result.shift = survey.low + limit;
    else
      result.format = CountFormat::words;
  }
  const std::int64_t sum = survey.sum - std::int64_t{result.shift} * static_cast<std::int64_t>(columns);
  result.sum = static_cast<std::int32_t>(sum);
  return result;
}

std::vector<const std::int16_t*> places(const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows) {
  std::vector<const std::int16_t*> result(rows.size());
  std::ranges::transform(rows, result.begin(), [&](std::uint32_t r) { return counts.row(r); });
  return result;
}

std::vector<std::uint32_t> first_numbers(std::size_t count) {
  std::vector<std::uint32_t> result(count);
  std::iota(result.begin(), result.end(), 0U);
  return result;
}

}  // namespace

CountBatch::CountBatch(const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                       std::span<const std::uint32_t> targets)
    : CountBatch(places(counts, rows), targets, first_numbers(rows.size()), counts.columns()) {}

CountBatch::CountBatch(std::span<const std::int16_t* const> counts, std::size_t columns,
                       std::span<const std::uint32_t> starts)
    : CountBatch(counts, first_numbers(counts.size()), starts, columns) {}

CountBatch::CountBatch(std::span<const std::int16_t* const> counts, std::span<const std::uint32_t> targets,
                       std::span<const std::uint32_t> starts, std::size_t columns)
    : columns_(columns) {
  describe(counts, targets);
  divide(starts);
  arrange();
  pack();
  continue_lists();
}

void CountBatch::describe(std::span<const std::int16_t* const> counts, std::span<const std::uint32_t> targets) {
  std::vector<CountSurvey> surveys(counts.size());
  parallel_for(
      counts.size(), [&](std::size_t k) { surveys[k] = survey_counts(counts[k], columns_); }, kGrain);
  const bool all = list_all(surveys, columns_);
  for (std::size_t k = 0; k < counts.size(); ++k)
    rows_.push_back(make_row(counts[k], targets[k], surveys[k], all || is_sparse(surveys[k], columns_), columns_));
}

/// Sections of at least kSectionRows, but all rows if they are fewer.
void CountBatch::divide(std::span<const std::uint32_t> starts) {
  std::size_t first = 0;
  for (const std::uint32_t start : starts) {
    if (start - first < kSectionRows || rows_.size() - start < kSectionRows) continue;
    sections_.push_back({.first = first, .end = start});
    first = start;
  }
  if (first < rows_.size()) sections_.push_back({.first = first, .end = rows_.size()});
}

/// Puts rows into their order, and makes panels and lists of them.
void CountBatch::arrange() {
  const std::vector<Row> given = std::exchange(rows_, {});
  places_.resize(given.size());
  const auto take = [&](const Section& section, const auto& which) {
    const std::size_t before = rows_.size();
    for (std::size_t k = section.first; k < section.end; ++k) {
      if (!which(given[k])) continue;
      places_[k] = rows_.size();
      rows_.push_back(given[k]);
    }
    return rows_.size() - before;
  };
  for (Section& section : sections_) {
    for (const CountFormat format : {CountFormat::bytes, CountFormat::words}) {
      const std::size_t first = rows_.size();
      add_panels(first, take(section, [&](const Row& row) { return !row.sparse && row.format == format; }));
    }
    section.end_panel = panels_.size();
  }
  const std::size_t dense = rows_.size();
  for (Section& section : sections_) {
    take(section, [](const Row& row) { return row.sparse; });
    section.end_list = rows_.size() - dense;
  }
  add_lists(dense);
}

/// Panels of nearly equal size for rows of one format.
void CountBatch::add_panels(std::size_t first, std::size_t rows) {
  if (rows == 0) return;
  const std::size_t most = kernel_shape().panel_rows, panels = (rows + most - 1) / most;
  const CountFormat format = rows_[first].format;
  for (std::size_t p = 0; p < panels; ++p) {
    const std::size_t begin = rows * p / panels, end = rows * (p + 1) / panels;
    panels_.push_back({.format = format, .first = first + begin, .rows = end - begin, .counts = panel_counts_});
    panel_counts_ += columns_ / IntegerWeights::kQuad * (end - begin) * elements(format);
  }
}

void CountBatch::add_lists(std::size_t first) {
  std::size_t all = 0, packed = 0;
  for (std::size_t k = first; k < rows_.size(); ++k) {
    const std::size_t quads = (rows_[k].nonzero + IntegerWeights::kQuad - 1) / IntegerWeights::kQuad;
    lists_.push_back({.row = k, .first_quad = all, .quads = quads, .packed = packed});
    all += quads;
    packed += quads * elements(rows_[k].format);
  }
  inputs_.resize(all * IntegerWeights::kQuad + kSlack);
  packed_.resize(packed);
}

void CountBatch::pack() {
  counts_.resize(panel_counts_);
  parallel_for(panels_.size(), [&](std::size_t p) {
    const Panel& panel = panels_[p];
    for (std::size_t r = 0; r < panel.rows; ++r) {
      const Row& row = rows_[panel.first + r];
      pack_panel_row(row.format, row.counts, columns_ / IntegerWeights::kQuad, row.shift, r, panel.rows,
                     counts_.data() + panel.counts);
    }
  });
  parallel_for(
      lists_.size(),
      [&](std::size_t l) {
        const List& list = lists_[l];
        const Row& row = rows_[list.row];
        pack_list(row.format, row.counts, columns_, {inputs_.data() + list.first_quad * 4, list.quads * 4},
                  packed_.data() + list.packed);
      },
      kGrain);
}

/// Kernels fetch ahead of what they read: behind the last list they find the inputs of the first, in the next tile.
void CountBatch::continue_lists() {
  const std::size_t listed = inputs_.size() - kSlack;
  for (std::size_t i = listed; listed > 0 && i < inputs_.size(); ++i)
    inputs_[i] = inputs_[i - listed] + static_cast<std::uint32_t>(columns_);
}

const std::int32_t* CountBatch::counts(const Panel& panel, std::size_t quad) const {
  return counts_.data() + panel.counts + quad * panel.rows * elements(panel.format);
}

}  // namespace snnsim
