#include <fmt/format.h>

#include "experiments/perplexity.hpp"
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

enum class Cause { none, quantization, unevenness };

std::string_view name(Cause cause) {
  return cause == Cause::unevenness ? "unevenness" : cause == Cause::quantization ? "quantization" : "none";
}

Cause largest(const Loss& loss) {
  if (loss.unevenness > 0 && !(loss.unevenness <= loss.quantization)) return Cause::unevenness;
  return loss.quantization > 0 ? Cause::quantization : Cause::none;
}

/// "by 1.2 %" or "3.4-fold".
std::string rise(double nats) {
  const double factor = std::exp(nats);
  return factor < 2 ? "by " + percent(factor - 1) : fmt::format("{:.3g}-fold", factor);
}

std::string sentence(Cause cause, const Loss& loss, const PopulationTally& network, bool errors) {
  const std::string quantization = rise(loss.quantization), unevenness = rise(loss.unevenness);
  if (cause == Cause::none) return "The spiking network loses nothing to the dense model on these texts.";
  if (cause == Cause::unevenness)
    return fmt::format(
        "Unevenness is the main cause: neurons that emit something else than their quantizer, because "
        "of when input arrives, raise PPL {}; quantization raises it {}.",
        unevenness, quantization);
  const std::string text =
      fmt::format("Quantization is the main cause: it raises PPL {}, unevenness {}", quantization, unevenness);
  if (!errors || network.instances == 0) return text + ".";
  return fmt::format("{}; in the neurons it is mostly {}.", text,
                     network.clipping > network.quantization ? "clipping" : "rounding");
}

}  // namespace

ordered_json cause_section(const StoredRun& run, const PopulationTally& network) {
  const Loss loss = measure(run.results);
  const Cause cause = largest(loss);
  const bool measured = !run.results.empty();
  return {{"nats_quantization", number(loss.quantization)},
          {"nats_unevenness", number(loss.unevenness)},
          {"dominant", measured ? ordered_json(name(cause)) : ordered_json(nullptr)},
          {"conclusion",
           measured ? sentence(cause, loss, network, run.experiment.record.errors) : "Nothing was simulated yet."}};
}

}  // namespace snnsim::experiments
