#include "experiments/network/network_checks.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/glob.hpp"
#include "experiments/run_name.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments {
namespace {

/// Every check knows where in the file its subject stands.
class NetworkChecker {
 public:
  NetworkChecker(const JsonSource& source, const NetworkDescription& network) : source_(source), network_(network) {}

  void check() {
    if (network_.populations.empty())
      fail("populations", "a network needs at least one population",
           R"(add one to "populations", as in {"name": "a", "size": 10})");
    if (network_.executor == Executor::stepped && network_.ticks_per_step != 1)
      fail("ticks_per_step", "the stepped executor knows no ticks",
           R"(set ticks_per_step to 1, or executor to "event")");
    for (std::size_t i = 0; i < network_.inputs.size(); ++i) check_input(child("inputs", i), network_.inputs[i]);
    for (std::size_t i = 0; i < network_.populations.size(); ++i)
      check_population(child("populations", i), network_.populations[i]);
    for (std::size_t i = 0; i < network_.projections.size(); ++i)
      check_projection(child("projections", i), network_.projections[i]);
    for (std::size_t i = 0; i < network_.record.spikes.size(); ++i)
      check_recorded(child("record.spikes", i), network_.record.spikes[i]);
  }

 private:
  /// `path` need not be in the file: then the place is that of what should hold it.
  [[noreturn]] void fail(std::string path, const std::string& cause, const std::string& remedy) const {
    std::string place = source_.place_of_value(path);
    while (place == source_.file() && !path.empty()) {
      path.resize(path.find('.') == std::string::npos ? 0 : path.rfind('.'));
      place = source_.place_of_value(path);
    }
    throw ConfigurationError(fmt::format("{}: {}", place, cause), remedy);
  }

  void add_name(const std::string& path, const std::string& name) {
    if (!is_plain_name(name))
      fail(child(path, "name"), fmt::format("{}.name is needed, and must be a plain name", path),
           "use up to 100 letters, digits, '.', '_', '-', not a '.' in front");
    if (std::ranges::find(names_, name) != names_.end())
      fail(child(path, "name"), fmt::format("{}.name: there is already an input or a population \"{}\"", path, name),
           "give each a name of its own");
    names_.push_back(name);
  }

  void check_input(const std::string& path, const InputSection& input) {
    add_name(path, input.name);
    const SpikesSection& spikes = input.spikes;
    const std::string at = child(path, "spikes");
    if ((spikes.events.empty() ? 0 : 1) + (spikes.file.empty() ? 0 : 1) + (spikes.random.density > 0 ? 1 : 0) > 1)
      fail(at, fmt::format("{} has more than one of events, file and random", at), "leave one");
    for (std::size_t i = 0; i < spikes.events.size(); ++i)
      check_event(child(child(at, "events"), i), spikes.events[i], input.size);
  }

  void check_event(const std::string& path, const std::vector<std::int64_t>& event, std::size_t neurons) const {
    if (event.size() < 2 || event.size() > 4)
      fail(path, fmt::format("{} must be [step, neuron], with a count and a trial if need be", path),
           "as in [1, 0], or [1, 0, 2, 5] for two spikes in trial 5");
    check_within(path, "step", event[0], 1, static_cast<std::int64_t>(network_.timesteps));
    check_within(path, "neuron", event[1], 0, static_cast<std::int64_t>(neurons) - 1);
    constexpr std::int64_t most = std::numeric_limits<std::int16_t>::max();
    if (event.size() > 2) check_within(path, "count", event[2], -most, most);
    if (event.size() > 3) check_within(path, "trial", event[3], 0, static_cast<std::int64_t>(network_.trials) - 1);
  }

  void check_within(const std::string& path, std::string_view what, std::int64_t value, std::int64_t least,
                    std::int64_t most) const {
    if (least <= value && value <= most) return;
    fail(path, fmt::format("{}: {} {} is not from {} to {}", path, what, value, least, most),
         "an event is [step, neuron, count, trial]; steps count from 1, neurons and trials from 0");
  }

