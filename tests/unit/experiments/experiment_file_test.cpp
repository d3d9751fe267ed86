#include "experiments/experiment_file.hpp"

#include <cstdlib>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace snnsim::experiments {
namespace {

Experiment parse(std::string_view text, std::vector<std::string> settings = {}) {
  return parse_experiment(text, "/lab/demo.json", settings);
}

std::string complaint(std::string_view text, std::vector<std::string> settings = {}) {
  try {
    parse(text, settings);
  } catch (const ConfigurationError& error) {
    return std::string(error.what()) + " | " + error.remedy();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("an empty experiment is all defaults, named after its file") {
  const Experiment experiment = parse("{}");
  Experiment expected;
  expected.name = "demo";
  CHECK(experiment == expected);
  CHECK(experiment.quantization.prefix_tokens == PrefixTokens{});
}

TEST_CASE("the resolved JSON reads back to an equal experiment") {
  const Experiment experiment = parse(R"({
    "$schema": "x", "name": "a.b-c", "seed": 7,
    "model": {"checkpoint": "m"},
    "quantization": {"weight_bits": 4, "prefix_tokens": 3, "calibration": {"text": "/t.txt", "segments": 2}},
    "conversion": {"neuron": "st_bif", "levels": "bits",
                   "overrides": [{"match": "blocks.*.q", "neuron": "sigma_delta"}]},
    "evaluation": {"perplexity": [{"text": "../x", "protocol": "gptq"}]},
    "energy": {"tables": ["horowitz_45nm", "my/table.json"]}
  })");
  CHECK(parse(to_json(experiment).dump()) == experiment);
  CHECK(experiment.model.checkpoint == "/lab/m");
  CHECK(experiment.evaluation.perplexity[0].text == "/x");
  CHECK(experiment.energy.tables[1].value == "/lab/my/table.json");
  CHECK(experiment.energy.tables[0].value == "horowitz_45nm");
}

TEST_CASE("unknown keys and names are placed and suggested") {
  CHECK(complaint("{\n  \"quantization\": {\"weigth_bits\": 4}\n}") ==
        "/lab/demo.json:2:20: unknown key \"weigth_bits\" in quantization | did you mean \"weight_bits\"?");
  CHECK(complaint(R"({"zzzzzzzz": 4})") ==
        "/lab/demo.json:1:2: unknown key \"zzzzzzzz\" in the file | keys here: name, seed, model, quantization, "
        "conversion, calibration, simulation, evaluation, record, energy, sweep");
  CHECK(complaint(R"({"conversion": {"neuron": "sigma-delta"}})") ==
        "/lab/demo.json:1:27: conversion.neuron has no choice \"sigma-delta\" | did you mean \"sigma_delta\"?");
  CHECK(complaint(R"({"evaluation": {"perplexity": [{}, {"txt": 1}]}})").find("in evaluation.perplexity.1 |") !=
        std::string::npos);
}

TEST_CASE("values out of range are placed") {
  CHECK(complaint(R"({"quantization": {"weight_bits": 9}})")
            .find(":1:34: quantization.weight_bits must be one of 2, 3, 4, 5, 6, 7, 8, 16, not 9") !=
        std::string::npos);
  for (const char* text : {R"({"conversion": {"timesteps": 0}})",
                           R"({"conversion": {"timesteps": 1025}})",
                           R"({"conversion": {"timesteps": 4.0}})",
                           R"({"conversion": {"timesteps": "4"}})",
                           R"({"seed": -1})",
                           R"({"seed": 18446744073709551615})",
                           R"({"simulation": {"delay": 1}})",
                           R"({"quantization": {"group": 64}})",
                           R"({"quantization": {"prefix_tokens": "all"}})",
                           R"({"quantization": {"prefix_tokens": -1}})",
                           R"({"record": {"spikes": "blocks.0.q"}})",
                           R"({"record": {"errors": 1}})",
                           R"({"sweep": {"grid": {"a": []}}})",
                           R"({"model": {"checkpoint": 5}})",
                           R"({"model": []})",
                           R"([])",
                           R"({"name": "a/b"})",
                           R"({"name": ".."})",
                           R"({"calibration": {"method": "theta"}})",
                           R"({"calibration": {"epochs": 0}})",
                           R"({"calibration": {"learning_rate": 0}})",
                           R"({"calibration": {"method": "potential"}, "simulation": {"schedule": "timed"}})",
                           R"({"conversion": {"levels": "bits_per_step", "neuron": "st_bif"}})",
                           R"({"conversion": {"headroom": 2, "overrides": [{"match": "*", "neuron": "sigma_delta"}]}})",
                           R"({"conversion": {"levels": "bits_per_step", "timesteps": 256}})",
                           R"({"conversion": {"headroom": 0}})",
                           R"({"conversion": {"levels": "steps"}})",
                           R"({"energy": {"tables": "horowitz_45nm"}})"})
    CHECK_MESSAGE(complaint(text) != "accepted", text);
}

TEST_CASE("bad syntax and duplicate keys are placed") {
  CHECK(complaint("{\n  \"seed\": 1,\n}").starts_with("/lab/demo.json:3:1: not valid JSON"));
  CHECK(complaint("").starts_with("/lab/demo.json:1:1: not valid JSON"));
  CHECK(complaint("{\"seed\": 1,\n \"seed\": 2}").starts_with("/lab/demo.json:2:2: seed is given twice"));
  CHECK(complaint(R"({"a\nb": 1, "a\nb": 2})").starts_with("/lab/demo.json:1:13: a?b is given twice"));
  CHECK(complaint(R"({"seed": 1e400})").starts_with("/lab/demo.json: holds a number beyond the range of a double"));
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  CHECK(complaint(deep).starts_with("/lab/demo.json:1:65: nested too deep"));
  CHECK(complaint("{}", {"model=" + deep}).starts_with("--set: a value is nested too deep"));
  CHECK(complaint("{}", {R"(model={"a":1,"a":2})"}).find("a is given twice") != std::string::npos);
}

TEST_CASE("settings change values, elements of lists, and are named in errors") {
  const std::string text = R"({"evaluation": {"perplexity": [{"text": "a"}]}})";
  const Experiment experiment =
      parse(text, {"conversion.neuron=st_bif", "conversion.timesteps=8", "evaluation.perplexity.0.max_segments=2",
                   "evaluation.perplexity.1.text=b", "name=other", "conversion.overrides=[{\"match\":\"*\"}]"});
  CHECK(experiment.conversion.neuron == Neuron::st_bif);
  CHECK(experiment.conversion.timesteps == 8);
  CHECK(experiment.name == "other");
  CHECK(experiment.conversion.overrides.size() == 1);
  REQUIRE(experiment.evaluation.perplexity.size() == 2);
  CHECK(experiment.evaluation.perplexity[0].max_segments == 2);
  CHECK(experiment.evaluation.perplexity[0].text == "/lab/a");
  CHECK(experiment.evaluation.perplexity[1].text == std::filesystem::current_path() / "b");

  CHECK(complaint(text, {"conversion.timestep=8"}) ==
        "--set conversion.timestep=8: unknown key \"timestep\" in conversion | did you mean \"timesteps\"?");
  CHECK(complaint(text, {"convrsion.timesteps=8"}) ==
        "--set convrsion.timesteps=8: unknown key \"convrsion\" in the file | did you mean \"conversion\"?");
  CHECK(complaint(text, {"conversion.timesteps"}).find("not of the form key=value") != std::string::npos);
  CHECK(complaint(text, {"evaluation.perplexity.5.text=x"}).find("past the end") != std::string::npos);
  CHECK(complaint(text, {"evaluation.perplexity.text=x"}).find("by its index") != std::string::npos);
  CHECK(complaint(text, {"seed.x=1"}).starts_with("--set seed.x=1: seed must be an integer"));
}

TEST_CASE("environment variables in paths") {
  REQUIRE(setenv("SNNSIM_TEST_FOLDER", "/somewhere", 1) == 0);
  CHECK(parse(R"({"model": {"checkpoint": "${SNNSIM_TEST_FOLDER}/m"}})").model.checkpoint == "/somewhere/m");
  CHECK(complaint(R"({"model": {"checkpoint": "${SNNSIM_TEST_UNSET}/m"}})")
            .starts_with("/lab/demo.json:1:26: model.checkpoint uses ${SNNSIM_TEST_UNSET}, which is not set"));
  CHECK(complaint(R"({"model": {"checkpoint": "${SNNSIM"}})") != "accepted");
}

TEST_CASE("what running needs") {
  Experiment experiment = parse("{}");
  CHECK_THROWS_WITH_AS(check_runnable(experiment), "model.checkpoint is not given", ConfigurationError);
  experiment.model.checkpoint = "/m";
  CHECK_THROWS_WITH_AS(check_runnable(experiment), "evaluation.perplexity is not given", ConfigurationError);
  experiment.evaluation.perplexity.resize(1);
  CHECK_THROWS_WITH_AS(check_runnable(experiment), "evaluation.perplexity.0.text is not given", ConfigurationError);
  experiment.evaluation.perplexity[0].text = "/t";
  CHECK_THROWS_WITH_AS(check_runnable(experiment), "quantization.calibration.text is not given", ConfigurationError);
  experiment.quantization.granularity = Granularity::per_token;  // follows from each token's values
  check_runnable(experiment);
  experiment.quantization.weights = WeightQuantizer::gptq;
  CHECK_THROWS_AS(check_runnable(experiment), ConfigurationError);
  experiment.quantization.weights = WeightQuantizer::rtn;
  experiment.quantization.optional_sites = {OptionalSite::probs};
  CHECK_THROWS_AS(check_runnable(experiment), ConfigurationError);
  experiment.quantization.granularity = Granularity::per_head;
  experiment.quantization.activation_bits = bits_off;
  check_runnable(experiment);
}

TEST_CASE("zero-shot tasks and the networks that are evaluated") {
  const Experiment experiment = parse(R"({"evaluation": {
    "zero_shot": [{"task": "arc_easy", "path": "a.jsonl", "protocol": "harness_0_3", "limit": 200}],
    "networks": ["dense"]}})");
  REQUIRE(experiment.evaluation.zero_shot.size() == 1);
  CHECK(experiment.evaluation.zero_shot[0].task == ZeroShotName::arc_easy);
  CHECK(experiment.evaluation.zero_shot[0].path == "/lab/a.jsonl");
  CHECK(experiment.evaluation.zero_shot[0].protocol == ZeroShotProtocol::harness_0_3);
  CHECK(experiment.evaluation.zero_shot[0].limit == 200);
  CHECK(experiment.evaluation.runs(Network::dense));
  CHECK_FALSE(experiment.evaluation.runs(Network::snn));
  CHECK(parse(to_json(experiment).dump()) == experiment);
  CHECK(complaint(R"({"evaluation": {"zero_shot": [{"task": "piqua"}]}})").ends_with("did you mean \"piqa\"?"));
  for (const char* networks : {"[]", R"(["qann"])", R"(["dense", "snn"])", R"(["qann", "dense"])",
                               R"(["dense", "dense"])", R"(["dense", "qann", "snn", "snn"])"})
    CHECK(complaint("{\"evaluation\": {\"networks\": " + std::string(networks) + "}}")
              .starts_with("/lab/demo.json:1:29: evaluation.networks leaves out a network"));
}

TEST_CASE("what running needs of zero-shot tasks and of the dense model alone") {
  Experiment experiment = parse(R"({"model": {"checkpoint": "m"}, "evaluation": {"zero_shot": [{}]}})");
  CHECK_THROWS_WITH_AS(check_runnable(experiment), "evaluation.zero_shot.0.path is not given", ConfigurationError);
  experiment.evaluation.zero_shot[0].path = "/items";
  CHECK_THROWS_WITH_AS(check_runnable(experiment), "quantization.calibration.text is not given", ConfigurationError);
  experiment.evaluation.networks = {Network::dense};
  check_runnable(experiment);
}

TEST_CASE("time needs a schedule that knows it") {
  const auto simulation = [](const std::string& keys) { return parse(R"({"simulation": {)" + keys + "}}").simulation; };
  CHECK(simulation(R"("schedule": "timed", "ticks_per_step": 4, "delay": 2, "jitter": 3, "hop": 1)").delays());
  CHECK_THROWS_AS(simulation(R"("delay": 2)"), ConfigurationError);
  CHECK_THROWS_AS(simulation(R"("jitter": 2)"), ConfigurationError);
  CHECK_THROWS_AS(simulation(R"("hop": 2)"), ConfigurationError);
  CHECK_THROWS_AS(simulation(R"("ticks_per_step": 2)"), ConfigurationError);
  CHECK_THROWS_AS(simulation(R"("schedule": "timed", "executor": "stepped", "delay": 2)"), ConfigurationError);
  CHECK(simulation(R"("schedule": "layer_synchronous", "executor": "stepped")").horizon == Horizon::steps);
}

TEST_CASE("a phase is a word or a count, and comes back as it was") {
  for (const char* phase : {"\"schedule\"", "\"complete\"", "3"}) {
    const Experiment experiment = parse(std::string(R"({"conversion": {"phase": )") + phase + "}}");
    CHECK(to_json(experiment)["conversion"]["phase"].dump() == phase);
    CHECK(parse(to_json(experiment).dump()) == experiment);
  }
  CHECK_THROWS_AS(parse(R"({"conversion": {"phase": "late"}})"), ConfigurationError);
  CHECK_THROWS_AS(parse(R"({"conversion": {"phase": -1}})"), ConfigurationError);
}

TEST_CASE("overrides") {
  Experiment experiment;
  ConversionSection& conversion = experiment.conversion;
  const Phase complete{Phase::Kind::complete};
  conversion.overrides = {
      {"blocks.*.q", Neuron::sigma_delta, {}}, {"blocks.1.*", Neuron::st_bif, {}}, {"blocks.*.q", {}, complete}};
  CHECK(neuron_of(conversion, "blocks.0.q") == Neuron::sigma_delta);
  CHECK(neuron_of(conversion, "blocks.1.q") == Neuron::st_bif);
  CHECK(neuron_of(conversion, "blocks.0.v") == Neuron::integer_spiking);
  CHECK(phase_of(conversion, "blocks.1.q") == complete);
  CHECK(phase_of(conversion, "blocks.1.v") == Phase{});
  check_names(experiment, {"blocks.0.q", "blocks.1.k"});
  CHECK_THROWS_AS(check_names(experiment, {"blocks.0.q"}), ConfigurationError);
}

TEST_CASE("populations to record") {
  for (std::vector<std::string> RecordSection::*key :
       {&RecordSection::spikes, &RecordSection::drives, &RecordSection::potentials}) {
    Experiment experiment;
    experiment.record.*key = {"blocks.*.q", "blocks.1.k"};
    check_names(experiment, {"blocks.0.q", "blocks.1.k"});
    CHECK_THROWS_AS(check_names(experiment, {"blocks.0.q"}), ConfigurationError);
    experiment.model.checkpoint = "model";
    experiment.quantization.calibration.text = "text";
    experiment.evaluation.perplexity = {{.text = "text"}};
    check_runnable(experiment);
    experiment.evaluation.networks = {Network::dense, Network::qann};
    CHECK_THROWS_AS(check_runnable(experiment), ConfigurationError);
  }
}

}  // namespace snnsim::experiments
