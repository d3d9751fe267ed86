#include "models/calibration/block_gradient.hpp"

#include <doctest/doctest.h>

#include "tests/support/finite_differences.hpp"
#include "tests/support/random.hpp"

namespace snnsim::models {
namespace {

constexpr std::size_t kRows = 3, kPrefix = 1, kHidden = 6, kInner = 5, kDim = 4, kSteps = 4;
constexpr AttentionShape kShape{2, 1, kDim};
constexpr double kOffset = 1.5, kMost = 3, kEpsilon = 1e-2;  // α, levels a step, ε
constexpr PerSite<std::size_t> kWidths{kHidden, 2 * kDim, kDim, kDim, 2 * kDim, kHidden, kInner};

Matrix<double> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed, double scale = 1) {
  tests::Random random{seed};
  Matrix<double> matrix(rows, columns);
  for (double& value : matrix.values()) value = scale * random.normal();
  return matrix;
}

/// A block in double precision, straight from its definition, whose neurons do not round: what the gradient is taken
/// of.
class SmoothBlock {
 public:
  SmoothBlock() {
    for (std::size_t m = 0; m < kMatrices; ++m) {
      const std::size_t in = at(kWidths, input_of(kAllMatrices[m]));
      weights_[m] = random_matrix(kOut[m], in, 100 + m, 0.6);
    }
    for (std::size_t t = 1; t <= kSteps; ++t) {
      Matrix<double> hidden = stream_;
      for (double& x : hidden.values()) x *= static_cast<double>(t) / kSteps;
      hidden.row(1)[2] += 3.0 / static_cast<double>(t);  // input that is taken back
      streams_.push_back(hidden);
    }
  }

  /// Σ weight × output after the last step. parameters: θ of all sites, then v(0)/θ of all, then δ(t)/θ of all steps
  /// of each site, then the weights of each matrix.
  double loss(const std::vector<double>& parameters, std::vector<StepRecord<double>>& records) {
    auto next = parameters.begin() + 2 * kAll + kSites * kSteps;
    for (Matrix<double>& matrix : weights_)
      for (double& weight : matrix.values()) weight = *next++;
    PerSite<Matrix<double>> counts;
    for (const Site site : kAllSites) at(counts, site) = Matrix<double>(kRows, at(kWidths, site));
    records.assign(kSteps, {});
    double sum = 0;
    for (std::size_t t = 1; t <= kSteps; ++t) {
      const Matrix<double> output = step(t, parameters, counts, records[t - 1]);
      for (std::size_t i = 0; t == kSteps && i < output.values().size(); ++i)
        sum += output_weight.values()[i] * output.values()[i];
    }
    return sum;
  }

  const PerMatrix<Matrix<double>>& weights() const { return weights_; }

  // What BlockGradient asks for.
  void transpose(MatrixName name, const Matrix<double>& dy, Matrix<double>& dx) const {
    const Matrix<double>& weights = at(weights_, name);
    for (std::size_t r = 0; r < dy.rows(); ++r)
      for (std::size_t i = 0; i < dy.columns(); ++i)
        for (std::size_t j = 0; j < dx.columns(); ++j) dx.row(r)[j] += weights.row(i)[j] * dy.row(r)[i];
  }
  void undo_rope(std::size_t row, std::span<double> x) const { turn(x, -angle(row)); }
  void undo_head(std::span<double> x) const { turn(x, -0.7); }
  void undo_heads(std::span<double> x) const { turn(x, -0.4); }
  void undo_inner(std::span<double> x) const { turn(x, -1.1); }
  std::span<const float> gain(Site) const { return gain_; }
  double epsilon() const { return kEpsilon; }
  AttentionShape shape() const { return kShape; }

  const Matrix<double> prefix_key = random_matrix(kPrefix, kDim, 11), prefix_value = random_matrix(kPrefix, kDim, 12);
  const Matrix<double> output_weight = random_matrix(kRows, kHidden, 13);

 private:
  static constexpr std::array<std::size_t, kMatrices> kOut{2 * kDim, kDim, kDim, kHidden, kInner, kInner, kHidden};

