#include "experiments/evaluation/evaluate_segment.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>

#include "core/simulation/probe_list.hpp"
#include "experiments/evaluation/arrival_probe.hpp"
#include "experiments/evaluation/depth_errors.hpp"
#include "experiments/evaluation/error_anatomy.hpp"
#include "experiments/evaluation/scoring.hpp"
#include "models/conversion/spiking_sequence.hpp"

namespace snnsim::experiments {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Runs `work` and adds its wall time to `seconds`.
template <typename Work>
void timed(double& seconds, const Work& work) {
  const Clock::time_point start = Clock::now();
  work();
  seconds += seconds_since(start);
}

/// Tells how much of a simulation is done.
class ShareProbe final : public Probe {
 public:
  ShareProbe(std::size_t most_updates, const ShareObserver& share)
      : most_updates_(std::max<std::size_t>(1, most_updates)), share_(share) {}

  void on_update(const PopulationUpdate&) override {
    share_(std::min(1.0, static_cast<double>(++updates_) / static_cast<double>(most_updates_)));
  }

 private:
  std::size_t most_updates_, updates_ = 0;
  const ShareObserver& share_;
};

/// One segment on its way through the three networks.
class SegmentRun {
 public:
  SegmentRun(const Pipeline& pipeline, const Experiment& experiment, const Segment& segment)
      : pipeline_(pipeline),
        experiment_(experiment),
        segment_(segment),
        lead_(pipeline.prefix.prefix.lead(inputs())),
        prefix_(lead_.positions()),
        dense_(pipeline.dense()) {
    if (runs(Network::qann)) qann_.emplace(pipeline.qann);
    if (runs(Network::snn)) snn_.emplace(pipeline.spiking, *pipeline.qann.dense, *pipeline.executor);
  }

  void run_dense() {
    const bool keep = experiment_.record.errors && snn_;
    const auto observer = [&](std::size_t block, models::Site site, const Matrix<float>& x) {
      dense_sites_[models::population_name(block, site)] = x;
    };
    const bool apart = keep && (pipeline_.qann.dense->rotation() || lead_.offset > 0);
    dense_.append(inputs(), keep && !apart ? models::DenseSequence::Observer(observer) : nullptr);
    if (!keep) return;
    if (!apart) return keep_optional_sites(dense_);
    models::DenseSequence sequence(*pipeline_.qann.dense);
    sequence.append(pipeline_.prefix.prefix.with(inputs()), observer);
    keep_optional_sites(sequence);
  }

  void run_qann() {
    if (!qann_) return;
    const auto observer = [&](const std::string& population, const Matrix<std::int16_t>& counts) {
      counts_[population] = counts;
    };
    qann_->append_prefix(source(), prefix_);
    qann_->append(rest(), snn_ ? models::QuantizedSequence::Observer(observer) : nullptr);
  }

  void run_snn(Probe* recorder, const ShareObserver& share) {
    if (!snn_) return;
    if (experiment_.record.errors) probe_.emplace(pipeline_.spiking.graph, pipeline_.time, prefix_, positions());
    const bool concurrent = experiment_.conversion.positions == Positions::concurrent;
    ShareProbe progress(most_updates(concurrent ? 1 : rest().size()), share);
    ProbeList probes{probe_ ? &*probe_ : nullptr, recorder, &progress};
    snn_->append_prefix(source(), prefix_);
    if (concurrent) return snn_->append(rest(), &probes);
    for (const models::TokenId& id : rest()) snn_->append({&id, 1}, &probes);
  }

  void score_predictions(SegmentResult& result, std::vector<TokenLikelihood>* tokens) const {
    Matrix<float> qann, snn;
    if (qann_) qann = own_outputs(lead_, source().normalised(), qann_->normalised());
    if (snn_) snn = own_outputs(lead_, source().normalised(), snn_->normalised());
    score(pipeline_.dense(), segment_, {dense_.normalised(), qann_ ? &qann : nullptr, snn_ ? &snn : nullptr}, result,
          tokens);
  }

  void measure(SegmentResult& result) const {
    if (!snn_) return;
    const SpikingGraph& graph = pipeline_.spiking.graph;
    for (const NodeId id : graph.populations()) measure_population(id, result);
    for (NodeId id = 0; id < graph.size(); ++id)
      if (const auto* projection = std::get_if<Projection>(&graph.node(id)))
        result.projections.push_back(measured(id, *projection));
    if (experiment_.record.bound)
      result.blocks = measure_depth(pipeline_, pipeline_.prefix.prefix.with(inputs()), prefix_, snn_->state());
    result.output_equal = output_equal();
    result.operations = snn_->state().operations();
    result.ticks_to_first_output = snn_->timing().first_output;
    result.ticks_to_quiescence = snn_->timing().quiescence;
    result.ticks_to_horizon = snn_->timing().horizon;
    result.peak_events = snn_->timing().peak_events;
    result.peak_in_flight_bytes = snn_->timing().peak_in_flight;
  }

 private:
  /// Updates that the populations can have, when positions are simulated in so many runs.
  std::size_t most_updates(std::size_t simulations) const {
    return simulations * pipeline_.spiking.graph.populations().size() * pipeline_.spiking.timesteps;
  }
  bool runs(Network network) const { return experiment_.evaluation.runs(network); }
  std::span<const models::TokenId> inputs() const { return std::span(segment_.ids).first(segment_.inputs()); }
  std::span<const models::TokenId> rest() const { return inputs().subspan(lead_.own); }
  /// Of QANN and spiking network, prefix tokens included.
  std::size_t positions() const { return lead_.offset + segment_.inputs(); }
  const models::DenseSequence& source() const { return pipeline_.prefix.prefix.source(lead_, dense_); }

