#include <limits>

#include <doctest/doctest.h>

#include "experiments/report/html/heat_map.hpp"
#include "experiments/report/html/line_chart.hpp"
#include "experiments/report/html/population_name.hpp"
#include "experiments/report/html/stacked_bars.hpp"

namespace snnsim::experiments::html {
namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("ticks are round numbers inside the axis") {
  CHECK(ticks({.label = "", .low = 0, .high = 1}) == std::vector<double>{0, 0.2, 0.4, 3 * 0.2, 0.8, 1});
  CHECK(ticks({.label = "", .low = 7.3, .high = 9.1}) == std::vector<double>{7.5, 8, 8.5, 9});
  CHECK(ticks({.label = "", .low = 0.9, .high = 17.6, .logarithmic = true, .doubling = true}) ==
        std::vector<double>{1, 2, 4, 8, 16});
  CHECK(ticks({.label = "", .low = 9, .high = 60, .logarithmic = true}) == std::vector<double>{10, 20, 50});
  CHECK(ticks({.label = "", .low = 0.5, .high = 2e4, .logarithmic = true}) ==
        std::vector<double>{1, 10, 100, 1000, 1e4});
}

TEST_CASE("an axis holds its numbers, and zero where that is near") {
  const Axis near = Axis::around("", {2, 10, nan});
  CHECK(near.low == 0);
  CHECK(near.high > 10);
  const Axis far = Axis::around("", {8, 10});
  CHECK(far.low > 7);
  CHECK(far.low < 8);
  const Axis alone = Axis::around("", {5});
  CHECK(alone.low < 5);
  CHECK(alone.high > 5);
  const Axis none = Axis::around("", {});
  CHECK(none.low < none.high);
  CHECK(Axis::around("", {0, 10, 1000}, true).low > 5);  // zero has no place on a logarithmic axis
}

TEST_CASE("a line goes through its points, and leaves out what is not finite") {
  const std::string chart = line_chart({.description = "d \"q\"",
                                        .x = {.label = "x", .low = 0, .high = 10},
                                        .y = {.label = "y", .low = 0, .high = 1},
                                        .series = {{.name = "s", .points = {{0, 0}, {5, nan}, {10, 1}}}}});
  CHECK(holds(chart, "<polyline points=\"46.0,192.0 350.0,10.0\"/>"));  // lower left and upper right of the frame
  CHECK(holds(chart, "aria-label=\"d &quot;q&quot;\""));
  CHECK(holds(chart, "role=\"img\""));
}

TEST_CASE("bars are as long as their parts, the longest full") {
  const std::string chart = stacked_bars(
      {.description = "cost",
       .kinds = {"a", "b"},
       .bars = {{.label = "one", .parts = {3, 1}, .total = "4"}, {.label = "two", .parts = {nan, 1}, .total = "1"}}});
  CHECK(holds(chart, R"(class="k0" x="0.000%" width="75.000%")"));
  CHECK(holds(chart, R"(class="k1" x="75.000%" width="25.000%")"));
  CHECK(holds(chart, R"(class="k1" x="0.000%" width="25.000%")"));
  CHECK(holds(chart, "aria-label=\"cost: two\""));
}

TEST_CASE("bars of nothing are empty") {
  CHECK(!holds(stacked_bars({.description = "", .kinds = {"a"}, .bars = {{.label = "x", .parts = {0}, .total = ""}}}),
               "width=\"nan"));
}

TEST_CASE("names of populations have a block and a site") {
  REQUIRE(block_and_site("blocks.12.mlp_mid"));
  CHECK(block_and_site("blocks.12.mlp_mid")->block == 12);
  CHECK(block_and_site("blocks.12.mlp_mid")->site == "mlp_mid");
  for (const char* other : {"final_in", "blocks.", "blocks.x.q", "blocks.1", "blocks.1.", "blocks.1q"})
    CHECK_MESSAGE(!block_and_site(other), std::string(other));
}

TEST_CASE("a heat map has a row per block and a cell per site, empty where there is no number") {
  const nlohmann::ordered_json report = {{"populations",
                                          {{{"name", "blocks.10.q"}, {"firing_rate", 0.5}},
                                           {{"name", "blocks.9.q"}, {"firing_rate", 0.25}},
                                           {{"name", "blocks.9.k"}, {"firing_rate", nullptr}},
                                           {{"name", "blocks.9.v"}, {"firing_rate", 1e-5}}}}};
  const Value populations = Value(report)["populations"];
  const std::string map = heat_map(populations, {.caption = "rates", .key = "firing_rate"});
  CHECK(holds(map, "<th scope=\"row\">9</th><td style=\"--heat:0.500\">"));
  CHECK(holds(map, "<th scope=\"row\">10</th><td style=\"--heat:1.000\">"));
  CHECK(map.find("row\">9<") < map.find("row\">10<"));
  CHECK(!holds(map, ">k</th>"));
  CHECK(holds(map, "</td><td></td></tr>"));  // 10 has no v
  CHECK(holds(map, ">&lt;0.01</data>"));
  CHECK(holds(heat_map(populations, {.caption = "", .key = "firing_rate", .darkest = 1}), "--heat:0.250"));
  CHECK(heat_map(populations, {.caption = "", .key = "none"}).empty());
}

}  // namespace snnsim::experiments::html
