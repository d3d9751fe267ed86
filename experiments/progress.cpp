#include "experiments/progress.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <sys/ioctl.h>
#include <unistd.h>

#include "experiments/progress_line.hpp"

namespace snnsim::experiments {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t usual_columns = 80;
constexpr const char* erase_line = "\r\x1b[K";

ProgressMode resolve(ProgressMode mode, std::FILE* out) {
  if (mode != ProgressMode::automatic) return mode;
  return ::isatty(::fileno(out)) != 0 ? ProgressMode::live : ProgressMode::lines;
}

/// Asked each time: people resize their windows.
std::size_t columns(std::FILE* out) {
  winsize size{};
  return ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual_columns;
}

void put(std::FILE* out, const std::string& text) {
  (void)std::fwrite(text.data(), 1, text.size(), out);
  (void)std::fflush(out);
}

}  // namespace

struct Progress::State {
  State(ProgressMode wanted, std::FILE* file, ProgressPace pace) : mode(resolve(wanted, file)), out(file) {
    if (mode == ProgressMode::quiet) return;
    const std::chrono::milliseconds period = mode == ProgressMode::live ? pace.live : pace.lines;
    drawer = std::jthread([this, period](const std::stop_token& stop) { draw_until(stop, period); });
  }

  /// The first drawing comes after one period: what is over sooner needs no progress.
  void draw_until(const std::stop_token& stop, std::chrono::milliseconds period) {
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      if (!wake.wait_for(lock, stop, period, [&] { return stop.stop_requested(); })) draw();
    }
  }

  std::string line() const {
    if (!started) return stage;
    return progress_line(count, std::chrono::duration<double>(Clock::now() - *started).count());
  }

  void draw() {
    const std::string text = line();
    if (text.empty()) return;
    if (mode == ProgressMode::lines) return put(out, text + '\n');
    drawn = true;
    // One column stays free: a full line would wrap on some terminals.
    put(out, erase_line + std::string(cut(text, columns(out) - 1)));
  }

  void finish() {
    if (drawer.joinable()) {
      drawer.request_stop();
      drawer.join();
    }
    if (drawn) put(out, erase_line);
    drawn = false;
  }

  ProgressMode mode;
  std::FILE* out;
  std::mutex mutex;  // over everything below
  std::condition_variable_any wake;
  std::string stage;
  std::optional<Clock::time_point> started;
  ProgressCount count;
  bool drawn = false;
  std::jthread drawer;  // last: it uses the others
};

Progress::Progress(ProgressMode mode, std::FILE* out, ProgressPace pace)
    : state_(std::make_unique<State>(mode, out, pace)) {}

Progress::~Progress() {
  finish();
}

void Progress::stage(std::string_view what) {
  const std::lock_guard guard(state_->mutex);
  state_->stage = what;
}

void Progress::start(std::size_t total, std::size_t timesteps, std::span<const SegmentResult> done,
                     std::size_t chunks) {
  const std::lock_guard guard(state_->mutex);
  state_->count = {.total = total, .timesteps = timesteps};
  for (const SegmentResult& result : done) state_->count.add(result, false);
  state_->count.done += chunks;
  state_->started = Clock::now();
}

void Progress::within_segment(double share) {
  const std::lock_guard guard(state_->mutex);
  state_->count.within = std::clamp(share, 0.0, 1.0);
}

void Progress::segment_done(const SegmentResult& result) {
  const std::lock_guard guard(state_->mutex);
  state_->count.add(result, true);
}

void Progress::chunk_done(std::string what) {
  const std::lock_guard guard(state_->mutex);
  state_->count.add_chunk(std::move(what));
}

void Progress::note(std::string_view line) {
  if (state_->mode == ProgressMode::quiet) return;
  const std::lock_guard guard(state_->mutex);
  put(state_->out, (state_->drawn ? erase_line : "") + std::string(line) + '\n');
}

void Progress::finish() {
  state_->finish();
}

}  // namespace snnsim::experiments
