#include "models/calibration/spiking_block.hpp"

#include <cmath>

#include "core/kernels/integer_product.hpp"
#include "core/simulation/row_updates.hpp"

namespace snnsim::models {

namespace {

constexpr std::size_t kGrain = 4;  // rows of a task

/// The rows of a matrix from `first` on, in another number type.
template <typename To, typename From>
Matrix<To> rows_from(const Matrix<From>& x, std::size_t first) {
  Matrix<To> rows(x.rows() - first, x.columns());
  for (std::size_t r = first; r < x.rows(); ++r) std::copy_n(x.row(r), x.columns(), rows.row(r - first));
  return rows;
}

/// Spikes of one sequence in a block, step after step: the arithmetic of forward_block().
class SpikingArithmetic {
 public:
  SpikingArithmetic(const QuantizedBlock& block, const BlockNeurons& neurons, const BlockCalibration& calibration,
                    std::uint32_t timesteps, const BlockPhases& first_step, std::span<const std::uint32_t> rows)
      : block_(block),
        neurons_(neurons),
        calibration_(calibration),
        timesteps_(timesteps),
        first_step_(first_step),
        rows_(rows) {
    for (const Site site : kAllSites)
      if (at(calibration, site)) at(added_, site) = step_potential(*at(calibration, site));
  }

  void begin_step(std::uint32_t step, const Matrix<float>& hidden, StepRecord<float>* record) {
    step_ = step;
    hidden_ = &hidden;
    record_ = record;
    for (auto& batch : batches_) batch.reset();
  }
  /// Is told of the last step.
  void observe(const SpikingBlock::Observer& observer, std::uint32_t last_step) {
    observer_ = &observer;
    last_step_ = last_step;
  }

  void site(Site site, Matrix<float>& x) {
    if (record_ != nullptr && site == Site::mlp_in) record_->middle = rows_from<float>(*hidden_, first());
    at(values_, site) = &x;
    if (!at(calibration_, site)) return;
    Matrix<float> drive;
    if (record_ != nullptr || observes()) drive = x;
    update(site, x);
    if (record_ != nullptr) record(site, drive);
    if (observes()) (*observer_)(site, drive, x);
  }

  void product(MatrixName name, Matrix<float>& y) {
    const Site input = input_of(name);
    const WeightMatrix& matrix = weights_of(block_, calibration_, name);
    if (block_.integer_product(name) && matrix.fits(at(calibration_, input)->threshold))
      add_weights(matrix, input, y);
    else
      multiply(*matrix.floating, *at(values_, input), rows_, y, OutputRows::scattered);
    if (const std::vector<float>& bias = at(calibration_.bias, name); !bias.empty())
      for (const std::uint32_t r : rows_) add_bias(bias, {y.row(r), y.columns()});
    if (record_ != nullptr && name == MatrixName::gate) record_->gate = rows_from<float>(y, first());
    if (record_ != nullptr && name == MatrixName::up) record_->up = rows_from<float>(y, first());
  }

 private:
  struct SiteState {
    Matrix<std::int32_t> state;   // (positions × words * width)
    Matrix<std::int16_t> spikes;  // (positions × width)
    Matrix<std::int16_t> counts;  // emitted so far, offsets not taken off (positions × padded width)
  };

  std::size_t first() const { return rows_.front(); }
  bool observes() const { return observer_ != nullptr && *observer_ && step_ == last_step_; }
  const NeuronModel& neuron(Site site) const { return at(neurons_, site); }
  /// Steps of a population so far.
  std::uint32_t steps(Site site) const {
    const std::uint32_t first = at(first_step_, site);
    return step_ < first ? 0 : std::min(step_ - first + 1, timesteps_);
  }
  bool acts(Site site) const { return step_ >= at(first_step_, site) && step_ - at(first_step_, site) < timesteps_; }
  /// Σ δ so far.
  float added(Site site) const {
    return at(added_, site).empty() || steps(site) == 0 ? 0 : at(added_, site)[steps(site) - 1];
  }
  Offset offset_of(Site site) const { return {timesteps_, steps(site), offset(neuron(site))}; }

