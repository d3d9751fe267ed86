#include "experiments/segment_result_json.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

namespace snnsim::experiments {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// The members of a stored struct, listed once for writing and reading.
template <class T>
struct Members;

template <>
struct Members<Likelihood> {
  static void each(auto&& visit) {
    visit("nll", &Likelihood::nll);
    visit("nll_squared", &Likelihood::nll_squared);
  }
};

template <>
struct Members<AnalogCount> {
  static void each(auto&& visit) {
    visit("multiply_accumulates", &AnalogCount::multiply_accumulates);
    visit("exponentials", &AnalogCount::exponentials);
    visit("divisions", &AnalogCount::divisions);
  }
};

template <>
struct Members<OperationCount> {
  static void each(auto&& visit) {
    visit("synaptic_operations", &OperationCount::synaptic_operations);
    visit("synaptic_magnitude", &OperationCount::synaptic_magnitude);
    visit("synaptic_shift_adds", &OperationCount::synaptic_shift_adds);
    visit("neuron_updates", &OperationCount::neuron_updates);
    visit("neurons_active", &OperationCount::neurons_active);
    visit("weight_bytes", &OperationCount::weight_bytes);
    visit("spike_messages", &OperationCount::spike_messages);
    visit("multiply_accumulates", &OperationCount::multiply_accumulates);
    visit("analog", &OperationCount::analog);
    visit("analog_once", &OperationCount::analog_once);
  }
};

template <>
struct Members<StepErrors> {
  static void each(auto&& visit) {
    visit("dense", &StepErrors::dense);
    visit("clipping", &StepErrors::clipping);
    visit("quantization", &StepErrors::quantization);
    visit("propagated", &StepErrors::propagated);
    visit("unevenness", &StepErrors::unevenness);
    visit("total", &StepErrors::total);
  }
};

template <>
struct Members<PositionErrors> {
  static void each(auto&& visit) {
    visit("dense", &PositionErrors::dense);
    visit("clipping", &PositionErrors::clipping);
    visit("quantization", &PositionErrors::quantization);
    visit("propagated", &PositionErrors::propagated);
    visit("unevenness", &PositionErrors::unevenness);
    visit("total", &PositionErrors::total);
  }
};

template <>
struct Members<BlockErrors> {
  static void each(auto&& visit) {
    visit("dense", &BlockErrors::dense);
    visit("error", &BlockErrors::error);
    visit("input_error", &BlockErrors::input_error);
    visit("passed_on", &BlockErrors::passed_on);
    visit("quantization", &BlockErrors::quantization);
    visit("unevenness", &BlockErrors::unevenness);
  }
};

template <>
struct Members<UnevenInstances> {
  static void each(auto&& visit) {
    visit("instances", &UnevenInstances::instances);
    visit("unevenness", &UnevenInstances::unevenness);
  }
};

template <>
struct Members<UnevenCauses> {
  static void each(auto&& visit) {
    visit("slow", &UnevenCauses::slow);
    visit("late", &UnevenCauses::late);
    visit("overshooting", &UnevenCauses::overshooting);
    visit("alternating", &UnevenCauses::alternating);
  }
};

template <>
struct Members<PopulationTally> {
  static void each(auto&& visit) {
    visit("name", &PopulationTally::name);
    visit("neurons", &PopulationTally::neurons);
    visit("threshold", &PopulationTally::threshold);
    visit("instances", &PopulationTally::instances);
    visit("spikes", &PopulationTally::spikes);
    visit("magnitude", &PopulationTally::magnitude);
    visit("shift_adds", &PopulationTally::shift_adds);
    visit("updates", &PopulationTally::updates);
    visit("projections", &PopulationTally::projections);
    visit("fan_out", &PopulationTally::fan_out);
    visit("core_x", &PopulationTally::core_x);
    visit("core_y", &PopulationTally::core_y);
    visit("spike_hops", &PopulationTally::spike_hops);
    visit("uneven", &PopulationTally::uneven);
    visit("arrival", &PopulationTally::arrival);
    visit("arrival_instances", &PopulationTally::arrival_instances);
    visit("arrival_curve", &PopulationTally::arrival_curve);
    visit("drive_squares", &PopulationTally::drive_squares);
    visit("drive_size", &PopulationTally::drive_size);
    visit("late_size", &PopulationTally::late_size);
    visit("first_spike", &PopulationTally::first_spike);
    visit("last_spike", &PopulationTally::last_spike);
    visit("dense", &PopulationTally::dense);
    visit("clipping", &PopulationTally::clipping);
    visit("quantization", &PopulationTally::quantization);
    visit("propagated", &PopulationTally::propagated);
    visit("unevenness", &PopulationTally::unevenness);
    visit("total", &PopulationTally::total);
    visit("steps", &PopulationTally::steps);
    visit("causes", &PopulationTally::causes);
  }
};

template <>
struct Members<ProjectionTally> {
  static void each(auto&& visit) {
    visit("name", &ProjectionTally::name);
    visit("from", &ProjectionTally::from);
    visit("synapses", &ProjectionTally::synapses);
    visit("spikes", &ProjectionTally::spikes);
    visit("spike_hops", &ProjectionTally::spike_hops);
    visit("synaptic_operations", &ProjectionTally::synaptic_operations);
    visit("synaptic_magnitude", &ProjectionTally::synaptic_magnitude);
    visit("synaptic_shift_adds", &ProjectionTally::synaptic_shift_adds);
    visit("weight_bytes", &ProjectionTally::weight_bytes);
    visit("multiply_accumulates", &ProjectionTally::multiply_accumulates);
  }
};

template <>
struct Members<SegmentResult> {
  static void each(auto&& visit) {
    visit("text", &SegmentResult::text);
    visit("segment", &SegmentResult::segment);
    visit("tokens", &SegmentResult::tokens);
    visit("words", &SegmentResult::words);
    visit("dense", &SegmentResult::dense);
    visit("qann", &SegmentResult::qann);
    visit("snn", &SegmentResult::snn);
    visit("kl_dense_snn", &SegmentResult::kl_dense_snn);
    visit("kl_qann_snn", &SegmentResult::kl_qann_snn);
    visit("neurons_checked", &SegmentResult::neurons_checked);
    visit("neurons_different", &SegmentResult::neurons_different);
    visit("output_equal", &SegmentResult::output_equal);
    visit("populations", &SegmentResult::populations);
    visit("positions", &SegmentResult::positions);
    visit("blocks", &SegmentResult::blocks);
    visit("projections", &SegmentResult::projections);
    visit("operations", &SegmentResult::operations);
    visit("ticks_to_first_output", &SegmentResult::ticks_to_first_output);
    visit("ticks_to_quiescence", &SegmentResult::ticks_to_quiescence);
    visit("ticks_to_horizon", &SegmentResult::ticks_to_horizon);
    visit("peak_events", &SegmentResult::peak_events);
    visit("peak_in_flight_bytes", &SegmentResult::peak_in_flight_bytes);
    visit("wall_s", &SegmentResult::wall_s);
  }
};

template <>
struct Members<ZeroShotTally> {
  static void each(auto&& visit) {
    visit("correct", &ZeroShotTally::correct);
    visit("correct_norm", &ZeroShotTally::correct_norm);
    visit("nll", &ZeroShotTally::nll);
    visit("nll_squared", &ZeroShotTally::nll_squared);
  }
};

template <>
struct Members<ZeroShotResult> {
  static void each(auto&& visit) {
    visit("task", &ZeroShotResult::task);
    visit("chunk", &ZeroShotResult::chunk);
    visit("items", &ZeroShotResult::items);
    visit("dense", &ZeroShotResult::dense);
    visit("qann", &ZeroShotResult::qann);
    visit("snn", &ZeroShotResult::snn);
    visit("outputs_checked", &ZeroShotResult::outputs_checked);
    visit("outputs_different", &ZeroShotResult::outputs_different);
    visit("operations", &ZeroShotResult::operations);
    visit("wall_s", &ZeroShotResult::wall_s);
  }
};

template <class T>
concept Stored = requires {
  Members<T>::each([](auto...) {});
};

// Declared ahead: structs hold lists of structs.
template <class T>
ordered_json put(const std::vector<T>& values);
template <class T>
void get(const json& from, std::vector<T>& out);
template <Stored T>
void get(const json& from, T& out);

ordered_json put(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

template <class T>
requires std::is_integral_v<T> || std::is_same_v<T, std::string> ordered_json put(const T& value) {
  return value;
}

template <Stored T>
ordered_json put(const T& value) {
  ordered_json out;
  Members<T>::each([&](const char* key, auto member) { out[key] = put(value.*member); });
  return out;
}

template <class T>
ordered_json put(const std::vector<T>& values) {
  auto out = ordered_json::array();
  for (const T& value : values) out.push_back(put(value));
  return out;
}

template <class T>
void get(const json& from, T& out) {
  from.get_to(out);
}

void get(const json& from, double& out) {
  if (from == "nan")
    out = std::numeric_limits<double>::quiet_NaN();
  else if (from == "inf" || from == "-inf")
    out = std::numeric_limits<double>::infinity() * (from == "inf" ? 1 : -1);
  else
    from.get_to(out);
}

template <class T>
void get_member(const json& from, const char* key, T& out) {
  get(from.at(key), out);
}

/// Those that older files lack.
template <class T>
requires std::is_same_v<T, std::vector<ProjectionTally>> || std::is_same_v<T, StepErrors> ||
    std::is_same_v<T, UnevenCauses> || std::is_same_v<T, PositionErrors> || std::is_same_v<T, std::vector<BlockErrors>>
void get_member(const json& from, const char* key, T& out) {
  if (from.contains(key)) get(from.at(key), out);
}

template <Stored T>
void get(const json& from, T& out) {
  Members<T>::each([&](const char* key, auto member) { get_member(from, key, out.*member); });
}

template <class T>
void get(const json& from, std::vector<T>& out) {
  out.resize(from.size());
  for (std::size_t i = 0; i < out.size(); ++i) get(from.at(i), out[i]);
}

}  // namespace

ordered_json to_json(const SegmentResult& result) {
  return put(result);
}

SegmentResult segment_result_from(const json& json) {
  SegmentResult result;
  get(json, result);
  return result;
}

ordered_json to_json(const ZeroShotResult& result) {
  return put(result);
}

ZeroShotResult zero_shot_result_from(const json& json) {
  ZeroShotResult result;
  get(json, result);
  return result;
}

bool is_zero_shot(const json& json) {
  return json.contains("task");
}

ordered_json to_json(const OperationCount& count) {
  return put(count);
}

}  // namespace snnsim::experiments
