#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/content_hash.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/files.hpp"
#include "experiments/sweep/sweep.hpp"
#include "experiments/sweep/sweep_directory.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

using Settings = std::vector<std::string>;

/// A folder with an experiment file, and what is said of it without the folder's name.
class Lab {
 public:
  std::filesystem::path file() const { return folder_.path() / "demo.json"; }
  void write(const std::string& text) const { write_file(file(), text); }

  Sweep read(const std::string& text, const Settings& settings = {}) const {
    write(text);
    return read_sweep(file(), settings);
  }

  /// "cause | remedy"
  std::string complaint(const std::string& text, const Settings& settings = {}) const {
    try {
      (void)read(text, settings);
    } catch (const ConfigurationError& error) {
      const std::string message = std::string(error.what()) + " | " + error.remedy();
      const std::string place = folder_.path().string() + "/";
      return message.starts_with(place) ? message.substr(place.size()) : message;
    }
    return "accepted";
  }

 private:
  tests::ScratchFolder folder_;
};

/// A row of values a point.
std::string rows_of(const Sweep& sweep) {
  std::string out;
  for (const SweepPoint& point : sweep.points) {
    for (const auto& value : point.values) out += value.dump() + " ";
    out += "; ";
  }
  return out;
}

}  // namespace

TEST_CASE("a grid is every combination in the order of the file, and each row of the zip with it") {
  const Lab lab;
  const Sweep sweep = lab.read(R"({"sweep": {
    "grid": {"seed": [1, 2], "conversion.timesteps": [4, 8]},
    "zip": {"quantization.weight_bits": [4, 8], "quantization.activation_bits": [6, 7]}}})");
  CHECK(sweep.keys == std::vector<std::string>{"seed", "conversion.timesteps", "quantization.weight_bits",
                                               "quantization.activation_bits"});
  CHECK(rows_of(sweep) == "1 4 4 6 ; 1 4 8 7 ; 1 8 4 6 ; 1 8 8 7 ; 2 4 4 6 ; 2 4 8 7 ; 2 8 4 6 ; 2 8 8 7 ; ");
  const Experiment& last = sweep.points.back().experiment;
  CHECK(last.seed == 2);
  CHECK(last.conversion.timesteps == 8);
  CHECK(last.quantization.weight_bits == 8);
  CHECK(last.quantization.activation_bits == 7);
  CHECK(last.sweep.empty());
}

TEST_CASE("a point is the experiment that one would write by hand, and has its hash") {
  const Lab lab;
  const Sweep sweep = lab.read(R"({"sweep": {"grid": {"conversion.neuron": ["st_bif", "sigma_delta"]}}})");
  lab.write(R"({"conversion": {"neuron": "sigma_delta"}})");
  const Experiment by_hand = read_experiment(lab.file());
  CHECK(sweep.points[1].experiment == by_hand);
  CHECK(sweep.points[1].run == "demo-" + content_hash(by_hand));
  Experiment with_sweep = by_hand;
  with_sweep.sweep.grid.keys = {{"seed", {"1", "2"}}};
  CHECK(content_hash(with_sweep) == content_hash(by_hand));
}

TEST_CASE("values may be whole sections, elements of lists and paths") {
  const Lab lab;
  const Sweep sweep = lab.read(R"({
    "evaluation": {"perplexity": [{"segment": 64}]},
    "sweep": {"zip": {"evaluation.perplexity.0.segment": [32, 48],
                      "conversion.overrides": [[], [{"match": "*", "neuron": "st_bif"}]]}}})");
  CHECK(sweep.points[1].experiment.evaluation.perplexity[0].segment == 48);
  CHECK(sweep.points[1].experiment.conversion.overrides[0].neuron == Neuron::st_bif);
  write_file(lab.file().parent_path() / "a.txt", "a");
  write_file(lab.file().parent_path() / "b.txt", "b");
  const Sweep texts = lab.read(R"({"sweep": {"grid": {"evaluation.perplexity.0.text": ["a.txt", "b.txt"]}}})");
  CHECK(texts.points[1].experiment.evaluation.perplexity[0].text == lab.file().parent_path() / "b.txt");
  CHECK(texts.points[0].run != texts.points[1].run);
}

TEST_CASE("settings change what is swept over, and the sweep itself") {
  const Lab lab;
  const std::string text = R"({"sweep": {"grid": {"conversion.timesteps": [4, 8]}}})";
  CHECK(lab.read(text, {"seed=7"}).points[1].experiment.seed == 7);
  CHECK(rows_of(lab.read(text, {"sweep.grid.conversion.timesteps=[2,3,5]"})) == "2 ; 3 ; 5 ; ");
  CHECK(rows_of(lab.read(text, {"sweep.grid.seed=[1,2]"})) == "4 1 ; 4 2 ; 8 1 ; 8 2 ; ");
  CHECK(lab.complaint(text, {"sweep.grid.conversion.timesteps=[2,0]"}) ==
        "--set sweep.grid.conversion.timesteps=[2,0]: conversion.timesteps must be an integer from 1 to 1024, not 0 | "
        "conversion.timesteps: simulated steps, T");
}

