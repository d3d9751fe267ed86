#include "experiments/network/network_hdf5.hpp"

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/recording/tables.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

/// A file with weights of 2 × 3 and spikes of a population "x".
struct Files {
  tests::ScratchFolder folder;
  std::filesystem::path path = folder.path() / "net.h5";

  explicit Files(const std::vector<double>& timestamps = {0, 0.4, 1, 1.1, 9},
                 const std::vector<std::uint64_t>& nodes = {0, 1, 2, 0, 1},
                 const std::vector<std::uint32_t>& targets = {1, 0, 1}) {
    const hdf5::Handle file = hdf5::create_file(path);
    hdf5::ColumnWriter dense(hdf5::Column::create(file.id(), "dense", hdf5::type_of(std::int16_t{}), 3));
    dense.append(std::span<const std::int16_t>(std::vector<std::int16_t>{1, -2, 3, 4, 5, -128}));
    dense.finish();
    const hdf5::Handle sparse = hdf5::create_group(file.id(), "sparse");
    put_column<std::uint64_t>(sparse.id(), "offsets", std::vector<std::uint64_t>{0, 1, 1, 3});
    put_column<std::uint32_t>(sparse.id(), "targets", targets);
    put_column<std::int16_t>(sparse.id(), "weights", std::vector<std::int16_t>{7, -8, 9});
    const hdf5::Handle spikes = hdf5::create_group(file.id(), "spikes"), x = hdf5::create_group(spikes.id(), "x");
    put_column<double>(x.id(), "timestamps", timestamps);
    put_column<std::uint64_t>(x.id(), "node_ids", nodes);
  }

  ProjectionSection projection(const char* dataset, std::int32_t bits = 8) const {
    ProjectionSection section;
    section.weights.file = path;
    section.weights.dataset = dataset;
    section.bits = bits;
    return section;
  }
  InputSection input() const {
    InputSection section;
    section.name = "x";
    section.size = 3;
    section.spikes.file = path;
    section.spikes.interval = 0.5;
    return section;
  }
};

std::string complaint(const auto& read) {
  try {
    read();
    return {};
  } catch (const DataError& error) {
    CHECK_FALSE(error.remedy().empty());
    return error.what();
  }
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("weights come from a dataset or a group of an HDF5 file") {
  const Files files;
  const auto dense = std::get<DenseArrays>(read_weights(files.projection("dense"), {2, 3}));
  CHECK(dense.weights == std::vector<std::int8_t>{1, -2, 3, 4, 5, -128});
  const auto sparse = std::get<SparseArrays>(read_weights(files.projection("/sparse"), {2, 3}));
  CHECK(sparse.offsets == std::vector<std::uint64_t>{0, 1, 1, 3});
  CHECK(sparse.targets == std::vector<std::uint32_t>{1, 0, 1});
  CHECK(sparse.weights == std::vector<std::int8_t>{7, -8, 9});
}

TEST_CASE("spikes come from an HDF5 file, in steps") {
  const Files files;
  std::uint64_t left_out = 0;
  const std::vector<SpikeEvent> events = read_spikes(files.input(), 3, left_out);
  CHECK(left_out == 1);
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected{{1, 0}, {1, 1}, {2, 2}, {3, 0}};
  REQUIRE(events.size() == 4);
  for (std::size_t k = 0; k < 4; ++k) CHECK(std::pair(events[k].step, events[k].neuron) == expected[k]);
}

TEST_CASE("HDF5 that does not fit the network is refused") {
  const Files files;
  const auto weights = [&](const char* dataset, std::int32_t bits, const ProjectionShape& shape) {
    return complaint([&] { read_weights(files.projection(dataset, bits), shape); });
  };
  CHECK(contains(weights("dense", 8, {3, 2}), "dense is 2 x 3"));
  CHECK(contains(weights("dense", 7, {2, 3}), "weight -128 does not fit into 7 bits"));
  CHECK(contains(weights("nothing", 8, {2, 3}), "\"nothing\" is missing"));
  CHECK(contains(weights("no/where", 8, {2, 3}), "no readable group"));
  CHECK(contains(weights("sparse", 8, {1, 3}), "target 1 of 1 neurons"));
  CHECK(contains(weights("sparse", 8, {2, 2}), "4 offsets for 2 source neurons"));
  CHECK(contains(weights("spikes/x/timestamps", 8, {5, 1}), "something else than integers"));
  const auto spikes = [](const Files& from) {
    std::uint64_t left_out = 0;
    return complaint([&] { read_spikes(from.input(), 3, left_out); });
  };
  CHECK(contains(spikes(Files({1, 2}, {0})), "2 timestamps, 1 node_ids"));
  CHECK(contains(spikes(Files({-1}, {0})), "a timestamp of \"x\" is -1"));
  CHECK(contains(spikes(Files({1}, {3})), "spike of neuron 3, but 3 neurons"));
}

}  // namespace snnsim::experiments
