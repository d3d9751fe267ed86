#pragma once

#include <string>
#include <vector>

#include "experiments/stored_run.hpp"

namespace snnsim::experiments {

/// Several runs on one page of HTML that needs no other file: the table of compare_runs(); perplexity against the
/// number of steps, or another number in which the runs differ, a line for every combination of what else differs;
/// perplexity against energy and synaptic operations with the runs that no other beats in both. Charts show complete
/// runs, and the first text of each.
std::string compare_html(const std::vector<StoredRun>& runs);

}  // namespace snnsim::experiments
