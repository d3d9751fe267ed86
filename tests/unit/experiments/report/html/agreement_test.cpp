// The numbers of a run in report.html, report.csv and report.json are the same.
#include <cmath>
#include <map>
#include <regex>
#include <sstream>

#include <doctest/doctest.h>

#include "experiments/report.hpp"
#include "tests/unit/experiments/sample_run.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// An element <data> of a page.
struct Shown {
  std::string value, path, text;  // attributes, and what a reader sees
  bool per_token = false;
};

std::vector<Shown> numbers_of(const std::string& page) {
  const std::regex element(R"x(<data value="([^"]*)" data-path="([^"]*)"( data-per="token")?>([^<]*)</data>)x");
  std::vector<Shown> out;
  for (std::sregex_iterator found(page.begin(), page.end(), element), end; found != end; ++found)
    out.push_back({(*found)[1], (*found)[2], (*found)[4], (*found)[3].matched});
  return out;
}

/// Rows of report.csv by "section/place/metric": members of lists are numbered in the order of their names.
std::map<std::string, std::string> rows_of(const std::string& csv) {
  std::map<std::string, std::string> rows;
  std::map<std::string, std::vector<std::string>> names;
  std::istringstream lines(csv);
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string section, name, metric, value;
    std::getline(fields, section, ',');
    std::getline(fields, name, ',');
    std::getline(fields, metric, ',');
    std::getline(fields, value);
    std::vector<std::string>& known = names[section];
    if (known.empty() || known.back() != name) known.push_back(name);
    rows[section + (name.empty() ? "" : "/" + std::to_string(known.size() - 1)) + "/" + metric] = value;
  }
  return rows;
}

/// The key in rows_of() of a JSON pointer: "/energy/0/breakdown_pj/snn" is "energy/0/breakdown_pj.snn". Lists in a
/// section count from 1.
std::string row_name(const ordered_json& report, const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream in(path.substr(1));
  for (std::string part; std::getline(in, part, '/');) parts.push_back(part);
  const std::size_t fixed = report[parts[0]].is_array() ? 2 : 1;
  std::string out = fixed == 2 ? parts[0] + "/" + parts[1] + "/" : parts[0] + "/";
  for (std::size_t i = fixed; i < parts.size(); ++i) {
    const bool place = parts[i].find_first_not_of("0123456789") == std::string::npos;
    out += (i > fixed ? "." : "") + (place ? std::to_string(std::stoul(parts[i]) + 1) : parts[i]);
  }
  return out;
}

/// What the rounded text stands for, and half a unit of its last digit. In heat maps, percents have no sign.
struct Reading {
  double value, tolerance;
};

Reading reading_of(std::string text) {
  for (const std::string space : {"\u00a0", "\u202f"})
    for (std::size_t at = text.find(space); at != std::string::npos; at = text.find(space))
      text.erase(at, space.size());
  std::size_t end = 0;
  const double mantissa = std::stod(text, &end);
  std::string digits = text.substr(0, end), unit = text.substr(end);
  const std::size_t exponent = digits.find('e'), dot = digits.find('.');
  const std::string front = digits.substr(0, exponent);
  double last = dot == std::string::npos ? 1 : std::pow(10.0, -static_cast<double>(front.size() - dot - 1));
  if (exponent != std::string::npos) last *= std::pow(10.0, std::stod(digits.substr(exponent + 1)));
  const bool energy = unit.ends_with("J");
  if (energy || unit.ends_with("s")) unit.pop_back();
  const std::map<std::string, double> units = {{"", 1},     {"%", 1e-2}, {"p", 1e-12}, {"n", 1e-9}, {"µ", 1e-6},
                                               {"m", 1e-3}, {"k", 1e3},  {"M", 1e6},   {"G", 1e9},  {"T", 1e12}};
  REQUIRE_MESSAGE(units.contains(unit), text);
  const double scale = units.at(unit) / (energy ? 1e-12 : 1);  // the report has pJ
  return {mantissa * scale, 0.501 * last * scale};
}

bool near(const Reading& reading, double scale, double value) {
  return std::abs(reading.value * scale - value) <= reading.tolerance * scale;
}

void check_rounding(const Shown& shown, double value) {
  if (shown.text == "&lt;0.01") {  // percents of heat maps
    CHECK((value > 0 && value < 0.00005));
    return;
  }
  const Reading reading = reading_of(shown.text);
  const bool bare = shown.text.find_first_not_of("0123456789.") == std::string::npos;  // as percents of heat maps are
  CHECK_MESSAGE((near(reading, 1, value) || (bare && near(reading, 0.01, value))), shown.path, ": ", shown.text,
                " for ", value);
}

