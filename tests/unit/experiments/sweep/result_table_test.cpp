#include "experiments/sweep/result_table.hpp"

#include <doctest/doctest.h>

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

ResultTable sample() {
  return make_table({"conversion.neuron", "a.0"}, {{{"sigma_delta", 1}, {{"snn_ppl", 8.72563}, {"run", "x,y"}}},
                                                   {{"st_bif", nullptr}, {{"wall_s", 2}, {"snn_ppl", nullptr}}}});
}

}  // namespace

TEST_CASE("a table has the columns of all rows, and null where a row has none") {
  const ResultTable table = sample();
  CHECK(table.columns == std::vector<std::string>{"conversion.neuron", "a.0", "snn_ppl", "run", "wall_s"});
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0] == std::vector<ordered_json>{"sigma_delta", 1, 8.72563, "x,y", nullptr});
  CHECK(table.rows[1] == std::vector<ordered_json>{"st_bif", nullptr, nullptr, nullptr, 2});
}

TEST_CASE("a table as CSV, JSON and text") {
  CHECK(table_csv(sample()) ==
        "conversion.neuron,a.0,snn_ppl,run,wall_s\nsigma_delta,1,8.72563,\"x,y\",\nst_bif,,,,2\n");
  CHECK(table_json(sample()).at(1).dump() ==
        R"({"conversion.neuron":"st_bif","a.0":null,"snn_ppl":null,"run":null,"wall_s":2})");
  CHECK(table_text(sample()) ==
        "neuron       a.0  snn_ppl  run  wall_s\n"
        "sigma_delta  1    8.726    x,y  -\n"
        "st_bif       -    -        -    2\n");
}

}  // namespace snnsim::experiments