TEST_CASE("unknown keys and wrong values are placed in the sweep") {
  const Lab lab;
  CHECK(lab.complaint("{\"sweep\": {\"grid\": {\n  \"conversion.timestep\": [4, 8]\n}}}") ==
        "demo.json:2:3: unknown key \"timestep\" in conversion | did you mean \"timesteps\"?");
  CHECK(lab.complaint("{\"sweep\": {\"grid\": {\n  \"conversio.timesteps\": [4, 8]\n}}}")
            .starts_with("demo.json:2:3: unknown key \"conversio\" in the file | did you mean \"conversion\"?"));
  CHECK(lab.complaint("{\"sweep\": {\"grid\": {\n  \"conversion.timesteps\": [4,\n   0]\n}}}")
            .starts_with("demo.json:3:4: conversion.timesteps must be an integer from 1 to 1024, not 0 | "));
  CHECK(lab.complaint("{\"sweep\": {\"zip\": {\n \"conversion.neuron\": [\"st-bif\"]}}}") ==
        "demo.json:2:24: conversion.neuron has no choice \"st-bif\" | did you mean \"st_bif\"?");
  CHECK(lab.complaint(R"({"sweep": {"grid": {"conversion.overrides": [[{"match": "*", "neurn": 1}]]}}})")
            .starts_with("demo.json:1:62: unknown key \"neurn\""));
  CHECK(lab.complaint(R"({"sweep": {"grid": {"evaluation.perplexity.1.segment": [2]}}})")
            .starts_with("demo.json:1:21: index 1 is past the end of a list of 0 | "));
}

TEST_CASE("what is no sweep is refused with its place") {
  const Lab lab;
  CHECK(lab.complaint("{}").starts_with("demo.json: holds no sweep | "));
  CHECK(lab.complaint(R"({"sweep": {"grid": {"seed": []}}})")
            .starts_with("demo.json:1:29: sweep.grid.seed must be a list of at least one value, not [] | "));
  CHECK(lab.complaint(R"({"sweep": {"grid": {"seed": 3}}})").find("a list of at least one value") != std::string::npos);
  CHECK(lab.complaint(R"({"sweep": {"zip": {"seed": [1, 2], "conversion.timesteps": [4]}}})")
            .starts_with("demo.json:1:36: sweep.zip.conversion.timesteps has 1 values, and sweep.zip.seed has 2 | "));
  CHECK(lab.complaint(R"({"sweep": {"grid": {"seed": [1]}, "zip": {"seed": [2]}}})")
            .starts_with("demo.json:1:43: sweep.zip.seed sets what sweep.grid.seed sets too | "));
  CHECK(lab.complaint(R"({"sweep": {"grid": {"model": [{}], "model.tokenizer": [""]}}})").find("sets too") !=
        std::string::npos);
  CHECK(lab.complaint(R"({"sweep": {"grid": {"model.checkpoint": ["a"], "model": {"checkpoint": ["b"]}}}})")
            .find("sweep.grid.model.checkpoint is given twice") != std::string::npos);
  CHECK(lab.complaint(R"({"sweep": {"grid": {"seed": [1, 2, 1]}}})")
            .find("points 1 and 3 of the sweep are the same experiment") != std::string::npos);
  for (const char* key : {"name", "sweep", "sweep.grid", "$schema", "", "a.a.a.a.a.a.a.a.a.a"})
    CHECK_MESSAGE(lab.complaint(std::string(R"({"sweep": {"grid": {")") + key + R"(": ["x"]}}})") != "accepted", key);
  std::string list = "[1";
  for (int i = 2; i <= 400; ++i) list += "," + std::to_string(i);
  list += "]";
  CHECK(lab.complaint(R"({"sweep": {"grid": {"seed": )" + list + R"(, "conversion.timesteps": )" + list + "}}}")
            .find("makes more than 100000 runs") != std::string::npos);
}

TEST_CASE("a sweep comes back from its folder") {
  const Lab lab;
  const Sweep sweep = lab.read(R"({"sweep": {"grid": {"conversion.timesteps": [4, 8]}}})");
  const std::filesystem::path out = lab.file().parent_path() / "runs";
  const SweepDirectory directory(out, sweep);
  CHECK_FALSE(is_sweep_directory(directory.path));
  directory.write(sweep);
  CHECK(directory.path == out / ("demo-sweep-" + sweep.hash));
  REQUIRE(is_sweep_directory(directory.path));
  const Sweep back = read_sweep_directory(directory.path);
  CHECK(back.folder() == sweep.folder());
  CHECK(back.keys == sweep.keys);
  REQUIRE(back.points.size() == 2);
  CHECK(back.points[1].values == sweep.points[1].values);
  CHECK(back.points[1].run == sweep.points[1].run);
  CHECK(back.points[1].experiment == sweep.points[1].experiment);
  write_file(directory.path / "sweep.json", "{\"name\": 1}");
  CHECK_THROWS_AS(read_sweep_directory(directory.path), DataError);
}

}  // namespace snnsim::experiments
