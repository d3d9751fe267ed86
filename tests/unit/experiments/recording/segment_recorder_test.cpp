#include "experiments/recording/segment_recorder.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "core/simulation/executor.hpp"
#include "core/simulation/probe_list.hpp"
#include "experiments/recording/recording.hpp"
#include "experiments/recording/spike_file.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/hdf5_content.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

constexpr LevelRange kRange{-8, 7};
constexpr std::uint32_t kTimesteps = 4;

/// One population of three neurons, named "a", driven by the external input.
struct OnePopulation {
  SpikingGraph graph;
  NodeId id;

  explicit OnePopulation(NeuronModel neuron) {
    Population population = tests::population(neuron, kRange, 3, 0.5F);
    population.name = "a";
    id = graph.add(std::move(population), graph.add(Source{3}));
    graph.finish();
  }
};

Experiment recorded(std::vector<std::string> spikes, std::vector<std::string> drives = {},
                    std::vector<std::string> potentials = {}) {
  Experiment experiment;
  experiment.conversion.timesteps = kTimesteps;
  experiment.record = {std::move(spikes), std::move(drives), std::move(potentials)};
  return experiment;
}

/// Everything an update showed, in order.
struct Seen final : Probe {
  std::vector<double> timestamps, update_ticks;
  std::vector<std::int64_t> nodes, positions;
  std::vector<std::int16_t> counts;
  std::vector<float> drives;

  void on_update(const PopulationUpdate& update) override {
    for (const Position row : update.rows) {
      update_ticks.push_back(static_cast<double>(update.tick));
      for (std::size_t j = 0; j < 3; ++j) {
        drives.push_back(update.drive.row(row)[j]);
        if (update.spikes.row(row)[j] == 0) continue;
        timestamps.push_back(static_cast<double>(update.tick));
        nodes.push_back(static_cast<std::int64_t>(j));
        positions.push_back(row);
        counts.push_back(update.spikes.row(row)[j]);
      }
    }
  }
};

/// Runs two positions with a recorder on them; returns what another probe saw.
Seen run(const OnePopulation& network, const Experiment& experiment, const RecordedSegment& segment,
         const std::filesystem::path& file) {
  NetworkState state(network.graph, kTimesteps);
  Matrix<float> input(2, 3);
  for (std::size_t i = 0; i < 6; ++i) input.values()[i] = 0.7F * static_cast<float>(i) - 1.3F;
  state.append(input);
  Seen seen;
  SegmentRecorder recorder(network.graph, experiment, segment, file);
  ProbeList probes{&seen, &recorder, nullptr};
  make_event_executor(network.graph, TimeSettings{.timesteps = kTimesteps})->run(state, 0, 2, &probes);
  recorder.finish();
  return seen;
}

template <typename T>
std::vector<T> stored(const std::filesystem::path& file, const std::string& dataset) {
  const std::vector<std::byte> bytes = tests::hdf5_content(file).at(dataset);
  std::vector<T> values(bytes.size() / sizeof(T));
  std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(std::span(values)).begin());
  return values;
}

}  // namespace

TEST_CASE("a recording holds every spike and drive that a probe sees") {
  const tests::ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "part.h5";
  const OnePopulation network(SigmaDelta{kRange});
  const Seen seen = run(network, recorded({"*"}, {"a"}), {.index = 5, .positions = 2}, file);
  REQUIRE(seen.counts.size() > 5);
  CHECK(stored<double>(file, "spikes/a/timestamps") == seen.timestamps);
  CHECK(stored<std::int16_t>(file, "spikes/a/counts") == seen.counts);
  CHECK(stored<std::uint32_t>(file, "spikes/a/segment") == std::vector<std::uint32_t>(seen.counts.size(), 5));
  CHECK(stored<float>(file, "drives/a/values") == seen.drives);
  CHECK(stored<double>(file, "drives/a/timestamps") == seen.update_ticks);
  CHECK(!tests::hdf5_content(file).contains("potentials/a/values"));
  const SpikeFile spikes(file);
  CHECK(spikes.populations()[0].neurons == 3);
  CHECK(spikes.timesteps() == kTimesteps);
  CHECK(spikes.positions() == 2);
  spikes.read(spikes.populations()[0], [&](const SpikeBlock& block) {
    CHECK(block.node_ids == seen.nodes);
    CHECK(block.position == seen.positions);
    CHECK(std::ranges::equal(block.counts, seen.counts));
    return true;
  });
}

