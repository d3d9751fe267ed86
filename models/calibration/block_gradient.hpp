#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "models/calibration/operator_gradients.hpp"
#include "models/calibration/step_record.hpp"
#include "models/llama/block_forward.hpp"

namespace snnsim::models {

/// The gradient by what calibration may change of one population, channel by channel (width).
template <typename Real>
struct SiteGradient {
  std::vector<Real> threshold;          // by θ
  std::vector<Real> initial_potential;  // by v(0)/θ
  std::vector<Real> step_offset{};      // by δ(t)/θ, of all channels together (T); as long as steps were seen
};

/// Parameters as the derivative reads them: θ and v(0)/θ are in the records already.
template <typename Real>
using SiteThresholds = PerSite<std::vector<Real>>;

/// Reverse mode through all steps of a spiking block: the gradient of a number by thresholds, initial potentials, the
/// offsets of steps and weights, from that by the block's output after the last step. The floor of a level passes its
/// gradient straight through; where a neuron was held by what it can emit in a step, its count is that of the step
/// before, and the gradient goes there.
///
/// `Maps` has the transposes of the block's linear maps for Real:
///   transpose(MatrixName, const Matrix<Real>& dy, Matrix<Real>& dx)   dx (rows × in) += Wᵀ dy
///   undo_rope(row, span<Real>), undo_head(span<Real>), undo_heads(span<Real>), undo_inner(span<Real>)
///   gain(Site), epsilon(): of the norm before attn_in or mlp_in; shape(): of the attention
template <typename Real, typename Maps>
class BlockGradient {
 public:
  /// prefix: (prefix × kv_heads * head_dim) each.
  /// by_weights: also the gradient by the weights, which costs about as much as all else.
  BlockGradient(const Maps& maps, const SiteThresholds<Real>& thresholds, const Matrix<Real>& prefix_key,
                const Matrix<Real>& prefix_value, bool by_weights = false)
      : maps_(maps),
        thresholds_(thresholds),
        prefix_key_(prefix_key),
        prefix_value_(prefix_value),
        by_weights_(by_weights) {
    for (const Site site : kAllSites) {
      at(gradients_, site).threshold.resize(at(thresholds, site).size());
      at(gradients_, site).initial_potential.resize(at(thresholds, site).size());
    }
  }

  /// Adds the gradient of one sequence; doutput: (rows × hidden).
  void add(const std::vector<StepRecord<Real>>& steps, const Matrix<Real>& doutput) {
    for (Matrix<Real>& held : held_) held = {};
    for (std::size_t t = steps.size(); t-- > 0;) {
      const bool last = t + 1 == steps.size();
      add_step(steps[t], last ? doutput : Matrix<Real>(doutput.rows(), doutput.columns()));
      if (std::ranges::all_of(held_, [](const Matrix<Real>& held) { return is_zero(held); })) break;
    }
  }

  const PerSite<SiteGradient<Real>>& gradients() const { return gradients_; }
  /// By each weight (out × in); of size 0 for products that were not seen or not asked for.
  const PerMatrix<Matrix<Real>>& weights() const { return weights_; }

 private:
  static bool is_zero(const Matrix<Real>& x) {
    return std::ranges::all_of(x.values(), [](Real value) { return value == 0; });
  }
  static std::span<Real> row(Matrix<Real>& x, std::size_t r) { return {x.row(r), x.columns()}; }
  static std::span<const Real> row(const Matrix<Real>& x, std::size_t r) { return {x.row(r), x.columns()}; }

  /// One step: dhidden is the gradient by the residual stream behind the block.
  void add_step(const StepRecord<Real>& step, Matrix<Real> dhidden) {
    const std::size_t rows = step.middle.rows();
    Matrix<Real> dinner =
        through_site(step, Site::mlp_mid, transposed(step, {{MatrixName::down, &dhidden}}, Site::mlp_mid));
    Matrix<Real> dgate(rows, step.gate.columns()), dup(rows, step.up.columns());
    parallel_for(rows, [&](std::size_t r) {
      maps_.undo_inner(row(dinner, r));
      swiglu_gradient<Real>(row(step.gate, r), row(step.up, r), row(dinner, r), row(dgate, r), row(dup, r));
    });
    const Matrix<Real> dnormalised = through_site(
        step, Site::mlp_in, transposed(step, {{MatrixName::gate, &dgate}, {MatrixName::up, &dup}}, Site::mlp_in));
    parallel_for(rows, [&](std::size_t r) {
      add_rms_norm_gradient<Real>(row(step.middle, r), maps_.gain(Site::mlp_in), maps_.epsilon(), row(dnormalised, r),
                                  row(dhidden, r));
    });
    through_attention(step, dhidden);
  }

