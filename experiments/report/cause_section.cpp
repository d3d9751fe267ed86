#include <array>

#include <fmt/format.h>

#include "experiments/readable.hpp"
#include "experiments/report/number.hpp"
#include "experiments/report/sections.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// Nats per prediction over all texts. An exact SNN equals the QANN whatever arrives, so that what the SNN loses to the
/// QANN is unevenness, and what the QANN loses to the dense model is clipping and rounding, of weights too.
struct Loss {
  double quantization = 0, unevenness = 0;
};

Loss measure(const std::vector<SegmentResult>& results) {
  Likelihood dense, qann, snn;
  std::uint64_t tokens = 0;
  for (const SegmentResult& result : results) {
    dense.nll += result.dense.nll;
    qann.nll += result.qann.nll;
    snn.nll += result.snn.nll;
    tokens += result.tokens;
  }
  const auto n = static_cast<double>(tokens);
  return {(qann.nll - dense.nll) / n, (snn.nll - qann.nll) / n};
}

enum class Cause { unknown, none, quantization, unevenness };

ordered_json name(Cause cause) {
  constexpr std::array<const char*, 4> names{nullptr, "none", "quantization", "unevenness"};
  const char* const name = names.at(static_cast<std::size_t>(cause));
  return name == nullptr ? ordered_json(nullptr) : ordered_json(name);
}

Cause largest(const Loss& loss) {
  if (std::isnan(loss.quantization) || std::isnan(loss.unevenness)) return Cause::unknown;
  if (loss.unevenness > 0 && loss.unevenness > loss.quantization) return Cause::unevenness;
  return loss.quantization > 0 ? Cause::quantization : Cause::none;
}

/// "by 1.2 %" or "3.4-fold", for the size of a change of PPL.
std::string size_of(double nats) {
  const double factor = std::exp(std::abs(nats));
  return factor < 2 ? "by " + percent(std::abs(std::exp(nats) - 1)) : fmt::format("{:.3g}-fold", factor);
}

/// "raises PPL by 1.2 %" or "lowers PPL by 0.3 %".
std::string change(double nats) {
  return (nats < 0 ? "lowers PPL " : "raises PPL ") + size_of(nats);
}

/// The population whose unevenness is largest beside its values; null where there is none.
const PopulationTally* most_uneven(const std::vector<PopulationTally>& populations) {
  const PopulationTally* most = nullptr;
  double largest = 0;
  for (const PopulationTally& tally : populations)
    if (const double unevenness = tally.unevenness / tally.dense; unevenness > largest) {
      most = &tally;
      largest = unevenness;
    }
  return most;
}

std::string where(const PopulationTally* population) {
  return population == nullptr ? "" : ", most in " + population->name;
}

/// Which of the two is larger in the neurons; nothing when it was not measured.
std::string how(const PopulationTally& network) {
  if (network.total == 0) return "";
  return network.clipping > network.quantization ? ", in the neurons mostly by clipping"
                                                 : ", in the neurons mostly by rounding";
}

std::string of_quantization(double nats, const std::vector<PopulationTally>& populations) {
  return fmt::format("Dense to QANN: quantization {}{}.", change(nats), how(whole_network(populations)));
}

std::string of_unevenness(double nats, const std::vector<PopulationTally>& populations) {
  if (nats == 0) return "QANN to SNN: nothing is lost.";
  return fmt::format("QANN to SNN: unevenness, input that arrives at the wrong time, {}{}.", change(nats),
                     nats > 0 ? where(most_uneven(populations)) : "");
}

std::string sentence(Cause cause, const Loss& loss, const std::vector<PopulationTally>& populations) {
  if (cause == Cause::unknown) return "The likelihood of a network is not a number.";
  return of_quantization(loss.quantization, populations) + " " + of_unevenness(loss.unevenness, populations);
}

/// Why no cause can be named; empty if one can.
std::string_view why_unknown(const StoredRun& run) {
  if (run.results.empty() && run.zero_shot.empty()) return "Nothing was simulated yet.";
  if (!run.experiment.evaluation.runs(Network::snn)) return "The spiking network was left out.";
  return run.results.empty() ? "No text was evaluated that shows where the loss comes from." : "";
}

}  // namespace

ordered_json cause_section(const StoredRun& run, const std::vector<PopulationTally>& populations) {
  if (const std::string_view why = why_unknown(run); !why.empty())
    return {{"nats_quantization", nullptr},
            {"nats_unevenness", nullptr},
            {"dominant", nullptr},
            {"most_uneven", nullptr},
            {"conclusion", why}};
  const Loss loss = measure(run.results);
  const Cause cause = largest(loss);
  const PopulationTally* const most = most_uneven(populations);
  return {{"nats_quantization", number(loss.quantization)},
          {"nats_unevenness", number(loss.unevenness)},
          {"dominant", name(cause)},
          {"most_uneven", most == nullptr ? ordered_json(nullptr) : ordered_json(most->name)},
          {"conclusion", sentence(cause, loss, populations)}};
}

}  // namespace snnsim::experiments
