#include "tests/support/hdf5_content.hpp"

#include <doctest/doctest.h>
#include <hdf5.h>

namespace snnsim::tests {

namespace {

using Content = std::map<std::string, std::vector<std::byte>>;

herr_t add(hid_t object, const char* name, const H5O_info_t* about, void* out) {
  if (about->type != H5O_TYPE_DATASET) return 0;
  const hid_t dataset = H5Dopen2(object, name, H5P_DEFAULT), space = H5Dget_space(dataset), type = H5Dget_type(dataset);
  const auto numbers = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space));
  std::vector<std::byte> bytes(numbers * H5Tget_size(type));
  CHECK(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) >= 0);
  (*static_cast<Content*>(out))[name] = std::move(bytes);
  H5Tclose(type);
  H5Sclose(space);
  return H5Dclose(dataset);
}

}  // namespace

Content hdf5_content(const std::filesystem::path& path) {
  Content content;
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  REQUIRE(file >= 0);
  CHECK(H5Ovisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, add, &content) >= 0);
  CHECK(H5Fclose(file) >= 0);
  return content;
}

}  // namespace snnsim::tests
