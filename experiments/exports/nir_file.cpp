#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "experiments/build_identity.hpp"
#include "experiments/exports/nir_graph.hpp"
#include "experiments/files.hpp"
#include "experiments/recording/hdf5.hpp"

namespace snnsim::experiments {
namespace {

using hdf5::checked;
using hdf5::Handle;

constexpr const char* kFailure = "cannot be written";

void put(hid_t group, const std::string& name, hid_t type, const Handle& space, const void* values) {
  const Handle dataset(H5Dcreate2(group, name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                       H5Dclose);
  checked(dataset.id(), group, kFailure);
  checked(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), group, kFailure);
}

template <std::size_t Rank>
Handle space_of(const std::array<hsize_t, Rank>& extents) {
  return {H5Screate_simple(static_cast<int>(Rank), extents.data(), nullptr), H5Sclose};
}

/// Text as h5py stores it: of variable length, in UTF-8.
Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

void put(hid_t group, const std::string& name, const std::string& text) {
  const char* value = text.c_str();
  put(group, name, text_type().id(), {H5Screate(H5S_SCALAR), H5Sclose}, static_cast<const void*>(&value));
}

void put(hid_t group, const std::string& name, const std::vector<float>& values) {
  put(group, name, H5T_NATIVE_FLOAT, space_of<1>({values.size()}), values.data());
}
void put(hid_t group, const std::string& name, const std::vector<std::int64_t>& values) {
  put(group, name, H5T_NATIVE_INT64, space_of<1>({values.size()}), values.data());
}
void put(hid_t group, const std::string& name, const Matrix<float>& values) {
  put(group, name, H5T_NATIVE_FLOAT, space_of<2>({values.rows(), values.columns()}), values.values().data());
}

void put_edges(hid_t group, const NirGraph& graph) {
  std::vector<const char*> ends;
  for (const auto& [from, to] : graph.edges) ends.insert(ends.end(), {from.c_str(), to.c_str()});
  put(group, "edges", text_type().id(), space_of<2>({graph.edges.size(), 2}), static_cast<const void*>(ends.data()));
}

void put_node(hid_t nodes, const NirNode& node) {
  const Handle group = hdf5::create_group(nodes, node.name);
  put(group.id(), "type", node.type);
  for (const auto& [name, values] : node.parameters)
    std::visit([&, &key = name](const auto& array) { put(group.id(), key, array); }, values);
}

}  // namespace

void write_nir(const NirGraph& graph, const std::filesystem::path& path) {
  if (path.has_parent_path()) make_folder(path.parent_path());
  Handle file = hdf5::create_file(partial_of(path));
  put(file.id(), "version", "1.0");
  {
    const Handle node = hdf5::create_group(file.id(), "node");
    put(node.id(), "type", "NIRGraph");
    put_edges(node.id(), graph);
    const Handle nodes = hdf5::create_group(node.id(), "nodes");
    for (const NirNode& one : graph.nodes) put_node(nodes.id(), one);
    const Handle metadata = hdf5::create_group(node.id(), "metadata");
    put(metadata.id(), "program", fmt::format("snnsim {}", version()));
    put(metadata.id(), "time_unit", "step");
    put(metadata.id(), "left_out", fmt::format("{}", fmt::join(graph.left_out, "\n")));
  }
  hdf5::close_file(std::move(file));
  finish_file(path);
}

}  // namespace snnsim::experiments
