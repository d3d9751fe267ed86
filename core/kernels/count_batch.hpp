#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/kernels/tile_kernels.hpp"
#include "core/matrix.hpp"

namespace snnsim {

/// Rows of counts as the kernels read them, made once for every projection that has this input. Rows with few nonzero
/// counts become lists of these; the others are packed side by side in panels that share each load of a weight.
class CountBatch {
 public:
  /// counts: (· × padded_inputs(in)), zero beyond `in`; rows: those to take.
  CountBatch(const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows)
      : CountBatch(counts, rows, rows) {}
  /// The same where products of row rows[k] go to row targets[k] of their matrix.
  CountBatch(const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
             std::span<const std::uint32_t> targets);
  /// Rows from anywhere, each of `columns` counts, read now only; products of counts[k] go to row k. Rows of a sequence
  /// stay in one section; starts: the first row of each sequence, ascending from 0.
  CountBatch(std::span<const std::int16_t* const> counts, std::size_t columns, std::span<const std::uint32_t> starts);

  struct Row {
    const std::int16_t* counts = nullptr;  // while the batch is made
    std::uint32_t row = 0;                 // of the products
    bool sparse = false;
    CountFormat format = CountFormat::bytes;
    std::int32_t shift = 0;  // taken off every count so that they fit CountFormat::bytes
    std::int32_t sum = 0;    // of what is left, modulo 2^32
    std::size_t nonzero = 0;
  };
  struct Panel {
    CountFormat format = CountFormat::bytes;
    std::size_t first = 0, rows = 0;  // of rows()
    std::size_t counts = 0;           // where its counts begin
  };
  struct List {
    std::size_t row = 0;                    // of rows()
    std::size_t first_quad = 0, quads = 0;  // of all lists
    std::size_t packed = 0;                 // where its counts begin
  };
  /// Rows, as they were given, that no panel shares with others: what tasks divide a batch into.
  struct Section {
    std::size_t first = 0, end = 0;
    std::size_t end_panel = 0, end_list = 0;  // of panels() and lists(), where those of the next begin
  };

  std::size_t columns() const { return columns_; }
  /// Dense rows panel after panel, then sparse ones; each of them section after section.
  std::span<const Row> rows() const { return rows_; }
  /// Where row k, as it was given, is among rows().
  std::size_t place(std::size_t k) const { return places_[k]; }
  std::size_t dense_rows() const { return rows_.size() - lists_.size(); }
  std::span<const Section> sections() const { return sections_; }
  std::span<const Panel> panels() const { return panels_; }
  std::span<const List> lists() const { return lists_; }
  std::span<const Row> rows(const Panel& panel) const { return rows().subspan(panel.first, panel.rows); }
  /// (quads, rows, 1 or 2) from a quad on.
  const std::int32_t* counts(const Panel& panel, std::size_t quad) const;
  const std::uint32_t* inputs(const List& list) const { return inputs_.data() + list.first_quad * 4; }
  const std::int32_t* packed(const List& list) const { return packed_.data() + list.packed; }

 private:
  CountBatch(std::span<const std::int16_t* const> counts, std::span<const std::uint32_t> targets,
             std::span<const std::uint32_t> starts, std::size_t columns);
  void describe(std::span<const std::int16_t* const> counts, std::span<const std::uint32_t> targets);
  void divide(std::span<const std::uint32_t> starts);
  void arrange();
  void add_panels(std::size_t first, std::size_t rows);
  void add_lists(std::size_t first);
  void pack();
  void continue_lists();

  std::size_t columns_;
  std::vector<Row> rows_;
  std::vector<Panel> panels_;
  std::vector<List> lists_;
  std::vector<Section> sections_;
  std::vector<std::size_t> places_;
  std::size_t panel_counts_ = 0;  // elements of counts_
  std::vector<std::int32_t, UninitialisedAllocator<std::int32_t>> counts_, packed_;
  std::vector<std::uint32_t, UninitialisedAllocator<std::uint32_t>> inputs_;
};

}  // namespace snnsim
