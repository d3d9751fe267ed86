#include <array>

#include <fmt/format.h>

#include "experiments/report/html/page_sections.hpp"

namespace snnsim::experiments::html {
namespace {

struct Metric {
  const char *key, *name;
  Format format;
};

constexpr std::array<Metric, 3> metrics = {{{"acc", "accuracy", percents},
                                            {"acc_norm", "accuracy by log p per character", percents},
                                            {"perplexity", "perplexity", perplexity}}};

std::string cell(const Value& scores, const Metric& metric) {
  if (scores.is_null()) return "<td>–</td>";
  return fmt::format("<td>{} <span class=\"error\">± {}</span></td>", number(scores[metric.key], metric.format),
                     number(scores[std::string(metric.key) + "_standard_error"], metric.format));
}

std::string rows(const Value& task) {
  std::string out;
  for (const Metric& metric : metrics) {
    if (task["dense"][metric.key].is_null()) continue;
    out += fmt::format("<tr><th scope=\"row\">{}<span class=\"about\">{}; {}, {} items</span></th>{}{}{}</tr>\n",
                       escape(task["task"].text()), metric.name, escape(task["protocol"].text()),
                       number(task["items"], whole), cell(task["dense"], metric), cell(task["qann"], metric),
                       cell(task["snn"], metric));
  }
  return out;
}

}  // namespace

Section zero_shot(const Value& report) {
  const Value tasks = report["zero_shot"];
  std::string body;
  for (std::size_t i = 0; i < tasks.size(); ++i) body += rows(tasks[i]);
  if (body.empty()) return {"zero-shot", ""};
  return {"zero-shot", "Zero-shot tasks",
          scrolling("<table class=\"scores\"><thead><tr><th scope=\"col\">Task ± standard error</th>"
                    "<th scope=\"col\">dense</th><th scope=\"col\">QANN</th><th scope=\"col\">SNN</th></tr></thead>"
                    "<tbody>\n" +
                    body + "</tbody></table>")};
}

}  // namespace snnsim::experiments::html
