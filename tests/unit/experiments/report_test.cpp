#include "experiments/report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include <doctest/doctest.h>

#include "experiments/files.hpp"
#include "experiments/run_directory.hpp"
#include "experiments/segment_result_json.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/experiments/sample_run.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// Three predictions with NLL 1, 2, 3 in one segment, and one with NLL 4 in the next.
StoredRun hand_run(Protocol protocol) {
  StoredRun run = sample_run(protocol);
  run.results[0].tokens = 3;
  run.results[0].snn = {6, 14};
  run.results[1].tokens = 1;
  run.results[1].snn = {4, 16};
  return run;
}

std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("perplexity by its protocol, with the standard error of the delta method") {
  const ordered_json documents = make_report(hand_run(Protocol::documents))["perplexity"][0];
  CHECK(documents["snn"] == std::exp(10.0 / 4));  // all predictions alike
  // mean nll² - mean² = 30/4 - 2.5² = 1.25, over n - 1 = 3
  CHECK(documents["standard_error"].get<double>() ==
        doctest::Approx(std::exp(2.5) * std::sqrt(1.25 / 3)).epsilon(1e-14));
  CHECK(documents["tokens"] == 4);
  CHECK(documents["segments"] == 2);
  CHECK(documents["protocol"] == "documents");

  const ordered_json gptq = make_report(hand_run(Protocol::gptq))["perplexity"][0];
  CHECK(gptq["snn"] == std::exp((2.0 + 4.0) / 2));  // segments alike
  CHECK(gptq["protocol"] == "gptq");
  for (const Protocol protocol : {Protocol::c4, Protocol::c4_new})
    CHECK(make_report(hand_run(protocol))["perplexity"][0]["snn"] == gptq["snn"]);
  CHECK(make_report(hand_run(Protocol::llama_cpp))["perplexity"][0]["snn"] == documents["snn"]);
}

TEST_CASE("protocol lm_eval is per word") {
  StoredRun run = hand_run(Protocol::lm_eval);
  run.results[0].words = 2;  // one page of two windows
  const ordered_json report = make_report(run)["perplexity"][0];
  CHECK(report["snn"] == std::exp(10.0 / 2));
  CHECK(report["words"] == 2);
  CHECK(report["standard_error"].get<double>() ==
        doctest::Approx(std::exp(5.0) * 2 * std::sqrt(1.25 / 3)).epsilon(1e-14));  // two predictions a word
}

TEST_CASE("a text that was not run says so, in the report and in the summary") {
  StoredRun run = sample_run(Protocol::c4);
  run.manifest["segments"] = {0};
  run.results.clear();
  const ordered_json report = make_report(run);
  CHECK(report["perplexity"][0]["not_run"] == "the C4 shard was missing");
  CHECK(report["perplexity"][0]["snn"].is_null());
  CHECK(report["complete"] == true);
  CHECK(holds(report_summary(report), "not run: the C4 shard was missing"));
  CHECK_FALSE(make_report(sample_run())["perplexity"][0].contains("not_run"));
}

TEST_CASE("zero-shot accuracies with their standard errors, chunks added up") {
  StoredRun run = sample_run();
  run.experiment.evaluation.zero_shot = {{.task = ZeroShotName::piqa, .path = "/p.jsonl"},
                                         {.task = ZeroShotName::lambada, .path = "/l.jsonl"}};
  run.manifest["zero_shot_chunks"] = {2, 1};
  ZeroShotResult chunk{.task = 0, .chunk = 0, .items = 3};
  chunk.dense = {.correct = 2, .correct_norm = 1, .nll = 1, .nll_squared = 1};
  run.zero_shot = {chunk, chunk, chunk};
  run.zero_shot[1].chunk = 1;
  run.zero_shot[1].items = 2;
  run.zero_shot[2].task = 1;
  const ordered_json report = make_report(run);
  CHECK(report["complete"] == true);
  const ordered_json& piqa = report["zero_shot"][0];
  CHECK(piqa["protocol"] == "harness_0_4");
  CHECK(piqa["items"] == 5);
  CHECK(piqa["dense"]["acc"] == 0.8);
  CHECK(piqa["dense"]["acc_norm"] == 0.4);
  CHECK(piqa["dense"]["acc_standard_error"].get<double>() == doctest::Approx(std::sqrt(0.8 * 0.2 / 4)));
  CHECK(piqa["snn"]["acc"] == 0.0);
  CHECK_FALSE(piqa["dense"].contains("perplexity"));
  const ordered_json& lambada = report["zero_shot"][1]["dense"];
  CHECK_FALSE(lambada.contains("acc_norm"));
  CHECK(lambada["perplexity"].get<double>() == doctest::Approx(std::exp(1.0 / 3)));
  CHECK(lambada["perplexity_standard_error"].get<double>() ==
        doctest::Approx(std::exp(1.0 / 3) * std::sqrt((1.0 / 3 - 1.0 / 9) / 2)));
  const std::string summary = report_summary(report);
  CHECK(holds(summary, "piqa (harness_0_4) acc"));
  CHECK(holds(summary, "80.0 % ± 20.0 %"));
  CHECK(holds(summary, "5 items, acc_norm"));
  CHECK(holds(report_csv(report), "zero_shot,1 piqa harness_0_4,dense.acc,0.8\n"));
  for (const std::string& line : lines(summary)) CHECK(columns(line) <= 100);
}

