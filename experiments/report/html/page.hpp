#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/report/html/markup.hpp"
#include "experiments/report/html/spike_excerpt.hpp"

namespace snnsim::experiments::html {

/// Files of this folder that every page contains, embedded when the program is built.
std::string_view page_template();  // page.html
std::string_view page_style();     // page.css
std::string_view page_script();    // page.js

/// A whole page, self-contained. `title` is plain text, `body` markup.
std::string page(std::string_view title, std::string_view body);

/// Sections that have something to show, below links to them. Their ids begin with `prefix`.
std::string with_links(const std::string& prefix, const std::vector<Section>& sections);

/// A run as an element <article>: heading, links and sections.
std::string run_article(const nlohmann::ordered_json& report, const SpikeExcerpt& spikes);

}  // namespace snnsim::experiments::html
