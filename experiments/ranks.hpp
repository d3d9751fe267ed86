#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace snnsim::experiments {

/// The processes that mpirun (or srun) has started together for one job, each with its rank: the only place that knows
/// of MPI. A process that was started by itself is the only rank, and nothing of MPI is touched. Who waits for others
/// sleeps, so that they have its processors.
///
/// The first rank owns the run directory and tells the others what there is to do; they send it their results.
class Ranks {
 public:
  /// Those of this process. Throws ConfigurationError when there are several but the program was built without MPI.
  static Ranks& world();

  std::size_t rank() const { return rank_; }
  std::size_t size() const { return size_; }
  bool first() const { return rank_ == 0; }

  /// What the first rank tells, or has it told: empty if it ends without having told anything. Each rank calls it once.
  std::string from_first(const std::string& text = {});
  /// The numbers of every rank, in their order, given to each. All ranks call it together.
  std::vector<std::vector<double>> gather(const std::vector<double>& own);
  /// To the first rank, from another; in the order of the calls.
  void send(const std::string& text);
  /// A message that was sent to this, the first rank; nothing if there is none now and `wait` is false.
  std::optional<std::string> receive(bool wait);
  /// Waits until every rank is here: from now on each ends by itself.
  void finish();

  /// Ends all ranks with this exit code if others may be waiting for this one; else does nothing.
  static void give_up(int exit_code) noexcept;
  /// For messages: ", rank 2 on host", empty for the first rank.
  static std::string label();

 private:
  Ranks();

  std::size_t rank_ = 0, size_ = 1;
  bool told_ = false;
};

}  // namespace snnsim::experiments