  static double angle(std::size_t row) { return 0.3 * static_cast<double>(row + 1); }
  /// Pairs of neighbours turn: orthogonal, like RoPE and rotations.
  static void turn(std::span<double> x, double angle) {
    for (std::size_t i = 0; i + 1 < x.size(); i += 2) {
      const double a = x[i], b = x[i + 1];
      x[i] = a * std::cos(angle) - b * std::sin(angle);
      x[i + 1] = a * std::sin(angle) + b * std::cos(angle);
    }
  }
  Matrix<double> product(MatrixName name, const Matrix<double>& x) const {
    const Matrix<double>& weights = at(weights_, name);
    Matrix<double> y(x.rows(), weights.rows());
    for (std::size_t r = 0; r < x.rows(); ++r)
      for (std::size_t i = 0; i < weights.rows(); ++i)
        for (std::size_t j = 0; j < weights.columns(); ++j) y.row(r)[i] += weights.row(i)[j] * x.row(r)[j];
    return y;
  }
  Matrix<double> norm(const Matrix<double>& x) const {
    Matrix<double> y = x;
    for (std::size_t r = 0; r < x.rows(); ++r) {
      double squares = 0;
      for (std::size_t i = 0; i < kHidden; ++i) squares += x.row(r)[i] * x.row(r)[i];
      for (std::size_t i = 0; i < kHidden; ++i)
        y.row(r)[i] *= gain_[i] / std::sqrt(squares / static_cast<double>(kHidden) + kEpsilon);
    }
    return y;
  }
  template <typename Each>
  static Matrix<double> turned(Matrix<double> x, const Each& angle_of) {
    for (std::size_t r = 0; r < x.rows(); ++r) turn({x.row(r), x.columns()}, angle_of(r));
    return x;
  }

  /// Emitted values of a site after step t.
  Matrix<double> emit(std::size_t t, Site site, const std::vector<double>& parameters, const Matrix<double>& drive,
                      PerSite<Matrix<double>>& counts, StepRecord<double>& record) const {
    SiteRecord<double>& site_record = at(record.sites, site);
    site_record = {drive, drive, Matrix<Response>(kRows, drive.columns()), static_cast<std::uint32_t>(t)};
    double added = 0;  // Σ δ
    for (std::size_t i = 0; i < t; ++i) added += parameters[2 * kAll + static_cast<std::size_t>(site) * kSteps + i];
    Matrix<double> value = drive;
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t j = 0; j < drive.columns(); ++j) {
        const double theta = parameters[first(site) + j], potential = parameters[kAll + first(site) + j];
        double& count = at(counts, site).row(r)[j];
        const double level = drive.row(r)[j] / theta + potential + kOffset * static_cast<double>(t) + added;
        const double wanted = level - count, emitted = std::clamp(wanted, 0.0, kMost);
        count += emitted;
        site_record.response.row(r)[j] = emitted == wanted ? Response::follows : Response::held;
        site_record.count.row(r)[j] = count - kOffset * static_cast<double>(t);
        value.row(r)[j] = theta * site_record.count.row(r)[j];
      }
    return value;
  }

  Matrix<double> step(std::size_t t, const std::vector<double>& parameters, PerSite<Matrix<double>>& counts,
                      StepRecord<double>& record) const {
    const auto site = [&](Site site, const Matrix<double>& drive) {
      return emit(t, site, parameters, drive, counts, record);
    };
    const Matrix<double>& hidden = streams_[t - 1];
    const Matrix<double> x = site(Site::attn_in, norm(hidden));
    const auto head = [](const Matrix<double>& y) {
      return turned(turned(y, [](std::size_t r) { return angle(r); }), [](std::size_t) { return 0.7; });
    };
    const Matrix<double> q = site(Site::q, head(product(MatrixName::query, x)));
    const Matrix<double> k = site(Site::k, head(product(MatrixName::key, x)));
    const Matrix<double> v = site(Site::v, product(MatrixName::value, x));
    const Matrix<double> attended = site(Site::attn_out, turned(attention(q, k, v), [](std::size_t) { return 0.4; }));
    record.middle = sum(hidden, product(MatrixName::output, attended));
    const Matrix<double> y = site(Site::mlp_in, norm(record.middle));
    record.gate = product(MatrixName::gate, y);
    record.up = product(MatrixName::up, y);
    Matrix<double> inner = record.gate;
    for (std::size_t i = 0; i < inner.values().size(); ++i)
      inner.values()[i] *= record.up.values()[i] / (1 + std::exp(-record.gate.values()[i]));
    inner = site(Site::mlp_mid, turned(inner, [](std::size_t) { return 1.1; }));
    return sum(record.middle, product(MatrixName::down, inner));
  }

