#include "experiments/progress.hpp"

#include <string>
#include <string_view>
#include <thread>

#include <doctest/doctest.h>
#include <unistd.h>

#include "experiments/progress_line.hpp"
#include "experiments/readable.hpp"
#include "tests/unit/experiments/sample_result.hpp"

namespace snnsim::experiments {
namespace {

using namespace std::chrono_literals;

/// A file that is no terminal.
class Output {
 public:
  Output() : file_(std::tmpfile()) { REQUIRE(file_ != nullptr); }
  ~Output() { std::fclose(file_); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  std::FILE* file() { return file_; }
  std::string text() {
    std::string out(static_cast<std::size_t>(std::ftell(file_)), '\0');
    std::rewind(file_);
    REQUIRE(std::fread(out.data(), 1, out.size(), file_) == out.size());
    return out;
  }

 private:
  std::FILE* file_;
};

/// Waits until the file holds `text`, at most ten seconds: a busy machine may be slow to draw.
void wait_for(std::FILE* file, const std::string& text) {
  std::string content(1 << 16, '\0');
  for (int tries = 0; tries < 5000; ++tries, std::this_thread::sleep_for(2ms)) {
    const ssize_t size = ::pread(fileno(file), content.data(), content.size(), 0);
    if (size > 0 && std::string_view(content.data(), static_cast<std::size_t>(size)).find(text) != std::string::npos)
      return;
  }
}

/// Sixteen segments of which one is stored and one is finished while looking. Waits for what a mode should draw.
std::string written_in(ProgressMode mode, ProgressPace pace) {
  const bool draws = mode != ProgressMode::quiet && pace.lines < 1s;
  Output output;
  {
    Progress progress(mode, output.file(), pace);
    progress.stage("calibrating");
    if (draws) wait_for(output.file(), "calibrating");
    const SegmentResult stored = sample_result(0, 0);
    progress.start(16, 4, {&stored, 1});
    progress.segment_done(sample_result(0, 1));
    if (draws) wait_for(output.file(), "12 % | ");
    std::this_thread::sleep_for(20ms);
    progress.finish();
    progress.finish();
  }
  return output.text();
}

constexpr ProgressPace quick{.live = 1ms, .lines = 1ms};

}  // namespace

TEST_CASE("a live line is redrawn in place and gone at the end") {
  const std::string text = written_in(ProgressMode::live, quick);
  CHECK(text.find("\r\x1b[Kcalibrating") != std::string::npos);
  CHECK(text.find("\r\x1b[K12 % | segment 3 of 16 | SNN PPL ") != std::string::npos);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.ends_with("\r\x1b[K"));
}

TEST_CASE("without a terminal there are plain lines, and none before the first period is over") {
  const std::string text = written_in(ProgressMode::automatic, quick);
  CHECK(text.starts_with("calibrating\n"));
  CHECK(text.find("\n12 % | segment 3 of 16 | ") != std::string::npos);
  CHECK(text.find_first_of("\r\x1b") == std::string::npos);
  CHECK(text.ends_with(" left\n"));
  CHECK(written_in(ProgressMode::automatic, {}).empty());
  CHECK(written_in(ProgressMode::quiet, quick).empty());
}

TEST_CASE("a progress line says what is known") {
  ProgressCount count;
  count.total = 16;
  count.timesteps = 4;
  CHECK(progress_line(count, 1) == "0 % | segment 1 of 16");
  count.within = 0.5;
  CHECK(progress_line(count, 2) == "3 % | segment 1 of 16 | 1 min 2 s left");
  SegmentResult result = sample_result(0, 0);
  result.tokens = 3;
  result.snn = {6, 14};  // mean 2, variance 2/3, over n - 1 = 2
  count.add(result, false);
  // exp(2) = 7.389, times sqrt(1/3); 200 spikes of 160 instances × 4
  CHECK(progress_line(count, 2) == "6 % | segment 2 of 16 | SNN PPL 7.39 ± 4.27 | firing 31.2 %");
  count.add(result, true);
  count.add(result, true);
  CHECK(progress_line(count, 4).ends_with(" | firing 31.2 % | 500 SOP/s | 26 s left"));
  for (int i = 0; i < 13; ++i) count.add(result, true);
  CHECK(progress_line(count, 30).starts_with("100 % | segment 16 of 16"));
  CHECK(progress_line(count, 30).ends_with("| 0 s left"));
}

TEST_CASE("the running perplexity is that of the text at hand") {
  ProgressCount count;
  count.add(sample_result(0, 0), true);
  count.add(sample_result(1, 0), true);
  CHECK(count.perplexity.tokens() == 10);
  CHECK(count.done == 2);
}

TEST_CASE("a line is cut between characters") {
  CHECK(cut("a ± b", 80) == "a ± b");
  CHECK(cut("a ± b", 5) == "a ± b");
  CHECK(cut("a ± b", 4) == "a ± ");
  CHECK(cut("a ± b", 3) == "a ±");
  CHECK(cut("a ± b", 2) == "a ");
  CHECK(cut("a ± b", 0).empty());
}

TEST_CASE("numbers for people") {
  CHECK(with_prefix(0) == "0");
  CHECK(with_prefix(12345) == "12.3 k");
  CHECK(with_prefix(1.5e9) == "1.50 G");
  CHECK(with_prefix(999.7) == "1.00 k");
  CHECK(with_prefix(0.00012) == "120 u");
  CHECK(with_unit(0.00012, "J") == "120 uJ");
  CHECK(with_unit(5.9, "J") == "5.90 J");
  CHECK(with_prefix(2e-15) == "0.00 p");
  CHECK(with_prefix(-2500) == "-2.50 k");
  CHECK(with_prefix(std::numeric_limits<double>::infinity()) == "-");
  CHECK(percent(0.1234) == "12.3 %");
  CHECK(percent(0.0012) == "0.12 %");
  CHECK(percent(0.00001) == "0.001 %");
  CHECK(percent(0) == "0.00 %");
  CHECK(duration(4.2) == "4 s");
  CHECK(duration(59.6) == "1 min 0 s");
  CHECK(duration(3725) == "1 h 2 min");
}

}  // namespace snnsim::experiments
