#include "tests/equivalence/brute_force.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace snnsim::tests {

namespace {

using Int = std::int64_t;

Int floor_div(Int a, Int b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

struct Spike {
  std::size_t link;
  Int neuron, sign;  // sign 0: the offset of a step
};

/// Drives are kept times T, so that offsets, which are fractions of T, are whole.
class BruteForce {
 public:
  explicit BruteForce(const SmallNetwork& network) : n_(network), start_(n_.groups.size(), 1) {
    for (const auto& group : n_.groups) {
      drive_.emplace_back(group.size, 0);
      sum_.emplace_back(group.size, 0), negative_.emplace_back(group.size, 0), ready_.emplace_back(group.size, 0);
    }
    wake_.resize(n_.groups.size());
    for (std::size_t g = 0; g < start_.size(); ++g) {
      Int first = n_.ticks_per_step;
      for (const auto& link : n_.links)
        if (link.to == g && !n_.cyclic) first = std::max(first, start_[link.from] * n_.ticks_per_step + link.delay);
      start_[g] = (first + n_.ticks_per_step - 1) / n_.ticks_per_step + n_.groups[g].phase;
    }
  }

  std::vector<Emission> run() {
    for (Int tick = 1; tick <= n_.end; ++tick)
      for (std::size_t g = 0; g < n_.groups.size(); ++g) visit(g, tick);
    return emissions_;
  }

 private:
  Int last_tick(std::size_t g) const { return (start_[g] + n_.timesteps - 1) * n_.ticks_per_step; }

  bool receive(std::size_t g, Int tick) {
    const auto& group = n_.groups[g];
    const bool boundary = tick % n_.ticks_per_step == 0 && tick / n_.ticks_per_step <= n_.timesteps;
    const bool driven = boundary && !group.input.empty();
    for (Int i = 0; driven && i < group.size; ++i) drive_[g][i] += group.input[i] * n_.timesteps;
    bool received = driven;
    const auto [begin, end] = spikes_.equal_range({tick, g});
    for (auto spike = begin; spike != end; ++spike, received = true) {
      const auto& link = n_.links[spike->second.link];
      for (Int i = 0; i < group.size; ++i)
        drive_[g][i] += link.weights[i][spike->second.neuron] *
                        (spike->second.sign == 0 ? n_.groups[link.from].low : spike->second.sign * n_.timesteps);
    }
    return received;
  }

  void visit(std::size_t g, Int tick) {
    const bool received = receive(g, tick), boundary = tick % n_.ticks_per_step == 0;
    const Int begin = start_[g] * n_.ticks_per_step;
    const auto kind = n_.groups[g].kind;
    if (kind == SmallNetwork::Kind::integer_spiking || kind == SmallNetwork::Kind::integrate_and_fire) {
      if (boundary && tick >= begin && tick <= last_tick(g)) fire(g, tick);
      return;
    }
    if (received) wake_[g].insert(std::max(tick, begin));
    if (!wake_[g].contains(tick)) return;
    fire(g, tick);
    for (Int i = 0; i < n_.groups[g].size; ++i)
      if (kind == SmallNetwork::Kind::st_bif && target(g, i) != sum_[g][i] &&
          (n_.settles || next_ready(g) <= last_tick(g)))
        wake_[g].insert(next_ready(g));
  }

  Int next_ready(std::size_t g) const {
    Int next = n_.end + 1;
    for (Int i = 0; i < n_.groups[g].size; ++i)
      if (target(g, i) != sum_[g][i]) next = std::min(next, ready_[g][i]);
    return next;
  }

  /// floor((X + `extra` / T) / θ + 1/2).
  Int level(std::size_t g, Int i, Int extra = 0) const {
    const Int unit = n_.groups[g].threshold * n_.timesteps;
    return floor_div(2 * (drive_[g][i] + extra) + unit, 2 * unit);
  }
  Int target(std::size_t g, Int i) const { return std::clamp(level(g, i), n_.groups[g].low, n_.groups[g].high); }

  Int spike_of(std::size_t g, Int i, Int tick) {
    const auto& group = n_.groups[g];
    const Int step = tick / n_.ticks_per_step - start_[g] + 1;  // of a clocked group
    switch (group.kind) {
      case SmallNetwork::Kind::integer_spiking: {
        const Int levels = (group.high - group.low + n_.timesteps - 1) / n_.timesteps;
        return std::clamp<Int>(level(g, i, -group.low * group.threshold * step) - sum_[g][i], 0, levels);
      }
      case SmallNetwork::Kind::sigma_delta:
        return target(g, i) - sum_[g][i];
      case SmallNetwork::Kind::st_bif: {
        if (ready_[g][i] > tick) return 0;
        const Int s = std::clamp(target(g, i) - sum_[g][i], -group.max_spikes, group.max_spikes);
        if (s != 0) ready_[g][i] = tick + group.refractory;
        return s;
      }
      case SmallNetwork::Kind::integrate_and_fire:
        break;
    }
    const Int up = level(g, i) >= sum_[g][i] + negative_[g][i] + 1 ? 1 : 0;
    const Int down = level(g, i) < -negative_[g][i] ? 1 : 0;
    negative_[g][i] += down;
    return up - down;
  }

  void fire(std::size_t g, Int tick) {
    for (Int i = 0; i < n_.groups[g].size; ++i) {
      const Int s = spike_of(g, i, tick);
      sum_[g][i] += s;
      if (s != 0) emissions_.push_back({tick, static_cast<Int>(g), i, s});
      for (Int k = 0; k < std::abs(s); ++k) send(g, tick, {0, i, s > 0 ? 1 : -1});
      if (n_.groups[g].kind == SmallNetwork::Kind::integer_spiking) send(g, tick, {0, i, 0});
    }
  }

  void send(std::size_t g, Int tick, Spike spike) {
    const auto step = static_cast<std::size_t>((tick + n_.ticks_per_step - 1) / n_.ticks_per_step);
    for (spike.link = 0; spike.link < n_.links.size(); ++spike.link) {
      const auto& link = n_.links[spike.link];
      if (link.from != g) continue;
      const Int lag = link.lag.empty() ? 0 : link.lag[step - 1][spike.neuron];
      spikes_.emplace(std::pair(tick + link.delay + lag, link.to), spike);
    }
  }

  const SmallNetwork& n_;
  std::vector<std::vector<Int>> drive_, sum_, negative_, ready_;
  std::vector<Int> start_;  // steps
  std::vector<std::set<Int>> wake_;
  std::multimap<std::pair<Int, std::size_t>, Spike> spikes_;  // by (tick, group)
  std::vector<Emission> emissions_;
};

}  // namespace

std::vector<Emission> simulate_by_brute_force(const SmallNetwork& network) {
  return BruteForce(network).run();
}

}  // namespace snnsim::tests