  void check_population(const std::string& path, const PopulationSection& population) {
    add_name(path, population.name);
    check_length(child(path, "threshold"), population.threshold, population.size);
    check_length(child(path, "initial_potential"), population.initial_potential, population.size);
    check_length(child(path, "current"), population.current, population.size);
    check_parameters(path, population);
  }

  void check_length(const std::string& path, const PerNeuron& values, std::size_t neurons) const {
    if (values.fits(neurons)) return;
    fail(path, fmt::format("{} lists {} numbers for {} neurons", path, values.values.size(), neurons),
         "give one number for all, or one for each");
  }

  /// A parameter that the neuron has no use for is a mistake.
  void check_parameters(const std::string& path, const PopulationSection& p) const {
    const PopulationSection unset;
    const bool leaky = p.neuron == NetworkNeuron::leaky_integrate_and_fire;
    const bool levels = !leaky && p.neuron != NetworkNeuron::integrate_and_fire;
    const auto check = [&](bool is_used, bool is_set, std::string_view key) {
      if (!is_used && is_set)
        fail(child(path, key), fmt::format("{}: {} has no {}", path, name(p.neuron), key),
             "leave it out, or choose another neuron; docs/networks.md has a table");
    };
    check(leaky, p.leak != unset.leak, "leak");
    check(leaky, p.reset != unset.reset, "reset");
    check(leaky, p.refractory != unset.refractory, "refractory");
    check(levels, p.low != unset.low, "low");
    check(levels, p.high != unset.high, "high");
    check(p.neuron == NetworkNeuron::st_bif, p.max_spikes != unset.max_spikes, "max_spikes");
  }

  /// Neurons of what has that name. Throws for an unknown one.
  std::size_t size_of(const std::string& path, const std::string& name) const {
    for (const InputSection& input : network_.inputs)
      if (input.name == name) return input.size;
    for (const PopulationSection& population : network_.populations)
      if (population.name == name) return population.size;
    const std::vector<std::string_view> known(names_.begin(), names_.end());
    fail(path, fmt::format("{}: there is no input or population \"{}\"", path, name),
         suggest(name, known, "there are"));
  }

  void check_projection(const std::string& path, const ProjectionSection& projection) const {
    const std::size_t sources = size_of(child(path, "from"), projection.from);
    const std::size_t targets = size_of(child(path, "to"), projection.to);
    if (std::ranges::find(network_.inputs, projection.to, &InputSection::name) != network_.inputs.end())
      fail(child(path, "to"), fmt::format("{}.to: \"{}\" is an input, whose spikes are given", path, projection.to),
           "name a population");
    check_length(child(path, "scale"), projection.scale, targets);
    if (network_.executor == Executor::stepped && projection.travels())
      fail(path, fmt::format("{}: the stepped executor knows no delays", path), R"(set executor to "event")");
    check_weights(child(path, "weights"), projection, {targets, sources});
  }

  void check_weights(const std::string& path, const ProjectionSection& projection, const ProjectionShape& shape) const {
    const WeightsSection& w = projection.weights;
    const int kinds = (w.dense.empty() ? 0 : 1) + (w.csr.empty() ? 0 : 1) + (w.file.empty() ? 0 : 1) +
                      (w.random.density > 0 ? 1 : 0) + (w.one_to_one != 0 ? 1 : 0);
    if (kinds != 1)
      fail(path, fmt::format("{} has {} of dense, csr, file, random (with a density) and one_to_one", path, kinds),
           "give exactly one");
    if (!w.dense.empty()) check_dense(child(path, "dense"), projection, shape);
    if (!w.csr.empty()) check_csr(child(path, "csr"), projection, shape);
    if (!w.file.empty() && w.dataset.empty())
      fail(path, fmt::format("{}.dataset is needed with a file", path), "name a dataset, or a group, in the file");
    if (w.random.density > 0) {
      if (w.random.low > w.random.high)
        fail(child(path, "random"), fmt::format("{}.random.low is above high", path), "exchange them");
      check_weight(child(path, "random"), projection, w.random.low);
      check_weight(child(path, "random"), projection, w.random.high);
    }
    if (w.one_to_one == 0) return;
    check_weight(child(path, "one_to_one"), projection, w.one_to_one);
    if (shape.targets != shape.sources)
      fail(path, fmt::format("{}.one_to_one from {} to {} neurons", path, shape.sources, shape.targets),
           "give both sides the same size, or list the weights");
  }

