#include "experiments/report/html/spike_excerpt.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "experiments/recording/column.hpp"
#include "experiments/recording/tables.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments::html {
namespace {

/// A recording of one population with two segments: at each of two ticks, each of three positions from 5 on, each of
/// four neurons spikes, neuron j with the count j - 2, which is no spike for j = 2.
struct Recorded {
  tests::ScratchFolder folder;
  std::filesystem::path path = folder.path() / "spikes.h5";

  Recorded() {
    hdf5::Handle file = hdf5::create_file(path);
    for (const char* name : {"spikes", "spikes/p"}) hdf5::create_group(file.id(), name);
    {
      const hdf5::Handle group = hdf5::open_group(file.id(), "spikes/p");
      SpikeTable table(group.id());
      for (std::uint32_t segment = 0; segment < 2; ++segment)
        for (std::uint64_t tick = 1; tick <= 2; ++tick)
          for (std::uint32_t position = 5; position < 8; ++position)
            table.add({tick + 10 * segment, segment, position}, std::vector<std::int16_t>{-2, -1, 0, 1});
      table.finish();
    }
    hdf5::close_file(std::move(file));
  }
};

}  // namespace

TEST_CASE("an excerpt is the first segment, whole if there is room") {
  const Recorded recorded;
  const SpikeExcerpt excerpt = read_excerpt(recorded.path);
  REQUIRE(excerpt.populations.size() == 1);
  const PopulationExcerpt& p = excerpt.populations[0];
  CHECK(p.name == "p");
  CHECK(p.tick.size() == 2 * 3 * 3);
  CHECK(p.first_position == 5);
  CHECK(p.positions == 3);
  CHECK(excerpt.last_tick == 2);  // not 12, of the second segment
  CHECK(p.count[0] == -2);
  CHECK(p.neuron[2] == 3);
  CHECK(p.count[2] == 1);
  CHECK(excerpt.unreadable.empty());
}

TEST_CASE("fewer positions where there are too many spikes, and fewer neurons where one position has too many") {
  const Recorded recorded;
  const auto with = [&](std::size_t spikes) { return read_excerpt(recorded.path, {.spikes = spikes}).populations[0]; };
  CHECK(with(18).positions == 3);
  CHECK(with(17).positions == 2);
  CHECK(with(17).tick.size() == 12);
  const PopulationExcerpt few = with(4);  // one position has 6
  CHECK(few.positions == 1);
  CHECK(few.neurons_shown == 3);  // of which the third is silent
  CHECK(few.tick.size() == 4);
  CHECK(read_excerpt(recorded.path, {.neurons = 1}).populations[0].tick.size() == 6);
}

TEST_CASE("no file is no excerpt, and a damaged one says why") {
  const tests::ScratchFolder folder;
  const std::filesystem::path path = folder.path() / "spikes.h5";
  CHECK(read_excerpt(path).populations.empty());
  CHECK(read_excerpt(path).unreadable.empty());
  std::ofstream(path) << "torn";
  CHECK(!read_excerpt(path).unreadable.empty());
}

}  // namespace snnsim::experiments::html
