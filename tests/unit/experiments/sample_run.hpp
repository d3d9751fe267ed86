#pragma once

#include "experiments/stored_run.hpp"
#include "tests/unit/experiments/sample_result.hpp"

namespace snnsim::experiments {

/// Two segments of the sample, T = 4, 8 bits.
inline StoredRun sample_run(Protocol protocol = Protocol::documents) {
  StoredRun run;
  run.experiment.name = "demo";
  run.experiment.conversion.timesteps = 4;
  run.experiment.evaluation.perplexity.resize(1);
  run.experiment.evaluation.perplexity[0].text = "/texts/held out.txt";
  run.experiment.evaluation.perplexity[0].protocol = protocol;
  run.manifest = {{"hash", "0123abcd"},
                  {"segments", nlohmann::ordered_json::array({2U})},
                  {"equality_required", false},
                  {"sessions", {{{"version", "0.1.0"}, {"threads", 2}, {"peak_rss_bytes", 5000}}}}};
  run.results = {sample_result(0, 0), sample_result(0, 1)};
  return run;
}

}  // namespace snnsim::experiments