  Matrix<double> attention(const Matrix<double>& q, const Matrix<double>& k, const Matrix<double>& v) const {
    Matrix<double> y(kRows, 2 * kDim);
    const auto row_of = [](const Matrix<double>& before, const Matrix<double>& after, std::size_t j) {
      return j < kPrefix ? before.row(j) : after.row(j - kPrefix);
    };
    for (std::size_t h = 0; h < 2; ++h)
      for (std::size_t r = 0; r < kRows; ++r) {
        std::vector<double> p(kPrefix + r + 1);
        double total = 0;
        for (std::size_t j = 0; j < p.size(); ++j) {
          for (std::size_t d = 0; d < kDim; ++d) p[j] += q.row(r)[h * kDim + d] * row_of(prefix_key, k, j)[d];
          total += p[j] = std::exp(p[j] / 2);
        }
        for (std::size_t j = 0; j < p.size(); ++j)
          for (std::size_t d = 0; d < kDim; ++d) y.row(r)[h * kDim + d] += p[j] / total * row_of(prefix_value, v, j)[d];
      }
    return y;
  }
  static Matrix<double> sum(Matrix<double> a, const Matrix<double>& b) {
    for (std::size_t i = 0; i < a.values().size(); ++i) a.values()[i] += b.values()[i];
    return a;
  }

 public:
  static std::size_t first(Site site) {
    std::size_t sum = 0;
    for (const Site before : kAllSites) {
      if (before == site) break;
      sum += at(kWidths, before);
    }
    return sum;
  }
  static constexpr std::size_t kAll = 2 * kHidden + 4 * kDim + 2 * kDim + kInner;  // neurons

 private:
  PerMatrix<Matrix<double>> weights_;
  std::vector<float> gain_{1.2F, 0.8F, 1, -0.5F, 0.9F, 1.1F};
  Matrix<double> stream_ = random_matrix(kRows, kHidden, 14);
  std::vector<Matrix<double>> streams_;
};

}  // namespace

TEST_CASE("the gradient of a spiking block through its steps is that of finite differences") {
  SmoothBlock block;
  REQUIRE(SmoothBlock::first(Site::mlp_mid) + kInner == SmoothBlock::kAll);
  std::vector<double> parameters(2 * SmoothBlock::kAll, 0.5);  // potentials
  for (std::size_t i = 0; i < kSites * kSteps; ++i) parameters.push_back(0.02 * static_cast<double>(i % 5) - 0.03);
  for (const Matrix<double>& matrix : block.weights())
    parameters.insert(parameters.end(), matrix.values().begin(), matrix.values().end());
  tests::Random random{3};
  for (std::size_t i = 0; i < SmoothBlock::kAll; ++i) parameters[i] = 0.3 + 0.2 * random.uniform();
  std::vector<StepRecord<double>> records;
  block.loss(parameters, records);
  std::size_t held = 0, all = 0;
  for (const auto& record : records)
    for (const auto& site : record.sites)
      for (const Response response : site.response.values()) {
        held += response == Response::held ? 1 : 0;
        ++all;
      }
  CHECK(held * 20 > all);  // the way back through time matters
  CHECK(held * 2 < all);

  SiteThresholds<double> thresholds;
  for (const Site site : kAllSites) {
    const auto begin = parameters.begin() + static_cast<std::ptrdiff_t>(SmoothBlock::first(site));
    at(thresholds, site).assign(begin, begin + static_cast<std::ptrdiff_t>(at(kWidths, site)));
  }
  BlockGradient<double, SmoothBlock> gradient(block, thresholds, block.prefix_key, block.prefix_value, true);
  gradient.add(records, block.output_weight);
  std::vector<double> analytic;
  for (const auto& site : gradient.gradients())
    analytic.insert(analytic.end(), site.threshold.begin(), site.threshold.end());
  for (const auto& site : gradient.gradients())
    analytic.insert(analytic.end(), site.initial_potential.begin(), site.initial_potential.end());
  for (const auto& site : gradient.gradients())
    analytic.insert(analytic.end(), site.step_offset.begin(), site.step_offset.end());
  for (const auto& matrix : gradient.weights())
    analytic.insert(analytic.end(), matrix.values().begin(), matrix.values().end());
  std::vector<StepRecord<double>> unused;
  tests::check_gradient([&](const std::vector<double>& at) { return block.loss(at, unused); }, parameters, analytic);
}

}  // namespace snnsim::models
