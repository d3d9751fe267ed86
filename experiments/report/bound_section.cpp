#include <cmath>

#include <fmt/format.h>

#include "experiments/evaluation/depth_errors.hpp"
#include "experiments/report/number.hpp"
#include "experiments/report/sections.hpp"

namespace snnsim::experiments {

using nlohmann::ordered_json;

ordered_json bound_section(const StoredRun& run) {
  if (!run.experiment.record.bound) return nullptr;
  std::vector<BlockErrors> blocks;
  for (const SegmentResult& result : run.results) add_sums(blocks, result.blocks);
  const std::vector<DepthBound> bounds = depth_bounds(blocks);
  auto section = ordered_json::array();
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    const auto relative = [&](double squares) { return number(std::sqrt(squares / blocks[k].dense)); };
    section.push_back({{"name", fmt::format("blocks.{}", k)},
                       {"factor", k == 0 ? ordered_json(nullptr) : number(bounds[k].factor)},
                       {"unevenness", relative(blocks[k].unevenness)},
                       {"quantization", relative(blocks[k].quantization)},
                       {"error", number(bounds[k].error)},
                       {"bound", number(bounds[k].bound)}});
  }
  return section;
}

}  // namespace snnsim::experiments
