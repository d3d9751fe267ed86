// Both executors on the bundled model: synaptic operations and tokens per second, what a step costs in passes of the
// QANN (with stories15M where SNNSIM_ASSETS names the real models), and the share of each stage of a segment.
// Usage: bench_executors [google-benchmark options]
#include <cstdlib>

#include <benchmark/benchmark.h>

#include "core/retained_memory.hpp"
#include "experiments/evaluation/evaluate_segment.hpp"
#include "models/conversion/spiking_sequence.hpp"
#include "tests/benchmarks/machine_bounds.hpp"

namespace snnsim::experiments {
namespace {

constexpr std::size_t kSegments = 4;

Experiment bundled_experiment(Neuron neuron, std::size_t timesteps, Executor executor, Embedding embedding) {
  const std::filesystem::path bundled = std::filesystem::path(SNNSIM_SOURCE_DIR) / "bundled";
  Experiment experiment;
  experiment.model.checkpoint = bundled / "stories3m";
  experiment.quantization.calibration.text = bundled / "text" / "calibration.txt";
  experiment.conversion.neuron = neuron;
  experiment.conversion.timesteps = timesteps;
  experiment.conversion.embedding = embedding;
  experiment.simulation.executor = executor;
  experiment.evaluation.perplexity = {{.text = bundled / "text" / "heldout.txt", .max_segments = kSegments}};
  if (const char* assets = std::getenv("SNNSIM_ASSETS")) {
    experiment.model.checkpoint = std::filesystem::path(assets) / "weights" / "stories15M.bin";
    experiment.model.tokenizer = std::filesystem::path(assets) / "tokenizers" / "tokenizer32k.bin";
    experiment.quantization.calibration.segments = 4;
  }
  return experiment;
}

struct Workload {
  Experiment experiment;
  std::unique_ptr<Pipeline> pipeline;
  std::vector<Segment> segments;

