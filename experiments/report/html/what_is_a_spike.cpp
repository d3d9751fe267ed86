#include <fmt/format.h>

#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {
namespace {

struct Neuron {
  std::string_view name, emits;
};

constexpr Neuron neurons[] = {
    {"integer_spiking",
     "a whole number s from 0 to L at each step, which stands for (s − α)θ: the offset α lets counts "
     "that are never negative carry signed values"},
    {"sigma_delta",
     "at each step the signed number s by which its quantized total has changed, and nothing when it has "
     "not"},
    {"st_bif",
     "at each step at most a few spikes, positive or negative, towards the quantized total of what it has "
     "received"},
    {"integrate_and_fire", "at most one spike of a fixed size at each step; a pair of neurons carries signed values"},
};

std::string_view emits(const std::string& neuron) {
  for (const Neuron& known : neurons)
    if (known.name == neuron) return known.emits;
  return "a whole number s of threshold units θ at each step";
}

}  // namespace

Section what_is_a_spike(const Value& report) {
  if (report["populations"].size() == 0) return {"spike", ""};
  const Value settings = report["settings"], network = report["network"];
  const std::string neuron = settings["neuron"].text();
  const double per_spike = network["magnitude"].number() / network["spikes"].number();
  return {
      "spike", "What is a spike here?",
      fmt::format(
          "<div class=\"box\"><p><b>T = {}</b>: every token position is simulated in T steps. A value that the QANN "
          "computes once is spread over them and added up.</p>\n"
          "<p><b>{}</b> neurons emit {}. θ is the neuron's threshold, one level of the quantizer.</p>\n"
          "<p>A nonzero s is <b>one spike</b>, however large: spikes and the firing rate (the share of steps at which "
          "a "
          "neuron spikes) count it once. It is a <b>graded</b> spike when |s| > 1. The <b>magnitude</b> Σ |s| counts "
          "it as "
          "|s| unit spikes; here a spike has {:.3g} on average.</p>\n"
          "<p>A spike reaches each synapse of its neuron once; that is a <b>synaptic operation</b> (SOP). Hardware may "
          "carry "
          "out that of a graded spike as |s| accumulates, as one multiply-accumulate or as shift-adds, so energy is "
          "given for "
          "all three.</p>\n"
          "<p>Normalization, RoPE, attention, softmax and SiLU are no neurons: they stay analog and pass on what each "
          "step "
          "changes.</p></div>\n",
          number(settings["timesteps"], whole), escape(neuron), emits(neuron), per_spike)};
}

}  // namespace snnsim::experiments::html