TEST_CASE("networks that are left out are null, and what they would show is not made up") {
  StoredRun run = sample_run();
  run.experiment.evaluation.networks = {Network::dense};
  for (SegmentResult& result : run.results) {
    result.qann = result.snn = {};
    result.populations.clear();
    result.operations = {};
  }
  const ordered_json report = make_report(run);
  CHECK(report["perplexity"][0]["dense"].is_number());
  for (const char* key : {"qann", "snn", "standard_error", "kl_dense_snn", "kl_qann_snn"})
    CHECK(report["perplexity"][0][key].is_null());
  CHECK(report["perplexity"][0]["standard_errors"]["dense"].is_number());
  CHECK(report["equality"]["snn_equals_qann"].is_null());
  CHECK(report["cause"]["conclusion"] == "The spiking network was left out.");
  CHECK_FALSE(holds(report_summary(report), "Energy"));
  CHECK_FALSE(holds(report_summary(report), "T = "));
}

TEST_CASE("a run of zero-shot tasks alone") {
  StoredRun run = sample_run();
  run.experiment.evaluation.perplexity.clear();
  run.experiment.evaluation.zero_shot = {{.task = ZeroShotName::winogrande, .path = "/w.jsonl"}};
  run.manifest["segments"] = ordered_json::array();
  run.manifest["zero_shot_chunks"] = ordered_json::array({1});
  run.results.clear();
  ZeroShotResult chunk{.task = 0, .chunk = 0, .items = 4};
  chunk.outputs_checked = 7;
  run.zero_shot = {chunk};
  const ordered_json report = make_report(run);
  CHECK(report["complete"] == true);
  CHECK(report["equality"]["snn_equals_qann"] == true);
  CHECK(holds(report_summary(report), "winogrande (harness_0_4) acc"));
  CHECK(holds(report_summary(report), "\n    4 items\n"));
  CHECK_FALSE(holds(report_summary(report), "Perplexity"));
  run.zero_shot[0].outputs_different = 1;
  CHECK(make_report(run)["equality"]["snn_equals_qann"] == false);
}

TEST_CASE("divergences are per prediction, texts are kept apart") {
  StoredRun run = sample_run();
  run.experiment.evaluation.perplexity.resize(2);
  run.results[1].text = 1;
  run.results[0].kl_dense_snn = 2.5;
  run.results[1].kl_qann_snn = 1.1;
  const ordered_json texts = make_report(run)["perplexity"];
  REQUIRE(texts.size() == 2);
  CHECK(texts[0]["kl_dense_snn"] == 0.25);     // 10 predictions
  CHECK(texts[1]["kl_qann_snn"] == 1.1 / 11);  // 11 predictions
  CHECK(texts[0]["dense"].get<double>() == doctest::Approx(std::exp(20.0 / 3 / 10)).epsilon(1e-14));
  CHECK(texts[1]["dense"].get<double>() == doctest::Approx(std::exp(80.0 / 3 / 11)).epsilon(1e-14));
}

