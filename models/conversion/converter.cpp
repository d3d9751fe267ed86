#include "models/conversion/converter.hpp"

#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/neurons/reach.hpp"
#include "models/llama/operators.hpp"

namespace snnsim::models {

namespace {

/// Adds one decoder block after another to a graph.
class GraphBuilder {
 public:
  GraphBuilder(const QuantizedModel& model, const ConversionOptions& options, SpikingModel& result)
      : model_(model),
        config_(model.dense->config()),
        rotation_(model.dense->rotation().get()),
        options_(options),
        result_(result),
        graph_(result.graph) {}

  void build() {
    result_.timesteps = options_.timesteps;
    result_.exact = options_.calibration == nullptr && options_.refinement == 1;
    NodeId stream = graph_.add(Source{config_.hidden_size, options_.embedding});
    for (std::size_t k = 0; k < model_.blocks.size(); ++k) result_.streams.push_back(stream = add_block(k, stream));
    if (rotation_ != nullptr) stream = add_rotation(rotation_->stream, 1, stream, RotationOperator::Direction::undo);
    graph_.set_output(add_optional(std::string(kFinalIn), model_.blocks.back().final_in,
                                   add_norm(model_.dense->final_norm_gain(), stream)));
    graph_.finish();
  }

 private:
  NodeId add_block(std::size_t k, NodeId stream) {
    result_.sites.emplace_back();
    parameters_ = options_.calibration != nullptr ? options_.calibration->blocks[k]
                                                  : uncalibrated(model_.blocks[k], options_.refinement);
    const BlockConstants& constants = model_.dense->block(k);
    add_site(k, Site::attn_in, add_norm(constants.attention_norm, stream));
    add_site(k, Site::q, add_rope(add_projection(k, MatrixName::query)));
    add_site(k, Site::k, add_rope(add_projection(k, MatrixName::key)));
    add_site(k, Site::v, add_projection(k, MatrixName::value));
    add_site(k, Site::attn_out, add_attention(k));
    stream = add_sum(stream, add_projection(k, MatrixName::output));
    add_site(k, Site::mlp_in, add_norm(constants.mlp_norm, stream));
    const NodeId gate = add_projection(k, MatrixName::gate), up = add_projection(k, MatrixName::up);
    const NodeId inner = graph_.add(std::make_shared<SwiGluOperator>(config_.intermediate_size), {gate, up});
    add_site(k, Site::mlp_mid, rotation_ != nullptr ? add_rotation(rotation_->inner, 1, inner) : inner);
    return add_sum(stream, add_projection(k, MatrixName::down));
  }

  NodeId site(std::size_t k, Site site) const { return at(result_.sites[k], site); }

  void add_site(std::size_t k, Site site, NodeId drive) {
    const std::optional<ActivationQuantizer>& quantizer = at(model_.blocks[k].sites, site);
    at(result_.sites[k], site) =
        quantizer ? add_population(population_name(k, site), quantizer->range, *at(parameters_, site), drive) : drive;
  }

  /// An optional site; its thresholds are not calibrated.
  NodeId add_optional(const std::string& name, const std::optional<ActivationQuantizer>& quantizer, NodeId drive) {
    if (!quantizer) return drive;
    SiteCalibration parameters{quantizer->step, std::vector<float>(quantizer->step.size(), 0.5F)};
    for (float& threshold : parameters.threshold) threshold /= static_cast<float>(options_.refinement);
    return add_population(name, quantizer->range, parameters, drive);
  }

  NodeId add_population(const std::string& name, LevelRange range, const SiteCalibration& parameters, NodeId drive) {
    Population population{.name = name,
                          .neuron = options_.neuron(name, range),
                          .range = range,
                          .threshold = parameters.threshold,
                          .initial_potential = parameters.initial_potential,
                          .step_potential = step_potential(parameters)};
    population.range = reach(population.neuron, range);
    if (options_.phase) population.phase = options_.phase(name);
    if (parameters.phase) population.phase = parameters.phase;
    result_.exact = result_.exact && population.range == range &&
                    exact(population.neuron, options_.input ? options_.input(name) : InputPattern{});
    return graph_.add(std::move(population), drive);
  }