  Workload(Neuron neuron, std::size_t timesteps, Executor executor, Embedding embedding = Embedding::constant)
      : experiment(bundled_experiment(neuron, timesteps, executor, embedding)),
        pipeline(build_pipeline(experiment)),
        segments(evaluation_segments(experiment.evaluation.perplexity[0], *pipeline->opened.tokenizer)) {}
};

/// The spiking network alone, a whole segment at a time.
void simulate(benchmark::State& state, Neuron neuron, Executor executor) {
  const Workload workload(neuron, static_cast<std::size_t>(state.range(0)), executor);
  double tokens = 0, operations = 0;
  for (auto _ : state)
    for (const Segment& segment : workload.segments) {
      models::SpikingSequence sequence(workload.pipeline->spiking, workload.pipeline->dense(),
                                       *workload.pipeline->executor);
      sequence.append(std::span(segment.ids).first(segment.inputs()));
      tokens += static_cast<double>(segment.inputs());
      operations += static_cast<double>(sequence.state().operations().synaptic_operations);
    }
  state.counters["tokens/s"] = benchmark::Counter(tokens, benchmark::Counter::kIsRate);
  state.counters["SOP/s"] = benchmark::Counter(operations, benchmark::Counter::kIsRate);
}
#define SNNSIM_EXECUTORS(neuron)                                                   \
  BENCHMARK_CAPTURE(simulate, neuron##_event, Neuron::neuron, Executor::event)     \
      ->Arg(1)                                                                     \
      ->Arg(4)                                                                     \
      ->Arg(8)                                                                     \
      ->Unit(benchmark::kMillisecond)                                              \
      ->UseRealTime();                                                             \
  BENCHMARK_CAPTURE(simulate, neuron##_stepped, Neuron::neuron, Executor::stepped) \
      ->Arg(1)                                                                     \
      ->Arg(4)                                                                     \
      ->Arg(8)                                                                     \
      ->Unit(benchmark::kMillisecond)                                              \
      ->UseRealTime()
SNNSIM_EXECUTORS(integer_spiking);
SNNSIM_EXECUTORS(sigma_delta);

/// The QANN on the same segments: what one pass costs.
void qann(benchmark::State& state) {
  const Workload workload(Neuron::sigma_delta, 1, Executor::stepped);
  double tokens = 0;
  for (auto _ : state)
    for (const Segment& segment : workload.segments) {
      models::QuantizedSequence sequence(workload.pipeline->qann);
      sequence.append(std::span(segment.ids).first(segment.inputs()));
      tokens += static_cast<double>(segment.inputs());
    }
  state.counters["tokens/s"] = benchmark::Counter(tokens, benchmark::Counter::kIsRate);
}
BENCHMARK(qann)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Processor time of T = 8 steps in both executors and of a QANN pass, in turn; medians.
void step_cost(benchmark::State& state, Neuron neuron, Embedding embedding = Embedding::constant) {
  constexpr std::size_t timesteps = 8;
  const Workload workload(neuron, timesteps, Executor::stepped, embedding);
  const models::SpikingModel& spiking = workload.pipeline->spiking;
  const auto stepped = make_stepped_executor(spiking.graph, TimeSettings{.timesteps = timesteps});
  const auto event = make_event_executor(spiking.graph, TimeSettings{.timesteps = timesteps});
  std::vector<double> qann_times, stepped_times, event_times;
  const auto timed = [&](std::vector<double>& times, auto sequence, const Segment& segment) {
    const double start = benchmarks::processor_seconds();
    sequence.append(std::span(segment.ids).first(segment.inputs()));
    times.push_back(benchmarks::processor_seconds() - start);
  };
  const auto run_all = [&] {
    for (const Segment& segment : workload.segments) {
      timed(qann_times, models::QuantizedSequence(workload.pipeline->qann), segment);
      timed(stepped_times, models::SpikingSequence(spiking, workload.pipeline->dense(), *stepped), segment);
      timed(event_times, models::SpikingSequence(spiking, workload.pipeline->dense(), *event), segment);
    }
  };
  run_all();  // takes memory from the system, once
  for (std::vector<double>* times : {&qann_times, &stepped_times, &event_times}) times->clear();
  for (auto _ : state) run_all();
  const double pass = benchmarks::median(qann_times), event_all = benchmarks::median(event_times);
  const double stepped_all = benchmarks::median(stepped_times);
  state.counters["passes_for_all"] = event_all / pass;
  state.counters["passes_per_step"] = event_all / timesteps / pass;
  state.counters["passes_per_step_stepped"] = stepped_all / timesteps / pass;
  state.counters["event_to_stepped"] = event_all / stepped_all;
}
BENCHMARK_CAPTURE(step_cost, integer_spiking, Neuron::integer_spiking)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(step_cost, sigma_delta, Neuron::sigma_delta)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(step_cost, sigma_delta_impulse, Neuron::sigma_delta, Embedding::impulse)
    ->Unit(benchmark::kMillisecond);

/// A whole evaluated segment, T = 8: percent of its time in each stage.
void stages(benchmark::State& state) {
  const Workload workload(Neuron::integer_spiking, 8, Executor::event);
  StageTimes times;
  for (auto _ : state)
    for (const Segment& segment : workload.segments)
      benchmark::DoNotOptimize(evaluate_segment(*workload.pipeline, workload.experiment, segment, {.times = &times}));
  const double all = times.dense + times.qann + times.spiking + times.scoring + times.anatomy;
  state.counters["dense_%"] = 100 * times.dense / all;
  state.counters["qann_%"] = 100 * times.qann / all;
  state.counters["spiking_%"] = 100 * times.spiking / all;
  state.counters["scoring_%"] = 100 * times.scoring / all;
  state.counters["anatomy_%"] = 100 * times.anatomy / all;
}
BENCHMARK(stages)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace snnsim::experiments

int main(int argc, char** argv) {
  snnsim::retain_freed_memory();  // as the program does
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
