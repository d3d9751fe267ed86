#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/experiment.hpp"
#include "experiments/field.hpp"
#include "experiments/network/per_neuron.hpp"

namespace snnsim::experiments {

enum class NetworkNeuron { leaky_integrate_and_fire, integrate_and_fire, st_bif, sigma_delta, integer_spiking };
enum class Reset { subtract, zero };

namespace names {
inline constexpr std::string_view network_neuron[] = {"leaky_integrate_and_fire", "integrate_and_fire", "st_bif",
                                                      "sigma_delta", "integer_spiking"};
inline constexpr std::string_view reset[] = {"subtract", "zero"};
}  // namespace names

template <>
inline constexpr std::span<const std::string_view> names_of<NetworkNeuron> = names::network_neuron;
template <>
inline constexpr std::span<const std::string_view> names_of<Reset> = names::reset;

inline constexpr std::size_t most_neurons = 100'000'000;  // of a population

struct RandomSpikes {
  double density = 0;

  template <class Visit>
  static void fields(Visit&& visit) {
    visit("density", &RandomSpikes::density,
          Rule{.help = "probability that a neuron spikes at a step, drawn anew for each step and trial", .most = 1});
  }
  bool operator==(const RandomSpikes&) const = default;
};

/// The spikes of an input: at most one of events, file and random.
struct SpikesSection {
  std::vector<std::vector<std::int64_t>> events;
  std::filesystem::path file;
  std::string population;
  double interval = 1;
  RandomSpikes random;

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = SpikesSection;
    visit("events", &S::events,
          Rule{.help = "a list of [step, neuron], [step, neuron, count] or [step, neuron, count, trial]; steps count "
                       "from 1, neurons and trials from 0; without a trial: in all of them",
               .least = no_bound});
    visit("file", &S::file,
          Rule{.help = "HDF5 in the layout of SONATA 0.1: /spikes/<population>/timestamps, node_ids"});
    visit("population", &S::population, Rule{.help = "in the file; empty: the name of the input"});
    visit("interval", &S::interval,
          Rule{.help = "length of a step in the unit of timestamps: step t has the spikes after t - 1 and up to t "
                       "intervals, the first those at 0 too",
               .unit = "timestamps",
               .exclusive = true});
    visit("random", &S::random, Rule{.help = "drawn by the seed"});
  }
  bool operator==(const SpikesSection&) const = default;
};

/// Neurons whose spikes are given.
struct InputSection {
  std::string name;
  std::size_t size = 1;
  SpikesSection spikes;

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = InputSection;
    visit("name", &S::name, Rule{.help = "for projections and reports; needed"});
    visit("size", &S::size, Rule{.help = "how many", .unit = "neurons", .least = 1, .most = most_neurons});
    visit("spikes", &S::spikes, Rule{.help = "what they emit"});
  }
  bool operator==(const InputSection&) const = default;
};

struct PopulationSection {
  std::string name;
  std::size_t size = 1;
  NetworkNeuron neuron = NetworkNeuron::leaky_integrate_and_fire;
  PerNeuron threshold{1}, initial_potential{0}, current{0};
  double leak = 1;
  Reset reset = Reset::subtract;
  std::int32_t refractory = 0;
  std::int32_t low = -128, high = 127;
  std::int32_t max_spikes = 1;

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = PopulationSection;
    visit("name", &S::name, Rule{.help = "for projections and reports; needed"});
    visit("size", &S::size, Rule{.help = "how many", .unit = "neurons", .least = 1, .most = most_neurons});
    visit("neuron", &S::neuron, Rule{.help = "neuron model, see docs/networks.md"});
    visit("threshold", &S::threshold, Rule{.help = "a number, or one for each neuron", .exclusive = true});
    visit("initial_potential", &S::initial_potential,
          Rule{.help = "v(0) as a share of the threshold; 0.5 rounds where a neuron stands for a quantizer",
               .unit = "thresholds",
               .least = no_bound});
    visit("current", &S::current, Rule{.help = "constant input at each step", .least = no_bound});
    visit("leak", &S::leak,
          Rule{.help = "leaky_integrate_and_fire: share of the potential that a step keeps; 1: no leak", .most = 1});
    visit("reset", &S::reset, Rule{.help = "leaky_integrate_and_fire: after a spike"});
    visit("refractory", &S::refractory,
          Rule{.help = "leaky_integrate_and_fire: rest after a spike", .unit = "steps", .most = 1000000});
    visit("low", &S::low, Rule{.help = "least level of a quantizer", .unit = "count", .least = -32767, .most = 0});
    visit("high", &S::high, Rule{.help = "greatest level of a quantizer", .unit = "count", .most = 32767});
    visit("max_spikes", &S::max_spikes,
          Rule{.help = "st_bif: most spikes of a neuron in one step", .unit = "spikes", .least = 1, .most = 255});
  }
  bool operator==(const PopulationSection&) const = default;
};

/// Synapses by source neuron.
struct CsrSection {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint32_t> targets;
  std::vector<std::int32_t> weights;

  bool empty() const { return offsets.empty() && targets.empty() && weights.empty(); }

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = CsrSection;
    visit("offsets", &S::offsets, Rule{.help = "where the synapses of each source neuron begin, and the end"});
    visit("targets", &S::targets, Rule{.help = "target neuron of each synapse", .most = most_neurons});
    visit("weights", &S::weights, Rule{.help = "weight of each synapse", .least = -128, .most = 127});
  }
  bool operator==(const CsrSection&) const = default;
};

