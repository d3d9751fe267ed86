#include <fmt/format.h>

#include "experiments/report/html/page.hpp"
#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {
namespace {

std::string subtitle(const Value& report) {
  const Value settings = report["settings"], networks = settings["networks"];
  if (networks["qann"].json() != true) return "the dense model in fp32";
  std::string out = fmt::format("{}-bit weights, {}-bit activations", number(settings["weight_bits"], whole),
                                number(settings["activation_bits"], whole));
  if (networks["snn"].json() == true)
    out += fmt::format(", {} neurons, T = {}", escape(settings["neuron"].text()), number(settings["timesteps"], whole));
  return out;
}

std::string incomplete(const Value& report) {
  if (report["complete"].json() == true) return "";
  return fmt::format("<p class=\"verdict\"><b>Incomplete:</b> {} of {} segments, {} of {} zero-shot chunks.</p>\n",
                     number(report["segments"]["done"], whole), number(report["segments"]["expected"], whole),
                     number(report["chunks"]["done"], whole), number(report["chunks"]["expected"], whole));
}

}  // namespace

std::string run_article(const nlohmann::ordered_json& json, const SpikeExcerpt& spikes) {
  const Value report(json);
  const std::string run = "run-" + report["hash"].text();
  return fmt::format(
      "<article>\n<header><h1>{}</h1>\n<p>{}</p>\n{}</header>\n{}</article>\n", escape(report["name"].text()),
      subtitle(report), incomplete(report),
      with_links(run, {headline(report), zero_shot(report), errors(report), activity(report), arrival(report),
                       bound(report), calibration(report), raster(run, spikes), energy(report), operations(report),
                       what_is_a_spike(report), all_populations(report), all_projections(report), provenance(report)}));
}

}  // namespace snnsim::experiments::html
