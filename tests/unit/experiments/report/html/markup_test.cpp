#include "experiments/report/html/markup.hpp"

#include <doctest/doctest.h>

namespace snnsim::experiments::html {

using nlohmann::ordered_json;

TEST_CASE("escaped text is shown as it is") {
  CHECK(escape(R"(<a href="x">'&'</a>)") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  CHECK(escape("blocks.0.q ± é") == "blocks.0.q ± é");
}

TEST_CASE("JSON in a script element cannot end it, and stays the same JSON") {
  const ordered_json json = {{"</script>", "<!-- \xff"}};
  const std::string text = script_json(json);
  CHECK(text.find('<') == std::string::npos);
  CHECK(ordered_json::parse(text).contains("</script>"));
}

TEST_CASE("a value knows its place") {
  const ordered_json report = {{"a/b", {{{"c~", 1.5}}}}, {"text", "words"}};
  const Value value = Value(report)["a/b"][0]["c~"];
  CHECK(value.path() == "/a~1b/0/c~0");
  CHECK(report.at(ordered_json::json_pointer(value.path())) == 1.5);
  CHECK(value.number() == 1.5);
  CHECK(Value(report)["text"].text() == "words");
  CHECK(Value(report)["none"]["of"][3].is_null());
}

TEST_CASE("numbers are rounded for readers and keep their digits") {
  const ordered_json report = {{"share", 0.123456}, {"none", nullptr}};
  CHECK(number(Value(report)["share"], percents) == "<data value=\"0.123456\" data-path=\"/share\">12.3\u00a0%</data>");
  CHECK(number(Value(report)["none"], percents) == "–");
  CHECK(per_token(Value(report)["share"], 2, significant) ==
        "<data value=\"0.061728\" data-path=\"/share\" data-per=\"token\">0.0617</data>");
  CHECK(per_token(Value(report)["share"], 0, significant) == "–");
  CHECK(whole(1234567) == "1\u202f234\u202f567");
  CHECK(whole(-123456) == "-123\u202f456");
  CHECK(whole(999) == "999");
  CHECK(joules(31.5e6) == "31.5\u00a0µJ");
  CHECK(joules(2.5e12) == "2.50\u00a0J");
  CHECK(perplexity(8.7264) == "8.726");
  CHECK(perplexity(123456) == "1.235e+05");
}

}  // namespace snnsim::experiments::html