/// A run that has something in every section: two texts, a zero-shot task, numbers of all sizes.
StoredRun full_run() {
  StoredRun run = sample_run();
  run.experiment.evaluation.perplexity.resize(2, run.experiment.evaluation.perplexity[0]);
  run.results[1].text = 1;
  run.experiment.energy.tables = {{"horowitz_45nm"}, {"loihi1"}, {"yan_22nm"}};
  run.results[0].snn.nll = 100;  // a perplexity above 1000
  run.results[0].populations[0].unevenness *= 1e-7;
  run.results[0].operations.synaptic_operations = 123'456'789'012'345;
  run.experiment.evaluation.zero_shot = {{.task = ZeroShotName::piqa, .path = "/p.jsonl"}};
  run.manifest["zero_shot_chunks"] = ordered_json::array({1});
  ZeroShotResult chunk{.task = 0, .chunk = 0, .items = 3};
  chunk.dense = {.correct = 2, .correct_norm = 1, .nll = 1, .nll_squared = 1};
  run.zero_shot = {chunk};
  return run;
}

}  // namespace

TEST_CASE("every number of report.html is that of report.json and report.csv, and what is read is its rounding") {
  const StoredRun run = full_run();
  const ordered_json report = make_report(run);
  const auto rows = rows_of(report_csv(report));
  const std::vector<Shown> numbers = numbers_of(report_html({run}));
  CHECK(numbers.size() > 140);
  std::map<std::string, std::size_t> sections;
  double tokens = 0;
  for (const ordered_json& text : report["perplexity"]) tokens += text["tokens"].get<double>();
  for (const Shown& shown : numbers) {
    const ordered_json& json = report.at(ordered_json::json_pointer(shown.path));
    const std::string row = row_name(report, shown.path);
    REQUIRE_MESSAGE(rows.contains(row), row);
    CHECK(rows.at(row) == json.dump());
    const double value = json.get<double>() / (shown.per_token ? tokens : 1);
    CHECK(shown.value == (shown.per_token ? ordered_json(value) : json).dump());
    check_rounding(shown, value);
    ++sections[shown.path.substr(1, shown.path.find('/', 1) - 1)];
  }
  for (const char* section :
       {"perplexity", "zero_shot", "equality", "network", "populations", "projections", "operations", "energy"})
    CHECK_MESSAGE(sections[section] >= 2, std::string(section));
}

TEST_CASE("every number of the headline table and its tiles is on the page, in report.json and in report.csv") {
  const StoredRun run = full_run();
  const ordered_json report = make_report(run);
  const auto rows = rows_of(report_csv(report));
  std::string page = report_html({run});
  page = page.substr(page.find("id=\"run-0123abcd-result\""));
  std::map<std::string, std::string> shown;
  for (const Shown& number : numbers_of(page.substr(0, page.find("</section>")))) shown[number.path] = number.value;
  std::vector<std::string> expected = {"/equality/neurons_checked",
                                       "/equality/neurons_different",
                                       "/network/firing_rate",
                                       "/network/spikes_per_neuron_per_token",
                                       "/operations/synaptic_operations",
                                       "/energy/0/snn_pj"};
  for (const std::string text : {"/perplexity/0/", "/perplexity/1/"})
    for (const char* number : {"segment", "tokens", "dense", "qann", "snn", "standard_errors/dense",
                               "standard_errors/qann", "standard_errors/snn", "kl_dense_snn", "kl_qann_snn"})
      expected.push_back(text + number);
  CHECK(shown.size() == expected.size());
  for (const std::string& path : expected) {
    CAPTURE(path);
    REQUIRE(shown.contains(path));
    const ordered_json& json = report.at(ordered_json::json_pointer(path));
    REQUIRE(json.is_number());
    CHECK(rows.at(row_name(report, path)) == json.dump());
    if (!path.starts_with("/operations") && !path.starts_with("/energy")) CHECK(shown.at(path) == json.dump());
  }
}

TEST_CASE("the test of roundings can fail") {
  const Reading reading = reading_of("12.3\u00a0%");
  CHECK(reading.value == doctest::Approx(0.123));
  CHECK(reading.tolerance == doctest::Approx(0.000501));
  CHECK(reading_of("31.5\u00a0µJ").value == doctest::Approx(31.5e6));
  CHECK(reading_of("1\u202f234").value == 1234);
}

}  // namespace snnsim::experiments
