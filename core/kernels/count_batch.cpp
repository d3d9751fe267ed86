#include "core/kernels/count_batch.hpp"

#include <algorithm>

#include "core/kernels/integer_weights.hpp"
#include "core/parallel.hpp"

namespace snnsim {

namespace {

// Measured costs per 64 outputs, in passes of one dense row over one column: a column of a list; and bringing a column
// into the order of the dense kernel, which all dense rows share.
constexpr double kListed = 2.4, kInterleaved = 2.2;
constexpr std::size_t kGrain = 4;   // rows of a task
constexpr std::size_t kSlack = 64;  // entries behind the last list that kernels may touch

std::size_t elements(CountFormat format) {
  return format == CountFormat::bytes ? 1 : 2;
}

double listed_cost(const CountSurvey& survey) {
  return kListed * static_cast<double>(survey.nonzero);
}

/// Dense rows that are too few to pay for the reordering of the weights.
bool list_all(std::span<const CountSurvey> surveys, double dense_cost) {
  double dense = kInterleaved * dense_cost, listed = 0;
  for (const CountSurvey& survey : surveys) {
    if (listed_cost(survey) < dense_cost) continue;
    dense += dense_cost;
    listed += listed_cost(survey);
  }
  return listed <= dense;
}

CountBatch::Row make_row(std::uint32_t counts_row, std::uint32_t row, const CountSurvey& survey, bool sparse,
                         std::size_t columns) {
  CountBatch::Row result{.counts_row = counts_row, .row = row, .sparse = sparse, .nonzero = survey.nonzero};
  const std::int32_t limit = kernel_shape().byte_limit;
  if (survey.low < -limit || survey.high >= limit) {
    if (!sparse && survey.high - survey.low < 2 * limit)
      result.shift = survey.low + limit;
    else
      result.format = CountFormat::words;
  }
  const std::int64_t sum = survey.sum - std::int64_t{result.shift} * static_cast<std::int64_t>(columns);
  result.bias = static_cast<std::int32_t>(-IntegerWeights::kBias * sum);  // modulo 2^32, as the kernels add
  return result;
}

}  // namespace

CountBatch::CountBatch(const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                       std::span<const std::uint32_t> targets)
    : columns_(counts.columns()) {
  describe(counts, rows, targets);
  const auto group = [](const Row& row) { return row.sparse ? 2 : static_cast<int>(row.format); };
  std::ranges::stable_sort(rows_, {}, group);
  const auto bytes = static_cast<std::size_t>(std::ranges::count(rows_, 0, group));
  const auto words = static_cast<std::size_t>(std::ranges::count(rows_, 1, group));
  biases_.resize(rows_.size());
  std::ranges::transform(rows_, biases_.begin(), &Row::bias);
  add_panels(0, bytes);
  add_panels(bytes, words);
  add_lists(bytes + words);
  pack(counts);
  continue_lists();
}

void CountBatch::describe(const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                          std::span<const std::uint32_t> targets) {
  std::vector<CountSurvey> surveys(rows.size());
  parallel_for(
      rows.size(), [&](std::size_t k) { surveys[k] = survey_counts(counts.row(rows[k]), columns_); }, kGrain);
  const auto dense_cost = static_cast<double>(columns_);
  const bool all = list_all(surveys, dense_cost);
  for (std::size_t k = 0; k < rows.size(); ++k)
    rows_.push_back(make_row(rows[k], targets[k], surveys[k], all || listed_cost(surveys[k]) < dense_cost, columns_));
}

/// Panels of nearly equal size for rows of one format.
void CountBatch::add_panels(std::size_t first, std::size_t rows) {
  if (rows == 0) return;
  const std::size_t most = kernel_shape().panel_rows, panels = (rows + most - 1) / most;
  for (std::size_t p = 0; p < panels; ++p) {
    const std::size_t begin = rows * p / panels, end = rows * (p + 1) / panels;
    const CountFormat format = rows_[first].format;
    panels_.push_back({.format = format, .first = first + begin, .rows = end - begin, .counts = counts_.size()});
    counts_.resize(counts_.size() + columns_ / IntegerWeights::kQuad * (end - begin) * elements(format));
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

void CountBatch::pack(const Matrix<std::int16_t>& counts) {
  parallel_for(panels_.size(), [&](std::size_t p) {
    const Panel& panel = panels_[p];
    for (std::size_t r = 0; r < panel.rows; ++r) {
      const Row& row = rows_[panel.first + r];
      pack_panel_row(row.format, counts.row(row.counts_row), columns_ / IntegerWeights::kQuad, row.shift, r, panel.rows,
                     counts_.data() + panel.counts);
    }
  });
  parallel_for(
      lists_.size(),
      [&](std::size_t l) {
        const List& list = lists_[l];
        const Row& row = rows_[list.row];
        pack_list(row.format, counts.row(row.counts_row), columns_,
                  {inputs_.data() + list.first_quad * 4, list.quads * 4}, packed_.data() + list.packed);
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