  /// What the dense model has at sites that it does not show by itself.
  void keep_optional_sites(const models::DenseSequence& sequence) {
    const models::LlamaConfig& c = sequence.model().config();
    const models::QuantizedModel& qann = pipeline_.qann;
    for (std::size_t k = 0; k < qann.blocks.size(); ++k) {
      if (!qann.blocks[k].probs) continue;
      const Matrix<float>& query = dense_sites_.at(models::population_name(k, models::Site::q));
      Matrix<float> probabilities(query.rows(), c.heads * qann.keys);
      models::attention_probabilities(models::attention_shape(c), query,
                                      dense_sites_.at(models::population_name(k, models::Site::k)),
                                      models::row_range(0, query.rows()), probabilities);
      dense_sites_[models::probs_name(k)] = std::move(probabilities);
    }
    if (qann.blocks.back().final_in) dense_sites_[std::string(models::kFinalIn)] = sequence.normalised();
  }

  void measure_population(NodeId id, SegmentResult& result) const {
    const SpikingGraph& graph = pipeline_.spiking.graph;
    const Population& population = graph.population(id);
    const PopulationActivity& activity = snn_->state().activity(id);
    PopulationTally tally{.name = population.name, .neurons = population.width()};
    tally.threshold = std::accumulate(population.threshold.begin(), population.threshold.end(), 0.0) /
                      static_cast<double>(population.width());
    tally.spikes = activity.spikes;
    tally.magnitude = activity.magnitude;
    tally.shift_adds = activity.shift_adds;
    tally.updates = activity.updates;
    for (const SpikingGraph::Successor next : graph.successors(id))
      if (const auto* projection = std::get_if<Projection>(&graph.node(next.node))) {
        ++tally.projections;
        tally.fan_out += projection->out();
      }
    if (pipeline_.placement) {
      const MeshCore core = pipeline_.placement->core(id);
      tally.core_x = core.x;
      tally.core_y = core.y;
      tally.spike_hops = activity.spikes * pipeline_.placement->hops_of_spikes(id);
    }
    if (experiment_.record.errors) {
      const Matrix<float>& dense = dense_sites_.at(population.name);
      measure_errors(graph, snn_->state(), id, dense, prefix_, tally, result.positions);
      probe_->measure(id, tally);
      probe_->measure_errors(id, dense, tally);
    }
    tally.instances = population.width() * (positions() - prefix_);
    result.neurons_checked += tally.instances;
    result.neurons_different += count_different(graph, snn_->state(), id, counts_.at(population.name), prefix_);
    result.populations.push_back(std::move(tally));
  }

  ProjectionTally measured(NodeId id, const Projection& projection) const {
    const OperationCount count = snn_->state().operations(id);
    const auto* input = std::get_if<Population>(&pipeline_.spiking.graph.node(pipeline_.spiking.graph.inputs(id)[0]));
    return {.name = projection.name,
            .from = input != nullptr ? input->name : std::string(),
            .synapses = projection.synapse_count(),
            .spikes = count.spike_messages,
            .spike_hops = pipeline_.placement ? count.spike_messages * pipeline_.placement->hops(id) : 0,
            .synaptic_operations = count.synaptic_operations,
            .synaptic_magnitude = count.synaptic_magnitude,
            .synaptic_shift_adds = count.synaptic_shift_adds,
            .weight_bytes = count.weight_bytes,
            .multiply_accumulates = count.multiply_accumulates};
  }

  bool output_equal() const {
    const Matrix<float>& qann = qann_->normalised();
    const Matrix<float>& snn = snn_->normalised();
    for (std::size_t r = prefix_; r < positions(); ++r)
      if (std::memcmp(qann.row(r), snn.row(r), qann.columns() * sizeof(float)) != 0) return false;
    return true;
  }

  const Pipeline& pipeline_;
  const Experiment& experiment_;
  const Segment& segment_;
  Lead lead_;
  std::size_t prefix_;  // positions of QANN and spiking network in full precision
  models::DenseSequence dense_;
  std::optional<models::QuantizedSequence> qann_;  // empty: not evaluated
  std::optional<models::SpikingSequence> snn_;
  std::optional<ArrivalProbe> probe_;
  std::map<std::string, Matrix<float>> dense_sites_;    // by population
  std::map<std::string, Matrix<std::int16_t>> counts_;  // by population, of the QANN
};

}  // namespace

SegmentResult evaluate_segment(const Pipeline& pipeline, const Experiment& experiment, const Segment& segment,
                               const SegmentObservers& observers) {
  StageTimes unused;
  const double steps = experiment.evaluation.runs(Network::snn) ? pipeline.spiking.timesteps : 0;
  const auto tell = [&](double passes) {  // dense, QANN, each step and the scoring cost about as much
    if (observers.share) observers.share(passes / (3 + steps));
  };
  StageTimes& spent = observers.times != nullptr ? *observers.times : unused;
  const Clock::time_point start = Clock::now();
  SegmentResult result;
  result.words = segment.words;
  SegmentRun run(pipeline, experiment, segment);
  timed(spent.dense, [&] { run.run_dense(); });
  tell(1);
  timed(spent.qann, [&] { run.run_qann(); });
  tell(2);
  timed(spent.spiking, [&] { run.run_snn(observers.recorder, [&](double done) { tell(2 + done * steps); }); });
  timed(spent.scoring, [&] { run.score_predictions(result, observers.tokens); });
  timed(spent.anatomy, [&] { run.measure(result); });
  result.wall_s = seconds_since(start);
  return result;
}

}  // namespace snnsim::experiments
