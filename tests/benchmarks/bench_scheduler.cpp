// The event queue: nanoseconds per hold operation (pop the least, push one later) of the radix heap beside the standard
// and Boost's heaps, in the same run; and what the whole scheduler costs per batch of 256 positions.
// Usage: bench_scheduler [google-benchmark options]
#include <numeric>
#include <queue>

#include <benchmark/benchmark.h>
#include <boost/heap/d_ary_heap.hpp>
#include <boost/heap/pairing_heap.hpp>

#include "core/random.hpp"
#include "core/simulation/scheduler.hpp"

namespace snnsim {
namespace {

constexpr std::uint64_t kSpread = 1 << 16;  // ticks that an event lies ahead, at most

/// The least key first, under one name for all.
template <typename Queue>
struct Adapter {
  Queue queue;
  void push(std::uint64_t key) { queue.push(key); }
  std::uint64_t pop() {
    const std::uint64_t key = queue.top();
    queue.pop();
    return key;
  }
};
using Greater = boost::heap::compare<std::greater<>>;
using Standard = Adapter<std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>>>;
using FourAry = Adapter<boost::heap::d_ary_heap<std::uint64_t, boost::heap::arity<4>, Greater>>;
using Pairing = Adapter<boost::heap::pairing_heap<std::uint64_t, Greater>>;

/// Random delays, drawn before the clock runs.
std::vector<std::uint64_t> delays() {
  const RandomStream stream(1, RandomStream::Purpose::sampling);
  std::vector<std::uint64_t> result(1 << 16);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = 1 + stream.bits(i) % kSpread;
  return result;
}

template <typename Queue>
void hold(benchmark::State& state) {
  const std::vector<std::uint64_t> ahead = delays();
  const auto waiting = static_cast<std::size_t>(state.range(0));
  Queue queue;
  for (std::size_t i = 0; i < waiting; ++i) queue.push(ahead[i % ahead.size()]);
  std::size_t i = 0;
  const auto step = [&] { queue.push(queue.pop() + ahead[i++ % ahead.size()]); };
  for (std::size_t k = 0; k < 2 * waiting; ++k) step();  // until it looks as it does in the long run
  for (auto _ : state) step();
  state.SetItemsProcessed(state.iterations());
}
#define SNNSIM_HOLD(queue) BENCHMARK_TEMPLATE(hold, queue)->Arg(1000)->Arg(100000)->Arg(1000000)
SNNSIM_HOLD(RadixHeap);
SNNSIM_HOLD(Standard);
SNNSIM_HOLD(FourAry);
SNNSIM_HOLD(Pairing);

/// A chain of nodes as deep as a network; each batch schedules the next node, the last one the next tick.
void batches(benchmark::State& state) {
  SpikingGraph graph;
  NodeId last = graph.add(Source{1});
  for (int i = 0; i < 500; ++i) last = graph.add(std::make_shared<Sum>(1), {last, last});
  graph.finish();
  Scheduler scheduler(graph);
  std::vector<Position> positions(256);
  std::iota(positions.begin(), positions.end(), 0U);
  scheduler.schedule(1, 0, positions);
  for (auto _ : state) {
    const Scheduler::Group group = scheduler.pop();
    const NodeId node = group.batches[0].node;
    scheduler.schedule(node == last ? group.tick + 1 : group.tick, node == last ? 0 : node + 1, positions);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(batches);

}  // namespace
}  // namespace snnsim

BENCHMARK_MAIN();
