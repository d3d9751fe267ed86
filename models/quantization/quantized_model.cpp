#include "models/quantization/quantized_model.hpp"

#include <algorithm>
#include <cmath>

#include "core/kernels/quantize_row.hpp"
#include "models/checkpoint/mapped_pages.hpp"

namespace snnsim::models {

namespace {

constexpr std::size_t kGrain = 4;  // rows of a task

/// Rounds a row to counts. Returns the step of its first channel.
float quantize_token(const ActivationQuantizer& quantizer, std::span<float> x, std::int16_t* counts) {
  if (!quantizer.dynamic()) {
    quantize_row(x, quantizer.step, quantizer.range, counts);
    return quantizer.step.front();
  }
  const std::size_t group = x.size() / quantizer.token_groups;
  thread_local std::vector<float> steps;
  steps.resize(x.size());
  for (std::size_t first = 0; first < x.size(); first += group) {
    float largest = 0;
    for (const float value : x.subspan(first, group)) largest = std::max(largest, std::abs(value));
    std::fill_n(steps.begin() + static_cast<std::ptrdiff_t>(first), group, token_step(largest, quantizer.range));
  }
  quantize_row(x, steps, quantizer.range, counts);
  return steps.front();
}

/// What becomes of rows of a site.
struct QuantizedRows {
  Matrix<std::int16_t>& counts;  // (· × padded width)
  std::vector<float> step;       // of the first channel, of each row; only if it is dynamic

  void quantize(const ActivationQuantizer& quantizer, std::span<const std::uint32_t> rows, Matrix<float>& x) {
    if (counts.rows() != x.rows()) counts = Matrix<std::int16_t>(x.rows(), padded_inputs(x.columns()));
    step.resize(quantizer.dynamic() ? x.rows() : 0);
    parallel_for(
        rows.size(),
        [&](std::size_t k) {
          const std::uint32_t r = rows[k];
          const float first = quantize_token(quantizer, {x.row(r), x.columns()}, counts.row(r));
          if (!step.empty()) step[r] = first;
        },
        kGrain);
  }
};

/// Where the probabilities of a block are, if they are quantized.
struct ProbabilityRows {
  std::size_t keys;
  Matrix<float>& values;
  Matrix<std::int16_t>& counts;
};

/// QANN arithmetic: a site rounds to counts, a product adds integer weights.
class QuantizedArithmetic {
 public:
  using Observer = QuantizedSequence::Observer;
  QuantizedArithmetic(std::size_t k, const QuantizedBlock& block, std::span<const std::uint32_t> rows,
                      PerSite<Matrix<std::int16_t>>& counts, const ProbabilityRows& probabilities,
                      const Observer& observer)
      : k_(k), block_(block), rows_(rows), counts_(counts), probabilities_(probabilities), observer_(observer) {}

  void site(Site site, Matrix<float>& x) {
    at(values_, site) = &x;
    const std::optional<ActivationQuantizer>& quantizer = at(block_.sites, site);
    if (!quantizer) return;
    QuantizedRows result{at(counts_, site), {}};
    result.quantize(*quantizer, rows_, x);
    at(token_steps_, site) = std::move(result.step);
    if (observer_) observer_(population_name(k_, site), at(counts_, site));
  }

  void product(MatrixName name, Matrix<float>& y) {
    const Site input = input_of(name);
    const WeightMatrix& matrix = block_.matrix(name);
    if (!block_.integer_product(name))
      return multiply(*matrix.floating, *at(values_, input), rows_, y, OutputRows::scattered);
    std::optional<CountBatch>& batch = at(batches_, input);
    if (!batch) batch.emplace(at(counts_, input), rows_);
    multiply(*matrix.integer, *batch, block_.output_scale(name), y);
    if (const std::vector<float>& steps = at(token_steps_, input); !steps.empty())
      for (const std::uint32_t r : rows_)
        for (float& value : std::span(y.row(r), y.columns())) value *= steps[r];
  }

  void attend(const AttentionShape& shape, const Matrix<float>& q, const Matrix<float>& key, const Matrix<float>& value,
              std::span<const std::uint32_t> rows, Matrix<float>& y) {
    if (!block_.probs) return attention(shape, q, key, value, rows, y);
    probabilities_.values.reshape(q.rows(), shape.heads * probabilities_.keys);
    attention_probabilities(shape, q, key, rows, probabilities_.values);
    const ActivationQuantizer quantizer = for_keys(*block_.probs, probabilities_.keys);
    QuantizedRows{probabilities_.counts, {}}.quantize(quantizer, rows, probabilities_.values);
    if (observer_) observer_(probs_name(k_), probabilities_.counts);
    weigh_values(shape, probabilities_.values, value, rows, y);
  }

 private:
  std::size_t k_;
  const QuantizedBlock& block_;
  std::span<const std::uint32_t> rows_;
  PerSite<Matrix<std::int16_t>>& counts_;
  ProbabilityRows probabilities_;
  const Observer& observer_;
  PerSite<const Matrix<float>*> values_{};
  PerSite<std::vector<float>> token_steps_;     // of rows, at dynamic sites
  PerSite<std::optional<CountBatch>> batches_;  // of the sites that feed integer products
};

}  // namespace

float token_step(float largest, LevelRange range) {
  const float step = largest / static_cast<float>(range.high);
  return std::isnormal(step) ? step : 1.0F;
}

ActivationQuantizer for_keys(const ActivationQuantizer& probs, std::size_t keys) {
  ActivationQuantizer wide{probs.range, {}};
  for (const float step : probs.step) wide.step.insert(wide.step.end(), keys, step);
  return wide;
}

std::vector<float> QuantizedBlock::output_scale(MatrixName name) const {
  const ActivationQuantizer& input = *at(sites, input_of(name));
  return matrix(name).output_scale(input.dynamic() ? 1.0F : input.step.front());
}

bool QuantizedBlock::integer_product(MatrixName name) const {
  return matrix(name).integer != nullptr && at(sites, input_of(name)).has_value();
}

QuantizedSequence::QuantizedSequence(const QuantizedModel& model)
    : model_(model),
      hidden_(0, model.dense->config().hidden_size),
      normalised_(0, model.dense->config().hidden_size),
      caches_(empty_caches(model.dense->config())) {}

void QuantizedSequence::append_prefix(const DenseSequence& dense, std::size_t prefix) {
  hidden_.resize_rows(prefix);
  normalised_.resize_rows(prefix);
  for (std::size_t k = 0; k < caches_.size(); ++k)
    caches_[k] = model_.dense->adopt(dense.model(), dense.cache(k), prefix);
}

void QuantizedSequence::append(std::span<const TokenId> tokens, const Observer& observer) {
  const std::vector<std::uint32_t> rows = append_embedded(*model_.dense, tokens, hidden_, caches_);
  const ProbabilityRows probabilities{model_.keys, probabilities_, probability_counts_};
  for (std::size_t k = 0; k < caches_.size(); ++k) {
    trim_mapped_pages();
    QuantizedArithmetic arithmetic(k, model_.blocks[k], rows, counts_, probabilities, observer);
    forward_block(model_.dense->block(k), arithmetic, rows, hidden_, OneSequence(caches_[k]), buffers_);
  }
  normalised_.resize_rows(hidden_.rows());
  model_.dense->final_norm(hidden_, rows, normalised_);
  const std::optional<ActivationQuantizer>& quantizer = model_.blocks.back().final_in;
  if (!quantizer) return;
  QuantizedRows{final_counts_, {}}.quantize(*quantizer, rows, normalised_);
  if (observer) observer(std::string(kFinalIn), final_counts_);
}

}  // namespace snnsim::models
