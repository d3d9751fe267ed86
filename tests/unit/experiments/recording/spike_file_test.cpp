#include "experiments/recording/spike_file.hpp"

#include <fstream>
#include <limits>

#include <doctest/doctest.h>

#include "experiments/recording/column.hpp"
#include "experiments/recording/spike_inspection.hpp"
#include "experiments/recording/tables.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;

/// A file as another program writes it: one population, "cells", of 16-bit ids and float times.
struct ForeignFile {
  tests::ScratchFolder folder;
  fs::path path = folder.path() / "spikes.h5";

  ForeignFile(const std::vector<float>& times, const std::vector<std::int16_t>& ids) {
    hdf5::Handle file = hdf5::create_file(path);
    hdf5::create_group(file.id(), "spikes");
    const hdf5::Handle group = hdf5::create_group(file.id(), "spikes/cells");
    put_column<float>(group.id(), "timestamps", times);
    put_column<std::int16_t>(group.id(), "node_ids", ids);
    hdf5::close_file(std::move(file));
  }
  std::string complaint(const RasterChoice& choice = {}) const {
    return tests::complaint([&] { inspect_spikes(path, choice); });
  }
};

std::string complaint_about(const fs::path& path) {
  return tests::complaint([&] { inspect_spikes(path, {}); });
}

}  // namespace

TEST_CASE("spikes of another program are read and drawn") {
  const ForeignFile file({0.5F, 2.5F, 4.5F, 4.5F}, {3, 1, 3, 2});
  const std::string text = inspect_spikes(file.path, {});
  CHECK(text.find("populations: 1") != std::string::npos);
  CHECK(text.find("cells: neurons upwards, ms 0.5 to 4.5 to the right; @: 1 spikes") != std::string::npos);
  CHECK(text.find("       3 |@") != std::string::npos);
  CHECK(text.find("\n         1 |") != std::string::npos);
}

TEST_CASE("a population without spikes says so") {
  CHECK(inspect_spikes(ForeignFile({}, {}).path, {}).find("cells: no spikes") != std::string::npos);
}

TEST_CASE("what is no spike file, or a damaged one, is refused") {
  CHECK(ForeignFile({1, 2}, {1}).complaint().find("differ in length") != std::string::npos);
  CHECK(ForeignFile({1, std::numeric_limits<float>::quiet_NaN()}, {1, 2}).complaint().find("no number") !=
        std::string::npos);
  CHECK(ForeignFile({1, 2}, {1, -2}).complaint().find("negative node id") != std::string::npos);
  CHECK(ForeignFile({1}, {1}).complaint({.population = "cell"}).find("matches no population") != std::string::npos);
  CHECK(ForeignFile({1}, {1}).complaint({.segment = 0}).find("have no segments and positions") != std::string::npos);
  CHECK(complaint_about("nothing.h5") == "nothing.h5: no such file");
}

TEST_CASE("datasets of other types and files without spikes are refused") {
  const tests::ScratchFolder folder;
  const fs::path path = folder.path() / "x.h5";
  {
    const hdf5::Handle file = hdf5::create_file(path);
    hdf5::create_group(file.id(), "cells");
  }
  CHECK(complaint_about(path).find("without a group /spikes") != std::string::npos);
  {
    const hdf5::Handle file = hdf5::create_file(path);
    put_column<float>(file.id(), "spikes", std::vector<float>{1});
  }
  CHECK(complaint_about(path).find("no readable group \"spikes\"") != std::string::npos);
  {
    const hdf5::Handle file = hdf5::create_file(path);
    hdf5::create_group(file.id(), "spikes");
    const hdf5::Handle group = hdf5::create_group(file.id(), "spikes/cells");
    put_column<float>(group.id(), "timestamps", std::vector<float>{1});
  }
  CHECK(complaint_about(path).find("\"node_ids\" is missing") != std::string::npos);
  {
    const hdf5::Handle file = hdf5::open_file(path);
    const std::string old = fs::path(path).replace_extension("old");
    CHECK(complaint_about(old) == old + ": no such file");
  }
}

TEST_CASE("a file that is cut off anywhere is refused or read, never more") {
  const ForeignFile file(std::vector<float>(3000, 1.5F), std::vector<std::int16_t>(3000, 7));
  std::ifstream in(file.path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const fs::path cut = file.folder.path() / "cut.h5";
  std::size_t refused = 0;
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    std::ofstream(cut, std::ios::binary) << bytes.substr(0, size);
    refused += complaint_about(cut) != "accepted" ? 1 : 0;
  }
  CHECK(refused == (bytes.size() + 96) / 97);  // HDF5 knows how long a file must be
}

}  // namespace snnsim::experiments
