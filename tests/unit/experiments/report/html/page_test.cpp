#include "experiments/report/html/page.hpp"

#include <doctest/doctest.h>

#include "experiments/report.hpp"
#include "tests/unit/experiments/sample_run.hpp"

namespace snnsim::experiments::html {
namespace {

using nlohmann::ordered_json;

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

bool holds(const std::string& text, std::string_view part) {
  return count(text, part) > 0;
}

/// Every text of a document becomes `text`.
void fill_texts(ordered_json& json, const std::string& text) {
  if (json.is_string()) json = text;
  if (json.is_structured())
    for (ordered_json& member : json) fill_texts(member, text);
}

constexpr std::string_view attack =
    R"(</title></script><script>alert(1)</script>"'><img src=x onerror=alert(2)>&{{script}})";

SpikeExcerpt excerpt_named(const std::string& name) {
  PopulationExcerpt population{.name = name, .neurons = 4, .neurons_shown = 4, .positions = 1};
  population.position = {0};
  population.tick = {2};
  population.neuron = {3};
  population.count = {-1};
  return {.timesteps = 4, .last_tick = 2, .recorded = 1, .populations = {population}};
}

}  // namespace

TEST_CASE("a page is whole and names nothing outside it") {
  const std::string page = report_html({sample_run()});
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.ends_with("</html>\n"));
  CHECK(!holds(page, "{{"));
  for (const char* outside : {"http://", "https://", "src=\"", "url(", "@import", "<link rel=\"stylesheet\""})
    CHECK_MESSAGE(!holds(page, outside), std::string(outside));
  for (const char* section :
       {"result", "errors", "activity", "arrival", "energy", "operations", "spike", "populations", "provenance"}) {
    CHECK_MESSAGE(count(page, "id=\"run-0123abcd-" + std::string(section) + "\"") == 1, std::string(section));
    CHECK_MESSAGE(count(page, "href=\"#run-0123abcd-" + std::string(section) + "\"") == 1, std::string(section));
  }
  CHECK(!holds(page, "id=\"run-0123abcd-zero-shot\""));  // nothing to show
  CHECK(!holds(page, "id=\"run-0123abcd-spikes\""));
}

TEST_CASE("no text of a report becomes markup") {
  ordered_json report = make_report(sample_run());
  report["zero_shot"] = {{{"task", ""}, {"protocol", ""}, {"items", 1}, {"dense", {{"acc", 0.5}}}}};
  report["provenance"]["inputs"] = {{std::string(attack), {{"path", ""}, {"xxh3", ""}}}};
  const std::string plain = page("t", run_article(report, excerpt_named("p")));
  fill_texts(report, std::string(attack));
  report["populations"][0]["name"] = "blocks.0." + std::string(attack);  // a heading of heat maps and charts
  const std::string page_of_attack = page(attack, run_article(report, excerpt_named(std::string(attack))));
  CHECK(holds(page_of_attack, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  for (const char* markup : {"<script", "</script", "</title", "<img", "onerror=alert(2)>"})
    CHECK_MESSAGE(count(page_of_attack, markup) == count(plain, markup), std::string(markup));
}

TEST_CASE("several runs are one page") {
  StoredRun second = sample_run();
  second.experiment.name = "other";
  second.manifest["hash"] = "89abcdef";
  const std::string page = report_html({sample_run(), second});
  CHECK(count(page, "<article>") == 2);
  CHECK(count(page, "<h1>") == 2);
  CHECK(count(page, "id=\"run-89abcdef-energy\"") == 1);
  CHECK(holds(page, "<title>2 runs</title>"));
  CHECK(count(page, "<style>") == 1);
}

TEST_CASE("what a run does not have is left out") {
  StoredRun run = sample_run();
  run.experiment.evaluation.networks = {Network::dense};
  for (SegmentResult& result : run.results) {
    result.populations.clear();
    result.operations = {};
  }
  const std::string page = report_html({run});
  CHECK(holds(page, "the dense model in fp32"));
  for (const char* section : {"errors", "activity", "arrival", "energy", "operations", "spike\""})
    CHECK_MESSAGE(!holds(page, "id=\"run-0123abcd-" + std::string(section)), std::string(section));
  run = sample_run();
  run.results.clear();
  run.manifest["segments"] = nullptr;
  CHECK(holds(report_html({run}), "Nothing was simulated yet."));
}

TEST_CASE("a calibration is a chart of the losses of its blocks, and a table") {
  ordered_json report = make_report(sample_run());
  CHECK(!holds(run_article(report, {}), "id=\"run-0123abcd-calibration\""));
  report["calibration"] = {{"method", "theta_v0"},
                           {"documents", 4},
                           {"blocks",
                            {{{"name", "blocks.0"},
                              {"loss_before", 0.25},
                              {"loss_after", 0.125},
                              {"curve", {0.125, 0.1875}},
                              {"tokens", 1234},
                              {"phases", {{"mlp_in", 2}, {"v", 1}}}}}}};
  report["timing"]["calibration_blocks"] = {{{"seconds", 1.5}, {"peak_memory_bytes", 5000000}}};
  const std::string article = run_article(report, {});
  CHECK(holds(article, "id=\"run-0123abcd-calibration\""));
  CHECK(holds(article, R"(<data value="0.125" data-path="/calibration/blocks/0/loss_after">)"));
  CHECK(holds(article, "loss of each block before calibration"));
  CHECK(holds(article, R"(<data value="1234" data-path="/calibration/blocks/0/tokens">1)"));
  CHECK(holds(article,
              R"(v <data value="1" data-path="/calibration/blocks/0/phases/v">1</data>, mlp_in <data value="2")"));
  CHECK(holds(article, R"(<data value="5000000" data-path="/timing/calibration_blocks/0/peak_memory_bytes">5)"));
}

TEST_CASE("a bound that was measured is a chart over the blocks, and a table") {
  StoredRun run = sample_run();
  CHECK(!holds(run_article(make_report(run), {}), "id=\"run-0123abcd-bound\""));
  run.experiment.record.bound = true;
  const std::string article = run_article(make_report(run), {});
  CHECK(holds(article, "error of the residual stream and its bound behind each block"));
  CHECK(holds(article, "data-path=\"/bound/1/factor\">2<"));
}

TEST_CASE("errors by position are a chart, where there are several positions") {
  CHECK(holds(run_article(make_report(sample_run()), {}), "error by cause at each position"));
  StoredRun run = sample_run();
  for (SegmentResult& result : run.results) result.positions = {};  // stored by an older version
  CHECK(!holds(run_article(make_report(run), {}), "error by cause at each position"));
}

TEST_CASE("spikes are on the page as data of the raster") {
  const std::string article = run_article(make_report(sample_run()), excerpt_named("blocks.0.q"));
  CHECK(holds(article, R"(data-spikes="run-0123abcd-data")"));
  CHECK(holds(article, R"("position":[0],"tick":[2],"neuron":[3],"count":[-1])"));
  CHECK(holds(article, "<canvas"));
  CHECK(holds(run_article(make_report(sample_run()), {.unreadable = "torn <file>"}), "torn &lt;file&gt;"));
}

}  // namespace snnsim::experiments::html
