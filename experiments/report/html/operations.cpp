#include <array>

#include <fmt/format.h>

#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {
namespace {

struct Row {
  const char *key, *name, *meaning;
  const char* group = "";
};

constexpr std::array<Row, 14> rows = {{
    {"synaptic_operations", "synaptic operations", "spikes × the synapses they reach"},
    {"synaptic_magnitude", "accumulates", "Σ |s| × synapses, if a graded spike is a burst of unit spikes"},
    {"synaptic_shift_adds", "shift-adds", "Σ popcount(|s|) × synapses, if a graded spike is bit-serial"},
    {"neuron_updates", "neuron updates", "clocked neurons each step, event-driven ones when input changed"},
    {"neurons_active", "updates with a spike", ""},
    {"weight_bytes", "weight bytes", "one fetch per synaptic operation"},
    {"spike_messages", "spike messages", "spikes × the projections that carry them"},
    {"multiply_accumulates", "multiply-accumulates", "of the QANN or the dense model for the same tokens"},
    {"multiply_accumulates", "analog multiply-accumulates", "operators that stay analog, over all steps", "analog"},
    {"exponentials", "analog exponentials", "", "analog"},
    {"divisions", "analog divisions", "and reciprocal square roots", "analog"},
    {"multiply_accumulates", "analog multiply-accumulates, once per token", "operators evaluated once, as in the QANN",
     "analog_once"},
    {"exponentials", "analog exponentials, once per token", "", "analog_once"},
    {"divisions", "analog divisions, once per token", "", "analog_once"},
}};

std::string row_of(const Value& operations, const Row& row, double tokens) {
  const Value value = row.group[0] == '\0' ? operations[row.key] : operations[row.group][row.key];
  if (value.is_null()) return "";
  return fmt::format("<tr><th scope=\"row\">{}<span class=\"about\">{}</span></th><td>{}</td><td>{}</td></tr>\n",
                     row.name, row.meaning, number(value, prefixed), per_token(value, tokens, prefixed));
}

}  // namespace

Section operations(const Value& report) {
  if (report["populations"].size() == 0) return {"operations", ""};
  std::string body;
  for (const Row& row : rows) body += row_of(report["operations"], row, tokens(report));
  return {"operations", "Operations",
          scrolling("<table class=\"counts\"><thead><tr><th scope=\"col\">exact counts</th><th scope=\"col\">all</th>"
                    "<th scope=\"col\">per token</th></tr></thead><tbody>\n" +
                    body + "</tbody></table>")};
}

}  // namespace snnsim::experiments::html
