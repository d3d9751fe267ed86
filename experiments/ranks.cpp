#include "experiments/ranks.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/machine.hpp"

#ifdef SNNSIM_MPI
#include <mpi.h>
#endif

namespace snnsim::experiments {
namespace {

/// True if a launcher says that there are several of us: Open MPI's mpirun, others by PMI, srun by PMIx or PMI2.
bool launched_with_others() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_SIZE"})
    if (const char* size = std::getenv(name); size != nullptr && std::string_view(size) != "1") return true;
  const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
  return std::getenv("PMIX_RANK") != nullptr && tasks != nullptr && std::string_view(tasks) != "1";
}

std::size_t own_rank = 0;

}  // namespace

Ranks& Ranks::world() {
  static Ranks ranks;
  return ranks;
}

std::string Ranks::label() {
  return own_rank == 0 ? std::string() : fmt::format(", rank {} on {}", own_rank, host_name());
}

#ifdef SNNSIM_MPI

namespace {

constexpr int kTag = 7;
bool together = false;  // between MPI_Init and finish()

/// Waits without the busy loop of the library: a little at first, for ranks that compute the same are there soon.
template <class Done>
void sleep_until(const Done& done) {
  constexpr std::chrono::microseconds least{20}, most{5000};
  for (std::chrono::microseconds pause = least; !done(); pause = std::min(most, 2 * pause))
    std::this_thread::sleep_for(pause);
}

void complete(MPI_Request& request) {
  sleep_until([&] {
    int done = 0;
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    return done != 0;
  });
}

void broadcast(void* bytes, std::size_t size) {
  MPI_Request request;
  MPI_Ibcast(bytes, static_cast<int>(size), MPI_BYTE, 0, MPI_COMM_WORLD, &request);
  complete(request);
}

}  // namespace

Ranks::Ranks() {
  if (!launched_with_others()) return;
  int provided = 0, rank = 0, size = 1;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  together = true;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  own_rank = rank_ = static_cast<std::size_t>(rank);
  size_ = static_cast<std::size_t>(size);
}

std::string Ranks::from_first(const std::string& text) {
  told_ = true;
  if (size_ == 1) return text;
  std::string all = text;
  std::uint64_t length = all.size();
  broadcast(&length, sizeof length);
  all.resize(length);
  if (length > 0) broadcast(all.data(), length);
  return all;
}

std::vector<std::vector<double>> Ranks::gather(const std::vector<double>& own) {
  if (size_ == 1) return {own};
  const int count = static_cast<int>(own.size());
  std::vector<int> counts(size_), begins(size_);
  MPI_Request request;
  MPI_Iallgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, MPI_COMM_WORLD, &request);
  complete(request);
  std::exclusive_scan(counts.begin(), counts.end(), begins.begin(), 0);
  std::vector<double> all(static_cast<std::size_t>(begins.back() + counts.back()));
  MPI_Iallgatherv(own.data(), count, MPI_DOUBLE, all.data(), counts.data(), begins.data(), MPI_DOUBLE, MPI_COMM_WORLD,
                  &request);
  complete(request);
  std::vector<std::vector<double>> of_ranks;
  for (std::size_t r = 0; r < size_; ++r)
    of_ranks.emplace_back(all.begin() + begins[r], all.begin() + begins[r] + counts[r]);
  return of_ranks;
}

void Ranks::send(const std::string& text) {
  MPI_Request request;
  MPI_Isend(text.data(), static_cast<int>(text.size()), MPI_BYTE, 0, kTag, MPI_COMM_WORLD, &request);
  complete(request);
}

std::optional<std::string> Ranks::receive(bool wait) {
  if (size_ == 1) return {};
  MPI_Status status;
  int there = 0, length = 0;
  const auto look = [&] {
    MPI_Iprobe(MPI_ANY_SOURCE, kTag, MPI_COMM_WORLD, &there, &status);
    return there != 0;
  };
  if (wait)
    sleep_until(look);
  else if (!look())
    return {};
  MPI_Get_count(&status, MPI_BYTE, &length);
  std::string text(static_cast<std::size_t>(length), '\0');
  MPI_Recv(text.data(), length, MPI_BYTE, status.MPI_SOURCE, kTag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return text;
}

void Ranks::finish() {
  if (!together) return;
  if (first() && !told_) from_first();
  MPI_Request request;
  MPI_Ibarrier(MPI_COMM_WORLD, &request);
  complete(request);
  MPI_Finalize();
  together = false;
}

void Ranks::give_up(int exit_code) noexcept {
  if (together) MPI_Abort(MPI_COMM_WORLD, exit_code);
}

#else

Ranks::Ranks() {
  if (launched_with_others())
    throw ConfigurationError("several processes were started for one job, but this snnsim was built without MPI",
                             "install libopenmpi-dev and build again, or run it without mpirun");
}

std::string Ranks::from_first(const std::string& text) {
  return text;
}
std::vector<std::vector<double>> Ranks::gather(const std::vector<double>& own) {
  return {own};
}
void Ranks::send(const std::string&) {}
std::optional<std::string> Ranks::receive(bool) {
  return {};
}
void Ranks::finish() {}
void Ranks::give_up(int) noexcept {}

#endif

}  // namespace snnsim::experiments
