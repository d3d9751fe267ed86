#include "tests/support/naive_llama.hpp"

#include <algorithm>
#include <cmath>

namespace snnsim::tests {
namespace {

using Vector = std::vector<double>;

class NaiveLlama {
 public:
  NaiveLlama(const nlohmann::json& config, const NamedValues& weights)
      : config_(config),
        weights_(weights),
        hidden_(config.at("hidden_size")),
        heads_(config.at("num_attention_heads")),
        kv_heads_(config.value("num_key_value_heads", heads_)),
        head_dim_(config.contains("head_dim") && !config["head_dim"].is_null() ? config["head_dim"].get<std::size_t>()
                                                                               : hidden_ / heads_) {}

  std::vector<Vector> logits(const std::vector<int>& tokens) const {
    std::vector<Vector> stream;
    for (const int token : tokens) {
      const Vector& table = weights_.at("model.embed_tokens.weight");
      const auto row = table.begin() + static_cast<std::ptrdiff_t>(hidden_) * token;
      stream.emplace_back(row, row + static_cast<std::ptrdiff_t>(hidden_));
    }
    for (std::size_t k = 0; k < config_.at("num_hidden_layers"); ++k) block(k, stream);
    const bool tied = config_.value("tie_word_embeddings", false);
    std::vector<Vector> result;
    for (const Vector& x : stream)
      result.push_back(product(tied ? "model.embed_tokens.weight" : "lm_head.weight", norm("model.norm", x)));
    return result;
  }

 private:
  Vector product(const std::string& name, const Vector& x) const {
    const Vector& matrix = weights_.at(name);
    Vector y(matrix.size() / x.size(), 0.0);
    for (std::size_t i = 0; i < y.size(); ++i)
      for (std::size_t j = 0; j < x.size(); ++j) y[i] += matrix[i * x.size() + j] * x[j];
    return y;
  }

  Vector linear(const std::string& name, const Vector& x) const {
    Vector y = product(name + ".weight", x);
    if (const auto bias = weights_.find(name + ".bias"); bias != weights_.end())
      for (std::size_t i = 0; i < y.size(); ++i) y[i] += bias->second[i];
    return y;
  }

  Vector norm(const std::string& name, Vector x) const {
    double square = 0;
    for (const double value : x) square += value * value;
    const double scale = 1 / std::sqrt(square / static_cast<double>(x.size()) + config_.value("rms_norm_eps", 1e-6));
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= scale * weights_.at(name + ".weight")[i];
    return x;
  }

  /// Radians that pair i turns per position.
  double frequency(std::size_t i) const {
    const nlohmann::json none = nlohmann::json::object();
    const nlohmann::json& newer = config_.contains("rope_parameters") ? config_["rope_parameters"] : none;
    const bool older = config_.contains("rope_scaling") && config_["rope_scaling"].is_object();
    const nlohmann::json& scaling = older ? config_["rope_scaling"] : newer;
    const double theta = newer.value("rope_theta", config_.value("rope_theta", 10000.0));
    const double f = 1 / std::pow(theta, 2.0 * static_cast<double>(i) / static_cast<double>(head_dim_));
    const std::string type = scaling.value("rope_type", scaling.value("type", "default"));
    if (type == "linear") return f / scaling.at("factor").get<double>();
    if (type != "llama3") return f;
    const double factor = scaling.at("factor"), low = scaling.at("low_freq_factor"),
                 high = scaling.at("high_freq_factor"), context = scaling.at("original_max_position_embeddings");
    const double wavelength = 2 * 3.14159265358979323846 / f;
    if (wavelength < context / high) return f;
    if (wavelength > context / low) return f / factor;
    const double smooth = (context / wavelength - low) / (high - low);
    return (1 - smooth) * f / factor + smooth * f;
  }

  void rotate(Vector& x, std::size_t position) const {
    const std::size_t half = head_dim_ / 2;
    for (std::size_t head = 0; head < x.size() / head_dim_; ++head)
      for (std::size_t i = 0; i < half; ++i) {
        double &a = x[head * head_dim_ + i], &b = x[head * head_dim_ + i + half];
        const double angle = static_cast<double>(position) * frequency(i), c = std::cos(angle), s = std::sin(angle);
        const double turned = a * c - b * s;
        b = a * s + b * c;
        a = turned;
      }
  }

  /// What head h of a query sees of the keys and values so far.
  Vector attend(const Vector& q, const std::vector<Vector>& k, const std::vector<Vector>& v, std::size_t h) const {
    const std::size_t mine = h * head_dim_, theirs = h / (heads_ / kv_heads_) * head_dim_;
    Vector score(k.size(), 0.0);
    for (std::size_t p = 0; p < k.size(); ++p) {
      for (std::size_t i = 0; i < head_dim_; ++i) score[p] += q[mine + i] * k[p][theirs + i];
      score[p] /= std::sqrt(static_cast<double>(head_dim_));
    }
    const double largest = *std::max_element(score.begin(), score.end());
    double sum = 0;
    for (double& s : score) sum += s = std::exp(s - largest);
    Vector y(head_dim_, 0.0);
    for (std::size_t p = 0; p < k.size(); ++p)
      for (std::size_t i = 0; i < head_dim_; ++i) y[i] += score[p] / sum * v[p][theirs + i];
    return y;
  }

  void block(std::size_t index, std::vector<Vector>& stream) const {
    const std::string prefix = "model.layers." + std::to_string(index) + ".";
    std::vector<Vector> keys, values;
    for (std::size_t p = 0; p < stream.size(); ++p) {
      const Vector x = norm(prefix + "input_layernorm", stream[p]);
      Vector q = linear(prefix + "self_attn.q_proj", x), k = linear(prefix + "self_attn.k_proj", x);
      rotate(q, p);
      rotate(k, p);
      keys.push_back(k);
      values.push_back(linear(prefix + "self_attn.v_proj", x));
      Vector attended;
      for (std::size_t h = 0; h < heads_; ++h) {
        const Vector one = attend(q, keys, values, h);
        attended.insert(attended.end(), one.begin(), one.end());
      }
      add(stream[p], linear(prefix + "self_attn.o_proj", attended));
    }
    for (Vector& x : stream) add(x, mlp(prefix + "mlp.", norm(prefix + "post_attention_layernorm", x)));
  }

  Vector mlp(const std::string& prefix, const Vector& x) const {
    Vector gate = linear(prefix + "gate_proj", x);
    const Vector up = linear(prefix + "up_proj", x);
    for (std::size_t i = 0; i < gate.size(); ++i) gate[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
    return linear(prefix + "down_proj", gate);
  }

  static void add(Vector& to, const Vector& from) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
  }

  const nlohmann::json& config_;
  const NamedValues& weights_;
  std::size_t hidden_, heads_, kv_heads_, head_dim_;
};

}  // namespace

std::vector<std::vector<double>> naive_logits(const nlohmann::json& config, const NamedValues& weights,
                                              const std::vector<int>& tokens) {
  return NaiveLlama(config, weights).logits(tokens);
}

}  // namespace snnsim::tests
