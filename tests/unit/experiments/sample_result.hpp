#pragma once

#include <string>

#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// A result with every member set to something of its own.
inline SegmentResult sample_result(std::size_t text = 0, std::size_t segment = 0) {
  const double x = 1.0 / 3.0 + static_cast<double>(segment);
  SegmentResult result;
  result.text = text;
  result.segment = segment;
  result.tokens = 10 + segment;
  result.dense = {20 * x, 50 * x * x};
  result.qann = {21 * x, 51 * x * x};
  result.snn = {22 * x, 60 * x * x};
  result.kl_dense_snn = 0.1 * x;
  result.kl_qann_snn = 1e-17 * x;
  result.neurons_checked = 640;
  result.neurons_different = 3;
  result.output_equal = segment % 2 == 0;
  for (int block = 0; block < 2; ++block) {
    PopulationTally tally;
    tally.name = "blocks." + std::to_string(block) + ".attn_in";
    tally.neurons = 8;
    tally.threshold = 0.1 * (block + 1);
    tally.instances = 80;
    tally.spikes = 100 + segment;
    tally.magnitude = 150;
    tally.shift_adds = 120;
    tally.updates = 320;
    tally.projections = 3;
    tally.fan_out = 24;
    tally.uneven = 2;
    tally.arrival = 7.7 * x;
    tally.arrival_instances = 70;
    tally.arrival_curve = {10 * x, 20 * x, 35 * x, 40 * x};
    tally.drive_squares = 50 * x;
    tally.drive_size = 30 * x;
    tally.late_size = 3 * x;
    tally.first_spike = 2 - segment % 2;
    tally.last_spike = 4 + segment;
    tally.dense = 1000 * x;
    tally.clipping = 1 * x;
    tally.quantization = 2 * x;
    tally.propagated = 3 * x;
    tally.unevenness = (4 + block) * x;
    tally.total = 11 * x;
    tally.steps = {.dense = 100 * x,
                   .clipping = 1 * x,
                   .quantization = 2 * x,
                   .propagated = {9 * x, 5 * x, 4 * x, 3 * x},
                   .unevenness = {0.5 * x, 3 * x, 4 * x, (4 + block) * x},
                   .total = {12 * x, 11 * x, 10 * x, 9 * x}};
    tally.causes = {.slow = {1, 1 * x}, .late = {2, 2 * x}, .overshooting = {3, 3 * x}, .alternating = {4, 4 * x}};
    result.populations.push_back(tally);
  }
  result.positions = {{1000 * x, 1000 * x}, {1 * x, 1 * x}, {2 * x, 2 * x},
                      {3 * x, 3 * x},       {4 * x, 5 * x}, {11 * x, 12 * x}};
  result.blocks = {{100 * x, 4 * x, 0, 0, 1 * x, 1 * x}, {100 * x, 9 * x, 4 * x, 16 * x, 1 * x, 4 * x}};
  for (const char* name : {"blocks.0.query", "blocks.1.query"}) {
    ProjectionTally tally{.name = name, .from = std::string(name, 9) + "attn_in", .synapses = 64};
    tally.spikes = 100 + segment;
    tally.spike_hops = 200;
    tally.synaptic_operations = 8 * tally.spikes;
    tally.synaptic_magnitude = 8 * 150;
    tally.synaptic_shift_adds = 8 * 120;
    tally.weight_bytes = tally.synaptic_operations;
    tally.multiply_accumulates = 640;
    result.projections.push_back(tally);
  }
  result.operations.synaptic_operations = 1000 + segment;
  result.operations.synaptic_magnitude = 1500;
  result.operations.synaptic_shift_adds = 1200;
  result.operations.neuron_updates = 640;
  result.operations.neurons_active = 200;
  result.operations.weight_bytes = 1000;
  result.operations.spike_messages = 300;
  result.operations.multiply_accumulates = 900;
  result.operations.analog = {40, 8, 4};
  result.operations.analog_once = {10, 2, 1};
  result.ticks_to_first_output = 1;
  result.ticks_to_quiescence = 4 + segment;
  result.ticks_to_horizon = 8;
  result.peak_events = 10 + segment;
  result.peak_in_flight_bytes = 100;
  result.wall_s = 0.25;
  return result;
}

}  // namespace snnsim::experiments