TEST_CASE("populations are merged, and the four errors and the cross term add up to the total") {
  const ordered_json report = make_report(sample_run());
  REQUIRE(report["populations"].size() == 2);
  const ordered_json& second = report["populations"][1];
  CHECK(second["name"] == "blocks.1.attn_in");
  CHECK(second["neuron"] == "integer_spiking");
  CHECK(second["neurons"] == 8);
  CHECK(second["threshold"] == 0.2);
  CHECK(second["instances"] == 160);
  CHECK(second["spikes"] == 201);
  CHECK(second["magnitude"] == 300);
  CHECK(second["firing_rate"] == 201.0 / (160 * 4));
  CHECK(second["spikes_per_neuron_per_token"] == 201.0 / 160);
  CHECK(second["unevenness_rate"] == 4.0 / 160);
  const double curve[] = {0.2, 0.4, 0.7, 0.8};
  REQUIRE(second["arrival_curve"].size() == 4);
  for (std::size_t p = 0; p < 4; ++p)
    CHECK(second["arrival_curve"][p].get<double>() == doctest::Approx(curve[p]).epsilon(1e-12));
  CHECK(report["settings"]["arrival_steps"] == std::vector<int>{1, 2, 3, 4});
  CHECK(second["late_input"].get<double>() == doctest::Approx(0.1).epsilon(1e-12));
  CHECK(second["first_spike"] == 1);
  CHECK(second["last_spike"] == 5);
  // Both segments have the same proportions to x²: 1, 2, 3, 5 and 11 in 1000.
  const double share[] = {0.001, 0.002, 0.003, 0.005, 0, 0.011};
  const char* terms[] = {"clipping", "quantization", "propagated", "unevenness", "cross", "total"};
  for (std::size_t i = 0; i < 6; ++i)
    CHECK(second["errors"][terms[i]].get<double>() == doctest::Approx(share[i]).epsilon(1e-12));
  // The first population has unevenness of 4 in 1000, so its cross term is 1 in 1000.
  CHECK(report["populations"][0]["errors"]["cross"].get<double>() == doctest::Approx(0.001).epsilon(1e-12));
  for (const ordered_json* errors : {&second["errors"], &report["network"]["errors"]}) {
    double sum = 0;
    for (std::size_t i = 0; i < 5; ++i) sum += errors->at(terms[i]).get<double>();
    CHECK(sum == doctest::Approx(errors->at("total").get<double>()).epsilon(1e-14));
  }
  const ordered_json& steps = second["step_errors"];
  CHECK(steps["quantization"].get<double>() == doctest::Approx(0.02).epsilon(1e-12));
  REQUIRE(steps["unevenness"].size() == 4);
  CHECK(steps["unevenness"][0].get<double>() == doctest::Approx(0.005).epsilon(1e-12));
  CHECK(steps["unevenness"][3].get<double>() == doctest::Approx(0.05).epsilon(1e-12));
  CHECK(second["uneven_by_input"]["alternating"]["instances"] == 0.4);
  CHECK(second["uneven_by_input"]["late"]["unevenness"].get<double>() == doctest::Approx(0.2).epsilon(1e-12));
  const ordered_json& positions = report["network"]["position_errors"];
  REQUIRE(positions["total"].size() == 2);
  CHECK(positions["unevenness"][0].get<double>() == doctest::Approx(0.004).epsilon(1e-12));
  CHECK(positions["unevenness"][1].get<double>() == doctest::Approx(0.005).epsilon(1e-12));
  for (std::size_t p = 0; p < 2; ++p) {
    double sum = 0;
    for (std::size_t i = 0; i < 5; ++i) sum += positions[terms[i]][p].get<double>();
    CHECK(sum == doctest::Approx(positions["total"][p].get<double>()).epsilon(1e-14));
  }
  CHECK(report["network"]["neurons"] == 16);
  CHECK(report["network"]["firing_rate"] == 402.0 / (320 * 4));
}

TEST_CASE("the bound of a run that measures it, by hand; null for others") {
  StoredRun run = sample_run();
  CHECK(make_report(run)["bound"].is_null());
  run.experiment.record.bound = true;
  const ordered_json bound = make_report(run)["bound"];
  REQUIRE(bound.size() == 2);
  CHECK(bound[0]["factor"].is_null());
  CHECK(bound[0]["bound"].get<double>() == doctest::Approx(0.2));
  CHECK(bound[0]["error"].get<double>() == doctest::Approx(0.2));
  CHECK(bound[1]["name"] == "blocks.1");
  CHECK(bound[1]["factor"].get<double>() == doctest::Approx(2));
  CHECK(bound[1]["unevenness"].get<double>() == doctest::Approx(0.2));
  CHECK(bound[1]["quantization"].get<double>() == doctest::Approx(0.1));
  CHECK(bound[1]["bound"].get<double>() == doctest::Approx(2 * 0.2 + 0.2 + 0.1));
  CHECK(bound[1]["error"].get<double>() == doctest::Approx(0.3));
}

