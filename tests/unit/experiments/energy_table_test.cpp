#include "experiments/energy_table.hpp"

#include <cmath>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/build_identity.hpp"
#include "experiments/files.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

/// Neurons into neurons: what a layer of so many products and outputs does in T steps when a share `rate` of its inputs
/// fires at each.
OperationCount layer(double products, double outputs, double rate, std::size_t timesteps) {
  const double steps = static_cast<double>(timesteps);
  const auto whole = [](double count) { return static_cast<std::uint64_t>(std::llround(count)); };
  OperationCount count;
  count.synaptic_operations = count.synaptic_magnitude = count.synaptic_shift_adds = whole(products * steps * rate);
  count.neuron_updates = whole(outputs * steps);
  count.neurons_active = whole(outputs * steps * rate);
  count.multiply_accumulates = whole(products);
  return count;
}

/// yan_22nm with events as cheap to move as dense data.
CostTable dense_moves() {
  CostTable cost = read_energy_table(find_energy_table({"yan_22nm"})).cost;
  cost.spike_per_synapse = cost.value_bit_per_synapse;
  return cost;
}

}  // namespace

TEST_CASE("all tables of the documentation are shipped") {
  for (const char* name : {"horowitz_45nm", "yan_22nm", "loihi1", "truenorth", "spinnaker", "spinnaker2"})
    CHECK_NOTHROW(read_energy_table(find_energy_table({name})));
}

TEST_CASE("yan_22nm: where every neuron fires, SNN / twin = T / ceil(log2(T + 1))") {
  for (const std::size_t t : {1U, 3U, 5U, 15U, 100U}) {
    OperationCount count = layer(1e6, 0, 1, t);
    const EnergyReport report = price(count, dense_moves(), {.weight_bits = 4, .timesteps = t});
    CHECK(report.snn.total() / report.twin.total() ==
          doctest::Approx(static_cast<double>(t) / twin_bits(t)).epsilon(1e-12));
  }
}

// The paper has 5.7 %; ours is 5.85 %.
TEST_CASE("yan_22nm: at T = 5 and a fan-in of 4096, an SNN wins below a firing rate of about 5.7 %") {
  constexpr double rate = 0.1, fan_in = 4096;
  const OperationCount count = layer(fan_in * fan_in, fan_in, rate, 5);
  const CostTable cost = read_energy_table(find_energy_table({"yan_22nm"})).cost;
  const EnergyReport report = price(count, cost, {.weight_bits = 4, .timesteps = 5});
  CHECK(fmt::format("{:.2f}", 100 * break_even(report.snn, report.twin) * rate) == "5.85");
}

TEST_CASE("yan_22nm: a LLaMA-2-7B all of whose neurons fire at T = 15 costs 3.79 times its twin") {
  constexpr double blocks = 32, width = 4096, hidden = 11008;
  const double products = blocks * (4 * width * width + 3 * width * hidden);
  const double outputs = blocks * (4 * width + 2 * hidden + width);  // a neuron at each output of the seven matrices
  const EnergyReport report =
      price(layer(products, outputs, 1, 15), dense_moves(), {.weight_bits = 4, .timesteps = 15});
  CHECK(fmt::format("{:.2f}", report.snn.total() / report.twin.total()) == "3.79");
}

TEST_CASE("every table that is shipped can be read and carries its name") {
  for (const auto& entry : std::filesystem::directory_iterator(configs_folder() / "energy"))
    CHECK(read_energy_table(entry.path()).name == entry.path().stem().string());
  CHECK(read_energy_table(find_energy_table({"horowitz_45nm"})).cost.multiply_fp32 == 3.7);
}

TEST_CASE("an unknown table is suggested") {
  try {
    find_energy_table({"horowitz_45"});
    FAIL("found");
  } catch (const ConfigurationError& error) {
    CHECK(error.remedy() == "did you mean \"horowitz_45nm\"?");
  }
}

TEST_CASE("a table gives what a synaptic operation costs, every constant with a source, and no unknown one") {
  const tests::ScratchFolder folder;
  const auto good = nlohmann::json::parse(read_file(find_energy_table({"horowitz_45nm"})));
  const auto refuses = [&](const char* patch) {
    auto table = good;
    table.merge_patch(nlohmann::json::parse(patch));
    write_file(folder.path() / "t.json", table.dump(1));
    CHECK_THROWS_AS(read_energy_table(folder.path() / "t.json"), ConfigurationError);
  };
  refuses(R"({"name": ""})");
  refuses(R"({"extra": 1})");
  refuses(R"({"constants": {"add_int32": null}})");
  refuses(R"({"constants": {"add_int64": {"pj": 1, "source": "x"}}})");
  refuses(R"({"constants": {"add_int32": {"pj": -1}}})");
  refuses(R"({"constants": {"add_int32": {"source": ""}}})");
  refuses(R"({"constants": {"static_mw": {"pj": 1, "source": "x"}}})");
  refuses(R"({"constants": {"synaptic_operation_ns": {"mw": 1, "source": "x"}}})");
  refuses(R"({"constants": null})");
  CHECK_THROWS_AS(read_energy_table(folder.path() / "none.json"), DataError);
}

TEST_CASE("constants that a table does not have are empty") {
  const EnergyTable table = parse_energy_table(
      R"({"name": "n", "title": "t", "source": "s", "constants": {
            "synaptic_operation": {"pj": 2, "source": "x"}, "static_mw": {"mw": 3, "source": "y"},
            "hop_ns": {"ns": 4, "source": "z"}}})",
      "/lab/t.json");
  CHECK(table.cost.synaptic_operation == 2);
  CHECK(table.cost.static_mw == 3);
  CHECK(table.cost.hop_ns == 4);
  CHECK(!table.cost.add_int32);
}

}  // namespace snnsim::experiments
