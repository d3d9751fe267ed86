#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/stored_run.hpp"

namespace snnsim::experiments {

/// The report of a run, whole or not, from what its directory holds: the content of report.json. Everything but
/// `timing` and `provenance` is the same for every number of threads. A number that is not finite is null.
///
/// name, hash, complete, segments and chunks (of zero-shot tasks) { done, expected }, settings
/// perplexity   one object per text: text, protocol, segment, segments, tokens (predictions scored), the PPL of dense,
///              qann and snn by the protocol (experiments/perplexity.hpp), standard_error (of snn) and standard_errors
///              (of all three), kl_dense_snn and kl_qann_snn (nats per prediction); words of protocol lm_eval;
///              not_run, why a text was left out
/// zero_shot    one object per task: task, path, protocol, items, synaptic_operations; dense, qann and snn with acc,
///              acc_norm where the task has it, perplexity of LAMBADA, each with its _standard_error
///              In both, a network that evaluation.networks leaves out is null.
/// equality     of the SNN with the QANN: neurons_checked counts neurons × positions
/// network      all populations as one; populations: each. firing_rate = spikes / (instances × T);
///              errors: the mean squares of method.md eq. (3), relative to the mean x² of the dense model;
///              null when record.errors is false; step_errors: the same were the network read after each of
///              settings.arrival_steps; uneven_by_input: shares of the uneven neurons and of their unevenness whose
///              input came slowly, one way (late), turned once (overshooting) or more often (alternating);
///              network.position_errors: the mean squares of all populations at each position behind the
///              full-precision prefix, relative to the dense values there
///              arrival_curve: share of the drive received at each of settings.arrival_steps; late_input: share that
///              comes after the last step of clocked neurons; first_spike, last_spike: ticks, null when there is none
/// projections  each: from, the population whose spikes it carries, its synapses, and its part of the operations; empty
///              in reports of runs that an older version stored
/// cause        what raises the NLL: quantization (QANN over dense) and unevenness (SNN over QANN), in nats;
///              most_uneven: the population with most of it relative to its values
/// bound        per block, relative to the norm of the dense residual stream behind it: unevenness and quantization,
///              what the block adds; factor, by which it passes on the error that comes in; error, the whole difference
///              to the dense stream; bound, what the three say it can be at most (docs/method.md). Null without
///              record.bound
/// calibration  method, text, documents, length; per block the loss Σ|ŷ - y|² / Σ|y|² before, after and after each
///              round, tokens that it is over, and phases, the steps that populations wait where calibration chose
///              them; null without a calibration. settings.calibration is its name
/// operations   exact counts; energy: those priced with each table, in pJ for all scored segments. In its populations
///              and projections, share is that of snn_pj; projections have what spikes cost behind their populations
/// timing       ticks of the slowest segment; wall_s covers all three networks and the measurements, calibration_s the
///              calibration before them, calibration_blocks of each block its seconds and peak_memory_bytes, the most
///              that the process has held by its end
/// Throws ConfigurationError or DataError when a cost table cannot be read.
nlohmann::ordered_json make_report(const StoredRun& run);

/// The numbers of a report as one tidy table: section,name,metric,value. Digits as in report.json; true and false are 1
/// and 0, null is empty, texts are left out.
std::string report_csv(const nlohmann::ordered_json& report);

/// What a run prints at its end: at most 35 lines of 100 columns while it has at most 3 texts and 2
/// cost tables.
std::string report_summary(const nlohmann::ordered_json& report);

/// The same as a page of HTML that needs no other file: of several runs one after another. Every number of a report has
/// its place in report.json and all its digits beside the rounded ones (experiments/report/html/markup.hpp). Spikes are
/// drawn where a run directory has spikes.h5.
std::string report_html(const std::vector<StoredRun>& runs);

/// Writes report.json, report.csv and report.html into the run directory. Throws DataError.
void write_report(const StoredRun& run);

}  // namespace snnsim::experiments
