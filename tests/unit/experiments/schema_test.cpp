#include "experiments/schema.hpp"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "experiments/experiment_file.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// The defaults in a schema as a document.
ordered_json defaults(const ordered_json& section) {
  auto out = ordered_json::object();
  for (const auto& [key, field] : section.at("properties").items()) {
    if (key == "$schema") continue;
    out[key] = field.contains("properties") ? defaults(field) : field.at("default");
  }
  return out;
}

}  // namespace

TEST_CASE("the schema's defaults are those of an empty experiment") {
  ordered_json expected = to_json(Experiment{});
  CHECK(defaults(experiment_schema()) == expected);
}

TEST_CASE("the schema says what the reader enforces") {
  const ordered_json schema = experiment_schema();
  CHECK(schema.at("$schema") == "http://json-schema.org/draft-07/schema#");
  CHECK(schema.at("additionalProperties") == false);
  const ordered_json& conversion = schema.at("properties").at("conversion").at("properties");
  CHECK(conversion.at("timesteps").at("minimum") == 1);
  CHECK(conversion.at("timesteps").at("maximum") == 1024);
  CHECK(conversion.at("neuron").at("enum").size() == names_of<Neuron>.size());
  CHECK(conversion.at("overrides").at("items").at("properties").contains("match"));
}

TEST_CASE("configs/schema holds the schema of this version") {
  std::ifstream in(tests::source_dir() / "configs" / "schema" / "experiment.schema.json");
  const std::string stored{std::istreambuf_iterator<char>(in), {}};
  CHECK_MESSAGE(stored == experiment_schema().dump(2) + "\n",
                "write it again: build/release/snnsim schema > configs/schema/experiment.schema.json");
}

}  // namespace snnsim::experiments