TEST_CASE("energy on horowitz_45nm, by hand") {
  const ordered_json report = make_report(sample_run());
  CHECK(report["operations"]["synaptic_operations"] == 2001);
  const ordered_json& energy = report["energy"][0];
  CHECK(energy["table"] == "horowitz_45nm");
  const ordered_json& snn = energy["breakdown_pj"]["snn"];
  CHECK(snn["compute"].get<double>() == doctest::Approx(3000 * 0.1));
  CHECK(snn["weight_fetch"].get<double>() == doctest::Approx(2001 * 12.5));
  CHECK(snn["neurons"].get<double>() == doctest::Approx(1280 * (0.2 + 8 * 1.25) + 400 * 0.1));
  CHECK(snn["traffic"].get<double>() == doctest::Approx(600 * 20));
  CHECK(snn["analog"].get<double>() == doctest::Approx(80 * 4.6 + 16 * 27.6 + 8 * 31.3));
  const double spikes = 300 + 25012.5 + 12000, fixed = 13096 + 368 + 441.6 + 250.4;
  CHECK(energy["snn_pj"].get<double>() == doctest::Approx(spikes + fixed).epsilon(1e-14));
  // 1800 products of 8 × 8 bits; 600 / 2001 messages of 8 bits each per product.
  const double qann = 1800 * (0.2 + 0.1 + 12.5) + 1800 * 600.0 / 2001 * 8 * 0.3125 + 20 * 4.6 + 4 * 27.6 + 2 * 31.3;
  CHECK(energy["qann_pj"].get<double>() == doctest::Approx(qann).epsilon(1e-14));
  CHECK(energy["snn_over_qann"].get<double>() == doctest::Approx((spikes + fixed) / qann).epsilon(1e-14));
  const double factor = (qann - fixed) / spikes;
  CHECK(energy["break_even"]["qann"]["factor"].get<double>() == doctest::Approx(factor).epsilon(1e-14));
  CHECK(energy["break_even"]["qann"]["firing_rate"].get<double>() ==
        doctest::Approx(factor * 402 / 1280).epsilon(1e-14));
  CHECK(energy["snn_graded_pj"]["shift_add"].get<double>() ==
        doctest::Approx(spikes + fixed - 600 * 0.1).epsilon(1e-14));
  CHECK(energy["cheapest"] == "twin");
  CHECK(energy["conclusion"] ==
        "On horowitz_45nm the QANN wins: the SNN takes 2.09 times the QANN's energy at a firing rate of 31.4 %; below "
        "8.8 % it would win.");
}

TEST_CASE("energy of a population, by hand") {
  const ordered_json energy = make_report(sample_run())["energy"][0];
  REQUIRE(energy["populations"].size() == 2);
  const ordered_json& first = energy["populations"][0];  // 201 spikes of 24 synapses and 3 projections, Σ|s| = 300
  CHECK(first["name"] == "blocks.0.attn_in");
  CHECK(first["compute"].get<double>() == doctest::Approx(300 * 24 * 0.1));
  CHECK(first["weight_fetch"].get<double>() == doctest::Approx(201 * 24 * 12.5));
  CHECK(first["neurons"].get<double>() == doctest::Approx(640 * (0.2 + 8 * 1.25) + 201 * 0.1));
  CHECK(first["traffic"].get<double>() == doctest::Approx(201 * 3 * 20));
  double sum = 0;
  for (const char* kind : {"compute", "weight_fetch", "neurons", "traffic"}) sum += first[kind].get<double>();
  CHECK(first["total"].get<double>() == doctest::Approx(sum).epsilon(1e-14));
  CHECK(energy["not_priced"] == std::vector<std::string>{"static_power"});
  CHECK(energy["latency_s"].is_null());
}