  void update(Site site, Matrix<float>& x) {
    const SiteCalibration& parameters = *at(calibration_, site);
    SiteState& state = at(states_, site);
    if (state.state.rows() == 0)
      state = {Matrix<std::int32_t>(x.rows(), state_words(neuron(site)) * x.columns()),
               Matrix<std::int16_t>(x.rows(), x.columns()), Matrix<std::int16_t>(x.rows(), padded_inputs(x.columns()))};
    parallel_for(
        rows_.size(),
        [&](std::size_t k) {
          const std::uint32_t r = rows_[k];
          if (acts(site))
            update_neurons(neuron(site), {x.columns(), x.row(r), parameters.threshold.data(),
                                          parameters.initial_potential.data(), state.state.row(r), state.spikes.row(r),
                                          steps(site), static_cast<std::int32_t>(step_), added(site)});
          hand_on(site, parameters, state, r, x);
        },
        kGrain);
  }

  /// x becomes the value that the population has emitted so far.
  void hand_on(Site site, const SiteCalibration& parameters, SiteState& state, std::uint32_t r,
               Matrix<float>& x) const {
    thread_local std::vector<std::int32_t> net;
    const std::int32_t* emitted = state.state.row(r);
    net.assign(emitted, emitted + x.columns());
    if (counts_signs_apart(neuron(site)))
      for (std::size_t j = 0; j < net.size(); ++j) net[j] -= emitted[net.size() + j];
    for (std::size_t j = 0; j < net.size(); ++j) state.counts.row(r)[j] = static_cast<std::int16_t>(net[j]);
    scale_counts(parameters.threshold, net.data(), offset_of(site), x.row(r));
  }

  void add_weights(const WeightMatrix& matrix, Site input, Matrix<float>& y) {
    std::optional<CountBatch>& batch = at(batches_, input);
    if (!batch) batch.emplace(at(states_, input).counts, rows_);
    Matrix<std::int32_t> accumulators(y.rows(), padded_outputs(y.columns()));
    accumulate(*matrix.integer, *batch, accumulators);
    const std::vector<float> scale = matrix.output_scale(at(calibration_, input)->threshold.front());
    parallel_for(
        rows_.size(),
        [&](std::size_t k) {
          const std::uint32_t r = rows_[k];
          scale_counts(scale, accumulators.row(r), offset_of(input), matrix.integer->row_sums().data(), y.row(r));
        },
        kGrain);
  }

  void record(Site site, const Matrix<float>& drive) const {
    const SiteCalibration& parameters = *at(calibration_, site);
    const double taken_off = static_cast<double>(offset(neuron(site))) * steps(site) / timesteps_;
    const LevelRange* range = std::visit(
        [](const auto& n) -> const LevelRange* {
          if constexpr (requires { n.range; } && !std::is_same_v<std::decay_t<decltype(n)>, IntegerSpiking>)
            return &n.range;
          else
            return nullptr;  // limited in each step only
        },
        neuron(site));
    SiteRecord<float>& record = at(record_->sites, site);
    record.step = acts(site) ? steps(site) : 0;
    record.drive = rows_from<float>(drive, first());
    record.count = Matrix<float>(rows_.size(), drive.columns());
    record.response = Matrix<Response>(rows_.size(), drive.columns());
    parallel_for(rows_.size(), [&](std::size_t k) {
      const std::int16_t* counts = at(states_, site).counts.row(rows_[k]);
      for (std::size_t j = 0; j < drive.columns(); ++j) {
        const double level = std::floor(static_cast<double>(drive.row(rows_[k])[j] / parameters.threshold[j] +
                                                            (parameters.initial_potential[j] + added(site))) +
                                        taken_off);
        record.count.row(k)[j] = static_cast<float>(counts[j] - taken_off);
        record.response.row(k)[j] = steps(site) == 0                                          ? Response::saturated
                                    : !acts(site)                                             ? Response::held
                                    : level == counts[j]                                      ? Response::follows
                                    : range != nullptr && saturates(level, counts[j], *range) ? Response::saturated
                                                                                              : Response::held;
      }
    });
  }
  static bool saturates(double level, std::int32_t count, LevelRange range) {
    return (level > range.high && count == range.high) || (level < range.low && count == range.low);
  }