  void through_attention(const StepRecord<Real>& step, const Matrix<Real>& dmiddle) {
    Matrix<Real> dattended =
        through_site(step, Site::attn_out, transposed(step, {{MatrixName::output, &dmiddle}}, Site::attn_out));
    parallel_for(dattended.rows(), [&](std::size_t r) { maps_.undo_heads(row(dattended, r)); });
    Matrix<Real> dq, dk, dv;
    attention_gradient(maps_.shape(), values(step, Site::q, {}), values(step, Site::k, prefix_key_),
                       values(step, Site::v, prefix_value_), dattended, dq, dk, dv);
    dq = through_site(step, Site::q, std::move(dq));
    dk = through_site(step, Site::k, std::move(dk));
    dv = through_site(step, Site::v, std::move(dv));
    parallel_for(dq.rows(), [&](std::size_t r) {
      for (Matrix<Real>* d : {&dq, &dk}) {
        maps_.undo_head(row(*d, r));
        maps_.undo_rope(r, row(*d, r));
      }
    });
    through_site(
        step, Site::attn_in,
        transposed(step, {{MatrixName::query, &dq}, {MatrixName::key, &dk}, {MatrixName::value, &dv}}, Site::attn_in));
  }

  struct Product {
    MatrixName name;
    const Matrix<Real>* dy;
  };
  /// The gradient by the value of a site, from those by the products that it feeds.
  Matrix<Real> transposed(const StepRecord<Real>& step, std::initializer_list<Product> products, Site site) {
    Matrix<Real> dx(products.begin()->dy->rows(), at(thresholds_, site).size());
    for (const Product& product : products) {
      if (is_zero(*product.dy)) continue;
      maps_.transpose(product.name, *product.dy, dx);
      if (by_weights_) add_products(*product.dy, values(step, site, {}), at(weights_, product.name));
    }
    return dx;
  }

  /// dw (out × in) += dyᵀ x, rows in order.
  static void add_products(const Matrix<Real>& dy, const Matrix<Real>& x, Matrix<Real>& dw) {
    if (dw.rows() == 0) dw = Matrix<Real>(dy.columns(), x.columns());
    parallel_for(dw.rows(), [&](std::size_t i) {
      for (std::size_t r = 0; r < dy.rows(); ++r)
        for (std::size_t j = 0; j < x.columns(); ++j) dw.row(i)[j] += dy.row(r)[i] * x.row(r)[j];
    });
  }

  /// What a site has handed on, `above` in front.
  Matrix<Real> values(const StepRecord<Real>& step, Site site, const Matrix<Real>& above) const {
    const Matrix<Real>& count = at(step.sites, site).count;
    const std::vector<Real>& threshold = at(thresholds_, site);
    Matrix<Real> value(above.rows() + count.rows(), count.columns());
    std::ranges::copy(above.values(), value.values().begin());
    for (std::size_t r = 0; r < count.rows(); ++r)
      for (std::size_t j = 0; j < count.columns(); ++j) value.row(above.rows() + r)[j] = count.row(r)[j] * threshold[j];
    return value;
  }

  /// From the gradient by what a population has emitted, value = θ count, to that by its drive X, in place: level =
  /// X / θ + v(0)/θ + α t. Rows in order, so that sums do not depend on threads.
  Matrix<Real> through_site(const StepRecord<Real>& step, Site site, Matrix<Real> dvalue) {
    const SiteRecord<Real>& record = at(step.sites, site);
    const std::vector<Real>& threshold = at(thresholds_, site);
    SiteGradient<Real>& gradient = at(gradients_, site);
    Matrix<Real>& held = at(held_, site);
    if (held.rows() == 0) held = Matrix<Real>(dvalue.rows(), dvalue.columns());
    Real by_levels = 0;
    for (std::size_t r = 0; r < dvalue.rows(); ++r)
      for (std::size_t j = 0; j < dvalue.columns(); ++j) {
        const Real by_count = dvalue.row(r)[j] * threshold[j] + held.row(r)[j];
        const Response response = record.response.row(r)[j];
        const Real by_level = response == Response::follows ? by_count : 0;
        held.row(r)[j] = response == Response::held ? by_count : 0;
        gradient.threshold[j] += dvalue.row(r)[j] * record.count.row(r)[j] -
                                 by_level * record.drive.row(r)[j] / (threshold[j] * threshold[j]);
        gradient.initial_potential[j] += by_level;
        by_levels += by_level;
        dvalue.row(r)[j] = by_level / threshold[j];
      }
    add_offsets(gradient.step_offset, record.step, by_levels);
    return dvalue;
  }

  /// The level of step t has all δ up to t in it.
  static void add_offsets(std::vector<Real>& offsets, std::size_t step, Real by_levels) {
    offsets.resize(std::max(offsets.size(), step));
    for (std::size_t t = 0; t < step; ++t) offsets[t] += by_levels;
  }

  const Maps& maps_;
  const SiteThresholds<Real>& thresholds_;
  const Matrix<Real>&prefix_key_, &prefix_value_;
  bool by_weights_;
  PerSite<SiteGradient<Real>> gradients_;
  PerMatrix<Matrix<Real>> weights_;
  PerSite<Matrix<Real>> held_;  // gradient by the counts of the step before
};

}  // namespace snnsim::models
