#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace snnsim::models {

/// How calibration examples are shared out over processes that calibrate together: example g is that of process g mod
/// size. Each goes through the whole calibration, and whatever comes from examples comes as sums over all of them,
/// added up in their order (BlockProblem::sum): so all make the same decisions, and the same ones on any number of
/// processes. This one: a process by itself.
class ExampleShare {
 public:
  virtual ~ExampleShare() = default;
  virtual std::size_t rank() const { return 0; }
  virtual std::size_t size() const { return 1; }
  /// The numbers of every process, in the order of ranks, given to each. Every process calls it equally often.
  virtual std::vector<std::vector<double>> gather(std::vector<double> own) const { return {std::move(own)}; }

  bool is_own(std::size_t example) const { return example % size() == rank(); }
};

}  // namespace snnsim::models