struct RandomWeights {
  std::int32_t low = -127, high = 127;
  double density = 0;

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = RandomWeights;
    visit("low", &S::low, Rule{.help = "least weight", .least = -128, .most = 127});
    visit("high", &S::high,
          Rule{.help = "greatest weight; all between are equally likely", .least = -128, .most = 127});
    visit(
        "density", &S::density,
        Rule{.help = "1: a dense matrix; less: each source neuron reaches that share of the target neurons, chosen at "
                     "random",
             .most = 1});
  }
  bool operator==(const RandomWeights&) const = default;
};

/// The synapses of a projection: exactly one of dense, csr, file, random and one_to_one.
struct WeightsSection {
  std::vector<std::vector<std::int32_t>> dense;
  CsrSection csr;
  std::filesystem::path file;
  std::string dataset;
  RandomWeights random;
  std::int32_t one_to_one = 0;

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = WeightsSection;
    visit(
        "dense", &S::dense,
        Rule{.help = "a row for each target neuron with a weight for each source neuron", .least = -128, .most = 127});
    visit("csr", &S::csr, Rule{.help = "sparse: compressed rows by source neuron"});
    visit("file", &S::file, Rule{.help = "HDF5 file with either"});
    visit("dataset", &S::dataset,
          Rule{.help = "in the file: a dataset (targets x sources), or a group with offsets, targets and weights"});
    visit("random", &S::random, Rule{.help = "drawn by the seed; used when density is above 0"});
    visit("one_to_one", &S::one_to_one,
          Rule{.help = "the weight from each neuron to the one of the same number; 0: not used",
               .least = -128,
               .most = 127});
  }
  bool operator==(const WeightsSection&) const = default;
};

struct ProjectionSection {
  std::string from, to;
  WeightsSection weights;
  PerNeuron scale{1};
  std::int32_t bits = 8;
  std::uint32_t delay = 0;
  std::uint16_t jitter = 0;

  bool travels() const { return delay > 0 || jitter > 0; }

  std::string name() const { return from + "->" + to; }

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = ProjectionSection;
    visit("from", &S::from, Rule{.help = "name of an input or a population; needed"});
    visit("to", &S::to, Rule{.help = "name of a population; needed"});
    visit("weights", &S::weights, Rule{.help = "its synapses: signed integers; exactly one kind"});
    visit("scale", &S::scale,
          Rule{.help = "current of weight 1; a number, or one for each target neuron", .least = no_bound});
    visit("bits", &S::bits,
          Rule{.help = "of a weight: bounds it, and is what its energy is counted with",
               .unit = "bits",
               .least = 2,
               .most = 8});
    visit("delay", &S::delay, Rule{.help = "axonal delay of all spikes", .unit = "ticks", .most = 1000000});
    visit("jitter", &S::jitter,
          Rule{.help = "a spike is late by 0 to so many ticks more, drawn for each neuron and step",
               .unit = "ticks",
               .most = 10000});
  }
  bool operator==(const ProjectionSection&) const = default;
};

struct NetworkRecord {
  std::vector<std::string> spikes;

  template <class Visit>
  static void fields(Visit&& visit) {
    visit("spikes", &NetworkRecord::spikes,
          Rule{.help = "inputs and populations whose spikes are stored; * is any characters, ? is one"});
  }
  bool operator==(const NetworkRecord&) const = default;
};

/// A network that is not made from a language model; the file format of docs/networks.md.
/// After reading, every path is absolute or empty, and what refers to each other fits.
struct NetworkDescription {
  std::string name;
  std::uint64_t seed = 1;
  std::size_t timesteps = 1;
  std::uint32_t ticks_per_step = 1;
  std::size_t trials = 1;
  Executor executor = Executor::event;
  std::vector<InputSection> inputs;
  std::vector<PopulationSection> populations;
  std::vector<ProjectionSection> projections;
  NetworkRecord record;
  EnergySection energy;

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = NetworkDescription;
    visit("name", &S::name, Rule{.help = "letters, digits, '.', '_', '-'; empty: the name of the file"});
    visit("seed", &S::seed, Rule{.help = "of random spikes, weights and delays"});
    visit("timesteps", &S::timesteps, Rule{.help = "simulated steps", .unit = "steps", .least = 1, .most = 1000000});
    visit("ticks_per_step", &S::ticks_per_step,
          Rule{.help = "resolution of delays", .unit = "ticks", .least = 1, .most = 1000000});
    visit("trials", &S::trials,
          Rule{.help = "independent runs of the same network, simulated together", .least = 1, .most = 1000000});
    visit("executor", &S::executor,
          Rule{.help = "event: an event queue; stepped: plain loops over steps, for networks without delays. Both give "
                       "the same bits"});
    visit("inputs", &S::inputs, Rule{.help = "neurons whose spikes are given"});
    visit("populations", &S::populations, Rule{.help = "neurons that are simulated; at least one"});
    visit("projections", &S::projections, Rule{.help = "synapses between them"});
    visit("record", &S::record, Rule{.help = "what is kept"});
    visit("energy", &S::energy, Rule{.help = "what operations cost"});
  }
  bool operator==(const NetworkDescription&) const = default;
};

}  // namespace snnsim::experiments
