#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/experiment.hpp"
#include "experiments/prefix.hpp"
#include "experiments/quantized_cache.hpp"
#include "experiments/rotation_choice.hpp"
#include "experiments/segment_result.hpp"
#include "experiments/zero_shot/zero_shot_result.hpp"

namespace snnsim::experiments {

/// Negative log-likelihood (nats) of one scored token under the three networks: a line of token_nll.csv.
struct TokenLikelihood {
  std::size_t position = 0;  // of the scored token in its segment
  std::int32_t id = 0;
  double dense = 0, qann = 0, snn = 0;
};

/// Where and how a run directory is opened.
struct RunLocation {
  std::filesystem::path parent = "runs";  // the folder that holds run directories
  std::size_t threads = 0;                // for the manifest
  bool fresh = false;                     // discard what an earlier run left
};

/// The folder `<parent>/<name>-<8 hex of the content hash>` of one experiment, held by one process at a time.
/// Constructing it creates the folder, takes its lock, writes experiment.json and reads the finished segments; the lock
/// goes with the object or the process, however that ends. Member functions may be called from several threads.
class RunDirectory {
 public:
  /// Throws DirectoryInUse when another process holds the directory (names its host and id), DataError when
  /// results.jsonl is damaged other than by a torn last line.
  RunDirectory(const Experiment& experiment, const RunLocation& location);
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  const std::filesystem::path& path() const;
  const std::string& hash() const;

  /// Finished segments by (text, segment), those of earlier processes included.
  std::vector<SegmentResult> results() const;
  bool finished(std::size_t text, std::size_t segment) const;
  /// Finished chunks of zero-shot tasks by (task, chunk), and whether one is among them.
  std::vector<ZeroShotResult> zero_shot_results() const;
  bool finished_chunk(std::size_t task, std::size_t chunk) const;

  /// How many segments each text of evaluation.perplexity has and how many chunks each task of evaluation.zero_shot;
  /// call once, before the first append.
  void expect(std::vector<std::size_t> segments_per_text, std::vector<std::size_t> chunks_per_task = {});
  /// Makes one more segment permanent (fsynced on return). `tokens` only with record.token_nll.
  void append(const SegmentResult& result, std::span<const TokenLikelihood> tokens = {});
  void append(const ZeroShotResult& result);
  /// For the manifest: where this process has its quantized model from, and what a search for prefix tokens and a
  /// rotation found.
  void note(const QuantizedSource& source, const ResolvedPrefix& prefix, const RotationChoice& rotation);
  /// One line of run.log, with the time in front.
  void log(std::string_view line);
  /// Takes away what this process has written when no segment was ever finished here: an error before the first result
  /// leaves nothing behind.
  void discard_if_empty() noexcept;
  /// Closes the books: token_nll.csv and spikes.h5 if every segment is there, and the manifest.
  void finish(bool equality_required);

  nlohmann::ordered_json manifest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace snnsim::experiments