  const QuantizedBlock& block_;
  const BlockNeurons& neurons_;
  const BlockCalibration& calibration_;
  std::uint32_t timesteps_, step_ = 0, last_step_ = 0;
  const BlockPhases& first_step_;
  std::span<const std::uint32_t> rows_;
  const Matrix<float>* hidden_ = nullptr;
  StepRecord<float>* record_ = nullptr;
  const SpikingBlock::Observer* observer_ = nullptr;
  PerSite<SiteState> states_;
  PerSite<std::vector<float>> added_;  // Σ δ after each step (T); empty: 0
  PerSite<const Matrix<float>*> values_{};
  PerSite<std::optional<CountBatch>> batches_;  // of the sites that feed integer products
};

/// The populations in the order in which spikes pass them; those of one stage start together if they wait as long.
BlockPhases first_steps(const BlockPhases& phases) {
  BlockPhases first{};
  std::uint32_t begun = 1;
  for (const std::vector<Site>& stage : kStages) {
    for (const Site site : stage) at(first, site) = begun + at(phases, site);
    for (const Site site : stage) begun = std::max(begun, at(first, site));
  }
  return first;
}

}  // namespace

std::uint32_t lag(const BlockPhases& phases) {
  return at(first_steps(phases), kStages.back().front()) - 1;
}

SpikingBlock::SpikingBlock(const BlockConstants& constants, const QuantizedBlock& block, const BlockNeurons& neurons,
                           std::uint32_t timesteps, const BlockPhases& phases)
    : constants_(constants), block_(block), neurons_(neurons), timesteps_(timesteps), phases_(phases) {}

BlockPhases SpikingBlock::phases(const BlockCalibration& calibration) const {
  BlockPhases phases = phases_;
  for (const Site site : kAllSites)
    if (at(calibration, site)) at(phases, site) = at(calibration, site)->phase.value_or(at(phases_, site));
  return phases;
}

void SpikingBlock::run(const BlockCalibration& calibration, const KvCache& prefix, SteppedStream& stream,
                       const Observer& observer, std::vector<StepRecord<float>>* records) const {
  const std::vector<std::uint32_t> rows = row_range(prefix.key.rows(), stream.front().rows());
  KvCache cache = prefix;
  cache.key.resize_rows(stream.front().rows());
  cache.value.resize_rows(stream.front().rows());
  BlockBuffers buffers;
  const BlockPhases first_step = first_steps(phases(calibration));
  const std::uint32_t lag = models::lag(phases(calibration)), steps = timesteps_ + lag;
  SpikingArithmetic arithmetic(block_, neurons_, calibration, timesteps_, first_step, rows);
  arithmetic.observe(observer, steps);
  if (records != nullptr) records->assign(steps, {});
  const Matrix<float> whole = lag > 0 ? stream.back() : Matrix<float>();
  for (std::uint32_t step = 1; step <= steps; ++step) {
    Matrix<float> hidden = step > timesteps_ ? Matrix<float>(whole) : std::move(stream[step - 1]);
    arithmetic.begin_step(step, hidden, records != nullptr ? &(*records)[step - 1] : nullptr);
    forward_block(constants_, arithmetic, rows, hidden, OneSequence(cache), buffers);
    if (step > lag) stream[step - lag - 1] = std::move(hidden);
  }
}

}  // namespace snnsim::models