  NodeId add_projection(std::size_t k, MatrixName name) {
    const QuantizedBlock& block = model_.blocks[k];
    const WeightMatrix& matrix = weights_of(block, parameters_, name);
    Projection projection{.name = fmt::format("blocks.{}.{}", k, models::name(name)),
                          .synapses = FloatSynapses{matrix.floating},
                          .weight_bits = model_.weight_bits,
                          .axon = options_.axon};
    const auto& input = at(parameters_, input_of(name));
    if (block.integer_product(name) && matrix.fits(input->threshold)) {
      check_overflow(*matrix.integer, graph_.population(site(k, input_of(name))).range, projection.name);
      projection.synapses = IntegerSynapses{matrix.integer, matrix.output_scale(input->threshold.front())};
    }
    const NodeId product = graph_.add(std::move(projection), site(k, input_of(name)));
    return add_bias(add_bias(product, at(parameters_.bias, name)), at(model_.dense->block(k).bias, name));
  }

  NodeId add_bias(NodeId product, const std::vector<float>& bias) {
    return bias.empty() ? product : graph_.add(std::make_shared<BiasOperator>(bias), {product});
  }

  /// A neuron's net count stays within the range that it reaches, plus at most one spike a step beyond it.
  void check_overflow(const IntegerWeights& weights, LevelRange input, const std::string& name) const {
    const std::int64_t count = input.high - input.low + std::int64_t{options_.timesteps};
    if (count > std::numeric_limits<std::int32_t>::max() / std::max<std::int64_t>(1, weights.max_row_magnitude()))
      throw ConfigurationError(fmt::format("projection {} could overflow its 32-bit accumulators", name),
                               "use fewer weight_bits, activation_bits or timesteps");
  }

  NodeId add_norm(const std::vector<float>& gain, NodeId stream) {
    return graph_.add(std::make_shared<RmsNormOperator>(gain, config_.rms_norm_epsilon), {stream});
  }
  NodeId add_rope(NodeId projection) {
    const NodeId turned =
        graph_.add(std::make_shared<RopeOperator>(model_.dense->rope(), graph_.width(projection)), {projection});
    return rotation_ != nullptr ? add_rotation(rotation_->head, 1, turned) : turned;
  }
  NodeId add_attention(std::size_t k) {
    const NodeId attended = model_.blocks[k].probs ? add_weighed_values(k) : add_softmax_of_values(k);
    return rotation_ != nullptr ? add_rotation(rotation_->heads, config_.head_dim, attended) : attended;
  }
  NodeId add_softmax_of_values(std::size_t k) {
    return graph_.add(std::make_shared<AttentionOperator>(attention_shape(config_)),
                      {site(k, Site::q), site(k, Site::k), site(k, Site::v)});
  }
  /// The same with a population of probabilities in it.
  NodeId add_weighed_values(std::size_t k) {
    const NodeId scored = graph_.add(std::make_shared<AttentionProbabilities>(attention_shape(config_), model_.keys),
                                     {site(k, Site::q), site(k, Site::k)});
    const NodeId probs = add_optional(probs_name(k), for_keys(*model_.blocks[k].probs, model_.keys), scored);
    return graph_.add(std::make_shared<WeighedValues>(attention_shape(config_)), {probs, site(k, Site::v)});
  }
  NodeId add_rotation(const Rotation& rotation, std::size_t columns, NodeId input,
                      RotationOperator::Direction direction = RotationOperator::Direction::apply) {
    return graph_.add(std::make_shared<RotationOperator>(rotation, columns, graph_.width(input), direction), {input});
  }
  NodeId add_sum(NodeId a, NodeId b) { return graph_.add(std::make_shared<Sum>(config_.hidden_size), {a, b}); }

  const QuantizedModel& model_;
  const LlamaConfig& config_;
  const ModelRotation* rotation_;
  const ConversionOptions& options_;
  SpikingModel& result_;
  SpikingGraph& graph_;
  BlockCalibration parameters_;  // of the block that is being added
};

}  // namespace

SpikingModel convert(const QuantizedModel& model, const ConversionOptions& options) {
  SpikingModel result;
  GraphBuilder(model, options, result).build();
  return result;
}

}  // namespace snnsim::models