  void check_weight(const std::string& path, const ProjectionSection& projection, std::int32_t weight) const {
    const std::int32_t most = (1 << (projection.bits - 1)) - 1;
    if (-most - 1 <= weight && weight <= most) return;
    fail(path, fmt::format("{}: weight {} does not fit into {} bits", path, weight, projection.bits),
         fmt::format("{} bits hold {} to {}: set bits, or put what is larger into scale", projection.bits, -most - 1,
                     most));
  }

  void check_dense(const std::string& path, const ProjectionSection& projection, const ProjectionShape& shape) const {
    const auto& rows = projection.weights.dense;
    if (rows.size() != shape.targets)
      fail(path,
           fmt::format("{} has {} rows for the {} neurons of \"{}\"", path, rows.size(), shape.targets, projection.to),
           "give a row for each target neuron");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].size() != shape.sources)
        fail(child(path, i),
             fmt::format("{} has {} weights for the {} neurons of \"{}\"", child(path, i), rows[i].size(),
                         shape.sources, projection.from),
             "give a weight for each source neuron");
      for (std::size_t j = 0; j < rows[i].size(); ++j) check_weight(child(child(path, i), j), projection, rows[i][j]);
    }
  }

  void check_csr(const std::string& path, const ProjectionSection& projection, const ProjectionShape& shape) const {
    const CsrSection& csr = projection.weights.csr;
    if (const std::string fault = csr_fault(csr.offsets, csr.targets, csr.weights.size(), shape); !fault.empty())
      fail(path, fmt::format("{}: {}", path, fault), csr_remedy);
    for (std::size_t k = 0; k < csr.weights.size(); ++k)
      check_weight(child(child(path, "weights"), k), projection, csr.weights[k]);
  }

  void check_recorded(const std::string& path, const std::string& pattern) const {
    if (std::ranges::any_of(names_, [&](const std::string& name) { return glob_match(pattern, name); })) return;
    const std::vector<std::string_view> known(names_.begin(), names_.end());
    fail(path, fmt::format("{}: \"{}\" matches no input and no population", path, pattern),
         suggest(pattern, known, "there are"));
  }

  const JsonSource& source_;
  const NetworkDescription& network_;
  std::vector<std::string> names_;
};

}  // namespace

std::string csr_fault(std::span<const std::uint64_t> offsets, std::span<const std::uint32_t> targets,
                      std::size_t weights, const ProjectionShape& shape) {
  if (offsets.size() != shape.sources + 1)
    return fmt::format("{} offsets for {} source neurons and the end", offsets.size(), shape.sources);
  if (targets.size() != weights) return fmt::format("{} targets but {} weights", targets.size(), weights);
  if (offsets.front() != 0 || offsets.back() != targets.size() || !std::ranges::is_sorted(offsets))
    return fmt::format("offsets do not ascend from 0 to the {} synapses", targets.size());
  const auto beyond = std::ranges::find_if(targets, [&](std::uint32_t target) { return target >= shape.targets; });
  return beyond == targets.end()
             ? std::string()
             : fmt::format("target {} of {} neurons, which are numbered from 0", *beyond, shape.targets);
}

void check_network(const JsonSource& source, const NetworkDescription& network) {
  NetworkChecker(source, network).check();
}

}  // namespace snnsim::experiments