TEST_CASE("energy of a projection, by hand") {
  StoredRun run = sample_run();
  const ordered_json report = make_report(run);
  REQUIRE(report["projections"].size() == 2);
  const ordered_json& counted = report["projections"][1];  // two segments of 100 and 101 spikes
  CHECK(counted["name"] == "blocks.1.query");
  CHECK(counted["from"] == "blocks.1.attn_in");
  CHECK(counted["synapses"] == 64);
  CHECK(counted["spikes"] == 201);
  CHECK(counted["spike_hops"].is_null());
  CHECK(counted["synaptic_operations"] == 8 * 201);
  CHECK(counted["synaptic_shift_adds"] == 8 * 240);
  CHECK(counted["multiply_accumulates"] == 1280);
  const ordered_json& energy = report["energy"][0]["projections"][1];
  CHECK(energy["compute"].get<double>() == doctest::Approx(300 * 8 * 0.1));
  CHECK(energy["weight_fetch"].get<double>() == doctest::Approx(201 * 8 * 12.5));
  CHECK(energy["traffic"].get<double>() == doctest::Approx(201 * 20));
  const double total = 240 + 20100 + 4020;
  CHECK(energy["total"].get<double>() == doctest::Approx(total).epsilon(1e-14));
  CHECK(energy["share"].get<double>() ==
        doctest::Approx(total / report["energy"][0]["snn_pj"].get<double>()).epsilon(1e-14));
  run.experiment.simulation.hop = 1;
  run.experiment.energy.tables = {{"loihi1"}};
  const ordered_json on_mesh = make_report(run);
  CHECK(on_mesh["projections"][1]["spike_hops"] == 400);
  CHECK(on_mesh["energy"][0]["projections"][1]["traffic"].get<double>() == doctest::Approx(201 * 1.7 + 400 * 3.5));
}

TEST_CASE("results of versions that did not count by projection still make a report") {
  StoredRun run = sample_run();
  for (SegmentResult& result : run.results) {
    nlohmann::json line = to_json(result);
    line.erase("projections");
    result = segment_result_from(line);
  }
  const ordered_json report = make_report(run);
  CHECK(report["projections"].empty());
  CHECK(report["energy"][0]["projections"].empty());
  CHECK(report["energy"][0]["populations"] == make_report(sample_run())["energy"][0]["populations"]);
  CHECK(holds(report_html({run}), "All populations"));
  CHECK_FALSE(holds(report_html({run}), "All projections"));
}

TEST_CASE("a chip's time and power: a population on a core, or all on one") {
  StoredRun run = sample_run();
  run.experiment.energy.tables = {{"loihi1"}, {"truenorth"}, {"yan_22nm"}};
  run.results[1].populations[1].magnitude = 450;  // the second population is the busier one
  const ordered_json energy = make_report(run)["energy"];
  // Σ|s| × 24 synapses × 3.5, 201 active and 439 idle updates, 201 × 3 messages of one hop
  const double first = 300 * 24 * 3.5 + 201 * 8.4 + 439 * 5.3 + 603 * 5.3, second = first + 300 * 24 * 3.5;
  CHECK(energy[0]["latency_s"]["core_per_population"].get<double>() == doctest::Approx(second * 1e-9));
  CHECK(energy[0]["latency_s"]["one_core"].get<double>() == doctest::Approx((first + second) * 1e-9));
  CHECK(energy[0]["breakdown_pj"]["snn"]["static_power"].get<double>() == doctest::Approx(second * 104));
  CHECK(energy[0]["qann_pj"].is_null());
  CHECK(energy[0]["break_even"]["qann"]["firing_rate"].is_null());
  CHECK(energy[0]["cheapest"] == "SNN");
  CHECK(energy[0]["conclusion"] ==
        "loihi1 prices no multiplications, so the SNN stands alone, at a firing rate of 31.4 %.");
  CHECK(energy[1]["latency_s"]["one_core"] == 20 * 4 * 1e-3);  // 20 positions of 4 steps, 1 ms each
  CHECK(energy[2]["dense_pj"].is_null());
  CHECK(energy[2]["qann_pj"].is_number());
  CHECK(energy[2]["cheapest"] != "dense");
  CHECK(holds(report_summary(make_report(run)), "prices no multiplications"));
  CHECK(holds(report_html({run}), "prices no multiplications"));
}