TEST_CASE("potentials follow from the drive and what was emitted: v(t) is below θ once a neuron may fire enough") {
  const tests::ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "part.h5";
  const OnePopulation network(SigmaDelta{kRange});
  const Seen seen = run(network, recorded({}, {}, {"a"}), {}, file);
  const std::vector<float> potentials = stored<float>(file, "potentials/a/values");
  REQUIRE(potentials.size() == seen.drives.size());
  for (std::size_t i = 0; i < potentials.size(); ++i) {
    const float level = seen.drives[i] / 0.5F + 0.5F;  // X/θ + v(0)/θ, of which the integer part has been emitted
    CHECK(potentials[i] == level - std::floor(level));
  }
  CHECK(!tests::hdf5_content(file).contains("spikes/a/counts"));
}

TEST_CASE("the offset of integer-spiking neurons is in the potential") {
  const tests::ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "part.h5";
  const OnePopulation network(IntegerSpiking{kRange, kTimesteps});
  const Seen seen = run(network, recorded({"a"}, {}, {"a"}), {}, file);
  const std::vector<float> potentials = stored<float>(file, "potentials/a/values");
  std::vector<double> emitted(6, 0);
  std::size_t spike = 0;
  for (std::size_t i = 0; i < potentials.size(); ++i) {
    const std::size_t step = i / 6, neuron = i % 6;  // both positions at each step
    const bool fires = spike < seen.counts.size() && seen.timestamps[spike] == static_cast<double>(step + 1) &&
                       static_cast<std::size_t>(seen.positions[spike] * 3 + seen.nodes[spike]) == neuron;
    if (fires) emitted[neuron] += seen.counts[spike++];
    const double expected =
        seen.drives[i] / 0.5 + 0.5 + 2.0 * static_cast<double>(step + 1) - emitted[neuron];  // α = 2
    CHECK(potentials[i] == doctest::Approx(expected).epsilon(1e-6));
  }
  CHECK(spike == seen.counts.size());
}

TEST_CASE("parts are joined in order; the result and the parts that are left do not depend on when") {
  const tests::ScratchFolder folder;
  const OnePopulation network(IntegerSpiking{kRange, kTimesteps});
  const Experiment experiment = recorded({"a"}, {"a"}, {"a"});
  const Recording recording(folder.path());
  Seen seen;
  for (std::uint32_t text = 0; text < 2; ++text)
    for (std::uint32_t segment = 0; segment < 2; ++segment)
      seen = run(network, experiment,
                 {.run = "r", .index = 2 * text + segment, .text = text, .segment = segment, .positions = 2},
                 recording.part(text, segment));
  const std::filesystem::path away = folder.path() / "away";
  std::filesystem::rename(recording.part(0, 1), away);
  CHECK(tests::complaint([&] { recording.join({2, 2}); }).find("0-1.h5: no such file") != std::string::npos);
  CHECK(!std::filesystem::exists(folder.path() / "spikes.h5"));
  std::filesystem::rename(away, recording.part(0, 1));
  recording.join({2, 2});
  const std::filesystem::path whole = folder.path() / "spikes.h5";
  CHECK(!std::filesystem::exists(recording.part(0, 0)));
  CHECK(stored<std::uint32_t>(whole, "segments/text") == std::vector<std::uint32_t>{0, 0, 1, 1});
  CHECK(stored<std::uint32_t>(whole, "segments/segment") == std::vector<std::uint32_t>{0, 1, 0, 1});
  std::vector<std::int16_t> counts;
  std::vector<std::uint32_t> segments;
  for (std::uint32_t part = 0; part < 4; ++part) {
    counts.insert(counts.end(), seen.counts.begin(), seen.counts.end());
    segments.insert(segments.end(), seen.counts.size(), part);
  }
  CHECK(stored<std::int16_t>(whole, "spikes/a/counts") == counts);
  CHECK(stored<std::uint32_t>(whole, "spikes/a/segment") == segments);
  CHECK(stored<float>(whole, "potentials/a/values").size() == 4 * seen.drives.size());
  CHECK(stored<float>(whole, "populations/a/threshold") == std::vector<float>(3, 0.5F));
  recording.join({2, 2});  // nothing left to do
}

TEST_CASE("a place that cannot be written is an error") {
  const OnePopulation network(SigmaDelta{kRange});
  CHECK(tests::complaint([&] {
          SegmentRecorder(network.graph, recorded({"a"}), {}, "/dev/null/part.h5");
        }).find("/dev/null") != std::string::npos);
}

}  // namespace snnsim::experiments
