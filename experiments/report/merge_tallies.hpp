#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// The tallies of one list of all segments, those of the same name added up, in the order in which names first come.
template <class Tally>
std::vector<Tally> merged(const std::vector<SegmentResult>& results, std::vector<Tally> SegmentResult::*list) {
  std::vector<Tally> merged;
  std::unordered_map<std::string, std::size_t> places;
  for (const SegmentResult& result : results)
    for (const Tally& tally : result.*list) {
      const auto [place, added] = places.emplace(tally.name, merged.size());
      if (added)
        merged.push_back(tally);
      else
        add_sums(merged[place->second], tally);
    }
  return merged;
}

}  // namespace snnsim::experiments