TEST_CASE("weights that are not quantized are priced in floating point") {
  StoredRun run = sample_run();
  run.experiment.quantization.weight_bits = bits_off;
  const ordered_json snn = make_report(run)["energy"][0]["breakdown_pj"]["snn"];
  CHECK(snn["compute"].get<double>() == doctest::Approx(3000 * 0.9));
  CHECK(snn["weight_fetch"].get<double>() == doctest::Approx(2001 * 25.0));
}

TEST_CASE("the cause is what raises the NLL most") {
  StoredRun run = sample_run();
  const auto cause = [&](double dense, double qann, double snn) {
    for (SegmentResult& result : run.results) {
      result.tokens = 10;
      result.dense.nll = dense;
      result.qann.nll = qann;
      result.snn.nll = snn;
    }
    return make_report(run)["cause"];
  };
  CHECK(cause(20, 21, 42)["dominant"] == "unevenness");
  CHECK(cause(20, 21, 41)["nats_unevenness"] == 2.0);
  CHECK(cause(20, 21, 41)["nats_quantization"] == 0.1);
  CHECK(cause(20, 41, 42)["dominant"] == "quantization");
  CHECK(holds(cause(20, 41, 42)["conclusion"], "mostly by rounding"));
  CHECK(cause(20, 20, 20)["dominant"] == "none");
  CHECK(holds(cause(20, 41, 42)["conclusion"], "wrong time, raises PPL by 10.5 %, most in blocks.1.attn_in."));
  CHECK(holds(cause(20, 42, 41)["conclusion"], "wrong time, lowers PPL by 9.5 %."));
  CHECK(holds(cause(20, 41, 41)["conclusion"], "QANN to SNN: nothing is lost."));
  CHECK(cause(20, 21, std::numeric_limits<double>::quiet_NaN())["dominant"].is_null());
  CHECK(cause(20, 21, std::numeric_limits<double>::infinity())["dominant"] == "unevenness");
  CHECK(cause(20, 21, 42)["most_uneven"] == "blocks.1.attn_in");
  for (SegmentResult& result : run.results) result.populations[0].clipping = 1e6;
  CHECK(holds(cause(20, 41, 42)["conclusion"], "mostly by clipping"));
}

TEST_CASE("equality holds when every neuron and every output does") {
  StoredRun run = sample_run();
  CHECK(make_report(run)["equality"]["snn_equals_qann"] == false);
  CHECK(make_report(run)["equality"]["neurons_checked"] == 1280);
  CHECK(make_report(run)["equality"]["neurons_different"] == 6);
  for (SegmentResult& result : run.results) result.neurons_different = 0;
  CHECK(make_report(run)["equality"]["snn_equals_qann"] == false);  // an output differs
  run.results[1].output_equal = true;
  CHECK(make_report(run)["equality"]["snn_equals_qann"] == true);
  CHECK(make_report(run)["equality"]["required"] == false);
}

TEST_CASE("what is not finite or not measured is null, in every form of the report") {
  StoredRun run = sample_run();
  run.results[0].snn.nll = std::numeric_limits<double>::quiet_NaN();
  run.experiment.record.errors = false;
  const ordered_json report = make_report(run);
  CHECK(report["perplexity"][0]["snn"].is_null());
  CHECK(report["perplexity"][0]["standard_error"].is_null());
  CHECK_FALSE(report["perplexity"][0]["dense"].is_null());
  CHECK(report["populations"][0]["errors"].is_null());
  CHECK(report["populations"][0]["unevenness_rate"].is_null());
  CHECK(holds(report_csv(report), "perplexity,1 held out.txt documents 256,snn,\n"));
  CHECK_FALSE(report_summary(report).empty());

  run.results.clear();
  run.manifest["segments"] = nullptr;
  const ordered_json nothing = make_report(run);
  CHECK(nothing["complete"] == false);
  CHECK(nothing["equality"]["snn_equals_qann"].is_null());
  CHECK(nothing["energy"][0]["snn_over_qann"].is_null());
  CHECK(holds(report_summary(nothing), "Nothing was simulated yet."));
}

