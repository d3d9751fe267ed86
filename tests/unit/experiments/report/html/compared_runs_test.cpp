#include "experiments/report/html/compared_runs.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "experiments/report/html/compare_page.hpp"
#include "tests/unit/experiments/sample_run.hpp"

namespace snnsim::experiments::html {
namespace {

/// A run of T steps whose spiking network has so many nats more per segment, at a place of its own.
StoredRun run_of(std::size_t timesteps, Neuron neuron, double nats) {
  StoredRun run = sample_run();
  run.path = "runs/" + std::to_string(timesteps) + std::string(name(neuron));
  run.experiment.conversion.timesteps = timesteps;
  run.experiment.conversion.neuron = neuron;
  for (SegmentResult& result : run.results) {
    result.snn.nll += nats;
    result.operations.synaptic_operations *= timesteps;
  }
  return run;
}

std::vector<StoredRun> grid() {
  return {run_of(2, Neuron::st_bif, 8), run_of(4, Neuron::st_bif, 4), run_of(8, Neuron::st_bif, 0),
          run_of(2, Neuron::integer_spiking, 9), run_of(8, Neuron::integer_spiking, 5)};
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the front holds the points that no other beats in both") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  using Places = std::vector<std::size_t>;
  CHECK(pareto_front({{1, 9}, {2, 5}, {3, 7}, {4, 1}}) == Places{0, 1, 3});
  CHECK(pareto_front({{4, 1}, {1, 9}}) == Places{1, 0});  // by x
  CHECK(pareto_front({{1, 5}, {1, 4}, {2, 4}}) == Places{1});
  CHECK(pareto_front({{nan, 0}, {1, nan}, {2, 2}}) == Places{2});
  CHECK(pareto_front({}).empty());
}

TEST_CASE("runs are labelled by what differs but the number on the axis") {
  const std::vector<StoredRun> stored = grid();
  const ComparedRuns compared(compare_runs(stored), stored);
  REQUIRE(compared.runs.size() == 5);
  REQUIRE(compared.keys == std::vector<std::string>{"conversion.neuron", "conversion.timesteps"});
  REQUIRE(compared.numeric_key() == 1U);
  CHECK(compared.label(compared.runs[0], 1) == "neuron st_bif");
  CHECK(compared.label(compared.runs[0], {}) == "neuron st_bif, timesteps 2");
  CHECK(compared.runs[0].name == "2st_bif");
  CHECK(compared.runs[0].synaptic_operations_per_token() == 2 * 2001 / 21.0);
}

TEST_CASE("runs that are not complete have no place in charts") {
  std::vector<StoredRun> stored = grid();
  stored[0].results.pop_back();  // the columns of the table begin with what is known of it
  const ComparedRuns compared(compare_runs(stored), stored);
  CHECK(compared.runs.size() == 4);
  CHECK(compared.runs[0].name == "4st_bif");
}

TEST_CASE("with no number that differs there is no axis") {
  const std::vector<StoredRun> stored{run_of(2, Neuron::st_bif, 8), run_of(2, Neuron::sigma_delta, 8)};
  const ComparedRuns compared(compare_runs(stored), stored);
  CHECK(!compared.numeric_key());
  const std::string page = compare_html(stored);
  CHECK(holds(page, "<h2>Runs</h2>"));
  CHECK(!holds(page, "Perplexity against"));
  CHECK(holds(page, "What perplexity costs"));
}

TEST_CASE("a page of runs has the table, a line per neuron and the front") {
  const std::string page = compare_html(grid());
  CHECK(holds(page, "<title>5 runs compared</title>"));
  CHECK(holds(page, "Perplexity against conversion.timesteps"));
  CHECK(holds(page, "neuron st_bif</li>"));
  CHECK(holds(page, "neuron integer_spiking</li>"));
  CHECK(holds(page, "dense</li>"));  // the same in all
  CHECK(holds(page, "µJ per token on horowitz_45nm"));
  CHECK(holds(page, "Not beaten in both: 2st_bif, 4st_bif, 8st_bif."));
  CHECK(holds(page, "<data value=\"" + nlohmann::ordered_json(2 * 2001).dump() + "\">"));
  CHECK(!holds(page, "https://"));
}

TEST_CASE("names of compared runs are harmless") {
  std::vector<StoredRun> stored = grid();
  stored[0].path = "runs/<script>alert(1)<script>";
  const std::string page = compare_html(stored);
  CHECK(!holds(page, "<script>alert"));
  CHECK(holds(page, "&lt;script&gt;alert(1)"));
}

}  // namespace snnsim::experiments::html
