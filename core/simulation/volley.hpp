#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/matrix.hpp"
#include "core/position.hpp"
#include "core/time.hpp"

namespace snnsim {

/// Bytes of spikes on their way, now and at most.
struct FlightMeter {
  std::size_t bytes = 0, peak = 0;
  void take_off(std::size_t n) { peak = std::max(peak, bytes += n); }
  void land(std::size_t n) { bytes -= n; }
};

/// What a population emitted at one tick, kept until the last of it has arrived everywhere.
class Volley {
 public:
  /// counts: (rows.size() × padded width).
  Volley(std::vector<Position> rows, Matrix<std::int16_t> counts, FlightMeter& meter)
      : rows_(std::move(rows)), counts_(std::move(counts)), meter_(meter) {
    meter_.take_off(bytes());
  }
  ~Volley() { meter_.land(bytes()); }
  Volley(const Volley&) = delete;
  Volley& operator=(const Volley&) = delete;

  const std::vector<Position>& rows() const { return rows_; }
  const Matrix<std::int16_t>& counts() const { return counts_; }

 private:
  std::size_t bytes() const { return counts_.values().size_bytes(); }

  std::vector<Position> rows_;
  Matrix<std::int16_t> counts_;
  FlightMeter& meter_;
};

/// Ticks, 0..jitter, by which the spikes that the neurons of a projection's input emit in a step are late: uniform,
/// from the counter-based stream of (seed, projection, neuron, step), the same for all positions.
using Lags = std::vector<std::uint16_t>;
Lags lags(std::uint64_t seed, std::uint32_t projection, std::uint32_t step, std::size_t neurons, std::uint16_t jitter);

/// The part of a volley that arrives at one tick: the spikes of neurons whose lag is `lag`.
struct Arrival {
  std::shared_ptr<const Volley> volley;
  std::shared_ptr<const Lags> lags;  // null: all arrive together
  std::uint16_t lag = 0;
};

}  // namespace snnsim