TEST_CASE("only timing and provenance depend on how the run was made") {
  StoredRun run = sample_run();
  ordered_json first = make_report(run);
  run.manifest["sessions"][0]["threads"] = 7;
  for (SegmentResult& result : run.results) result.wall_s *= 3;
  ordered_json second = make_report(run);
  CHECK(first["timing"]["tokens_per_s"] == 21 / 0.5);
  CHECK(first["timing"]["ticks_to_quiescence"] == 5);
  CHECK(first["timing"]["ticks_to_horizon"] == 8);
  CHECK(first["timing"]["peak_events"] == 11);
  CHECK(first["timing"]["peak_in_flight_bytes"] == 100);
  CHECK(first["provenance"]["threads"] == 2);
  CHECK(second["provenance"]["threads"] == 7);
  CHECK(first["timing"] != second["timing"]);
  for (const char* key : {"timing", "provenance"}) {
    first.erase(key);
    second.erase(key);
  }
  CHECK(first.dump() == second.dump());
}

TEST_CASE("the table holds every number of the report, digit for digit") {
  const ordered_json report = make_report(sample_run());
  const std::vector<std::string> rows = lines(report_csv(report));
  CHECK(rows[0] == "section,name,metric,value");
  const auto has = [&](const std::string& row) { return std::ranges::find(rows, row) != rows.end(); };
  CHECK(has("run,,complete,1"));
  CHECK(has("perplexity,1 held out.txt documents 256,snn," + report["perplexity"][0]["snn"].dump()));
  CHECK(has("populations,blocks.1.attn_in,errors.total," + report["populations"][1]["errors"]["total"].dump()));
  CHECK(has("energy,horowitz_45nm,breakdown_pj.twin.traffic," +
            report["energy"][0]["breakdown_pj"]["twin"]["traffic"].dump()));
  CHECK(has("operations,,analog.divisions,8"));
  const auto leaves = report.flatten();
  CHECK(rows.size() - 1 ==
        static_cast<std::size_t>(std::ranges::count_if(
            leaves, [](const ordered_json& leaf) { return leaf.is_number() || leaf.is_boolean() || leaf.is_null(); })) -
            report["zero_shot"].empty());  // flatten() makes null of an empty list
  for (const std::string& row : rows) CHECK(std::ranges::count(row, ',') == 3);
}

TEST_CASE("the summary fits a terminal and names the cause") {
  StoredRun run = sample_run();
  run.experiment.energy.tables.resize(2, run.experiment.energy.tables[0]);
  run.experiment.name = std::string(80, 'n');
  run.experiment.evaluation.perplexity.resize(3, run.experiment.evaluation.perplexity[0]);
  run.experiment.evaluation.perplexity[0].text = "/" + std::string(80, 't');
  for (SegmentResult& result : run.results) {
    result.snn.nll = 90;
    result.operations.synaptic_operations *= 1'000'000'000'000;
    for (int block = 2; block < 32; ++block) {
      result.populations.push_back(result.populations[1]);
      result.populations.back().name = "blocks." + std::to_string(block) + ".attn_out";
    }
  }
  const std::string summary = report_summary(make_report(run));
  INFO(summary);
  CHECK(lines(summary).size() <= 35);
  for (const std::string& line : lines(summary)) CHECK(columns(line) <= 100);
  CHECK(holds(summary, "no: 6 of 1280 neuron totals checked differ (0.47 %)"));
  CHECK(holds(summary, "QANN to SNN: unevenness"));
  CHECK(holds(summary, "blocks.31.attn_out") == false);
  CHECK(holds(summary, "blocks.2.attn_out"));
  run.manifest["segments"] = ordered_json::array({4U});
  CHECK(holds(report_summary(make_report(run)), "Incomplete: 2 of 4 segments"));
}

TEST_CASE("the report is written into the run directory") {
  const tests::ScratchFolder folder;
  write_file(folder.path() / "text.txt", "text");
  Experiment experiment = sample_run().experiment;
  experiment.evaluation.perplexity[0].text = folder.path() / "text.txt";
  std::filesystem::path path;
  {
    RunDirectory directory(experiment, {.parent = folder.path() / "runs"});
    path = directory.path();
    directory.expect({1});
    directory.append(sample_result(0, 0));
    directory.finish(true);
  }
  const StoredRun run = read_stored_run(path);
  write_report(run);
  const auto report = ordered_json::parse(read_file(path / "report.json"));
  CHECK(report == make_report(run));
  CHECK(report["complete"] == true);
  CHECK(report["equality"]["required"] == true);
  CHECK(report["hash"] == path.filename().string().substr(std::string("demo-").size()));
  CHECK(read_file(path / "report.csv") == report_csv(report));
  CHECK(read_file(path / "report.html") == report_html({run}));
}

}  // namespace snnsim::experiments
