#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/operation_count.hpp"

namespace snnsim::experiments {

/// Negative log-likelihood in nats over the scored predictions of a segment.
struct Likelihood {
  double nll = 0;          // Σ nll
  double nll_squared = 0;  // Σ nll²
  bool operator==(const Likelihood&) const = default;
};

/// The terms of method.md eq. (3) as they would be were the network read after each of arrival_steps(): sums of squares
/// over the positions looked at. What has not arrived by then is propagated.
struct StepErrors {
  double dense = 0, clipping = 0, quantization = 0;  // the same after each step
  std::vector<double> propagated{}, unevenness{}, total{};
  bool operator==(const StepErrors&) const = default;
};

/// The terms of method.md eq. (3) position by position, counted from the first behind the full-precision prefix: sums
/// of squares over all populations. Over the positions they come to those of the populations.
struct PositionErrors {
  std::vector<double> dense{}, clipping{}, quantization{}, propagated{}, unevenness{}, total{};
  bool operator==(const PositionErrors&) const = default;
};

/// Adds those of another segment, whose positions may be more or fewer.
void add_sums(PositionErrors& to, const PositionErrors& from);

/// Squares of Frobenius norms over the residual stream behind one block, of the positions behind the prefix (method.md
/// section 5, Theorem 3): h dense, ĥ spiking, before the block with a dash; f the dense block, g the block with the
/// neurons' own quantizers.
struct BlockErrors {
  double dense = 0;         // |h|²
  double error = 0;         // |ĥ - h|²
  double input_error = 0;   // |ĥ' - h'|²
  double passed_on = 0;     // |f(ĥ') - f(h')|²
  double quantization = 0;  // |g(ĥ') - f(ĥ')|²
  double unevenness = 0;    // |ĥ - g(ĥ')|²
  bool operator==(const BlockErrors&) const = default;
};

/// Adds those of another segment, block by block.
void add_sums(std::vector<BlockErrors>& to, const std::vector<BlockErrors>& from);

/// Instances with Q(X) != a, and their Σ (Q(X) - a)².
struct UnevenInstances {
  std::uint64_t instances = 0;
  double unevenness = 0;
  bool operator==(const UnevenInstances&) const = default;
};

/// Those of the positions looked at, by the steps that brought more than half a threshold: none; all one way; one turn;
/// more turns.
struct UnevenCauses {
  UnevenInstances slow, late, overshooting, alternating;
  bool operator==(const UnevenCauses&) const = default;
};

/// Sums over the (neuron, position) instances of one population; they add up over segments. method.md section 5, eq.
/// (3).
struct PopulationTally {
  std::string name{};                    // blocks.<k>.<site>
  std::uint64_t neurons = 0;             // neurons of the population (a constant, not a sum)
  double threshold = 0;                  // mean θ of its neurons (a constant, not a sum)
  std::uint64_t instances = 0;           // neurons × positions simulated
  std::uint64_t spikes = 0;              // nonzero spikes over all steps
  std::uint64_t magnitude = 0;           // Σ |s|
  std::uint64_t shift_adds = 0;          // Σ popcount(|s|)
  std::uint64_t updates = 0;             // of neurons
  std::uint64_t projections = 0;         // that carry a spike (a constant)
  std::uint64_t fan_out = 0;             // synapses that a spike reaches (a constant)
  std::uint64_t core_x = 0, core_y = 0;  // its core on the mesh (constants)
  std::uint64_t spike_hops = 0;          // Σ over spikes and projections of the hops between their cores
  std::uint64_t uneven = 0;              // instances with Q(X) != a
  double arrival = 0;                    // Σ max_t |X(t)/X - t/T| over the instances looked at
  std::uint64_t arrival_instances = 0;
  // Over the positions looked at, X the drive received in the end: Σ X(t) X at each of arrival_steps(), Σ X², Σ |X|,
  // and Σ |X - X(T)| where neurons are clocked.
  std::vector<double> arrival_curve{};
  double drive_squares = 0, drive_size = 0, late_size = 0;
  std::uint64_t first_spike = 0, last_spike = 0;  // ticks; 0: none. Of several segments the least and the largest
  // Sums of squares. total = Σ (x - a)² of the dense value x and the emitted value a; the four terms add up to x - a
  // element by element, so cross = total - clipping - quantization - propagated - unevenness.
  double dense = 0;  // Σ x²
  double clipping = 0, quantization = 0, propagated = 0, unevenness = 0, total = 0;
  StepErrors steps{};
  UnevenCauses causes{};

  bool operator==(const PopulationTally&) const = default;
};

/// Adds everything but the constants of the population.
void add_sums(PopulationTally& to, const PopulationTally& from);

/// What one projection did. These add up over segments; over the projections of a population to spikes × fan_out and
/// spikes × projections of its tally, and over all to the operations of the network.
struct ProjectionTally {
  std::string name{};            // blocks.<k>.<matrix>
  std::string from{};            // the population whose spikes it carries; empty: its input does not spike
  std::uint64_t synapses = 0;    // (a constant)
  std::uint64_t spikes = 0;      // nonzero spikes that it carried
  std::uint64_t spike_hops = 0;  // Σ over them of the hops between cores
  std::uint64_t synaptic_operations = 0, synaptic_magnitude = 0, synaptic_shift_adds = 0;  // as in OperationCount
  std::uint64_t weight_bytes = 0, multiply_accumulates = 0;                                // likewise

  bool operator==(const ProjectionTally&) const = default;
};

/// Adds everything but the constants of the projection.
void add_sums(ProjectionTally& to, const ProjectionTally& from);

/// Everything a finished segment adds to the report: one line of results.jsonl.
struct SegmentResult {
  std::size_t text = 0;      // index into evaluation.perplexity
  std::size_t segment = 0;   // index within that text
  std::uint64_t tokens = 0;  // predictions scored
  std::uint64_t words = 0;   // protocol lm_eval: words of the page that begins with this segment
  Likelihood dense, qann, snn;
  double kl_dense_snn = 0, kl_qann_snn = 0;                  // Σ over predictions, nats
  std::uint64_t neurons_checked = 0, neurons_different = 0;  // instances compared with the QANN, and unequal ones
  bool output_equal = false;                                 // the read-out's input is the QANN's, to the last bit
  std::vector<PopulationTally> populations;
  PositionErrors positions;                  // none in what versions before results_format 7 have stored
  std::vector<BlockErrors> blocks;           // with record.bound only
  std::vector<ProjectionTally> projections;  // none in what versions before results_format 5 have stored
  OperationCount operations;
  std::uint64_t ticks_to_first_output = 0, ticks_to_quiescence = 0, ticks_to_horizon = 0;
  std::uint64_t peak_events = 0, peak_in_flight_bytes = 0;  // in the event queue; of spikes on their way
  double wall_s = 0;

  bool operator==(const SegmentResult&) const = default;
};

}  // namespace snnsim::experiments
