#include "experiments/recording/hdf5.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::experiments::hdf5 {
namespace {

/// The library prints what it fails in unless it is told not to.
void be_quiet() {
  static const herr_t done = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  (void)done;
}

/// The innermost of the library's complaints, which is the cause of the others.
std::string reason() {
  std::string text = "for a reason that HDF5 does not tell";
  const auto take = [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
    if (error->desc != nullptr) *static_cast<std::string*>(out) = error->desc;
    return 1;  // no further
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take, &text);
  return text;
}

[[noreturn]] void fail_with(const std::string& file, std::string_view what) {
  throw DataError(fmt::format("{}: {}: {}", file, what, reason()),
                  "check its rights and the free space; a damaged file must be made again");
}

void write_attribute(hid_t object, const char* name, hid_t type, const Handle& space, const void* value) {
  const Handle attribute(H5Acreate2(object, name, type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  checked(attribute.id(), object, "cannot be written");
  checked(H5Awrite(attribute.id(), type, value), object, "cannot be written");
}

Handle scalar() {
  return {H5Screate(H5S_SCALAR), H5Sclose};
}

Handle opened_attribute(hid_t object, const char* name) {
  return H5Aexists(object, name) > 0 ? Handle(H5Aopen(object, name, H5P_DEFAULT), H5Aclose) : Handle();
}

}  // namespace

std::string file_of(hid_t object) {
  std::array<char, 4096> name{};
  return H5Fget_name(object, name.data(), name.size()) > 0 ? std::string(name.data()) : "an HDF5 file";
}

void fail(hid_t object, std::string_view what) {
  const std::string why = reason();  // asking for the name would replace it
  throw DataError(fmt::format("{}: {}: {}", file_of(object), what, why),
                  "check its rights and the free space; a damaged file must be made again");
}

Handle create_file(const std::filesystem::path& path) {
  be_quiet();
  Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  if (file.id() < 0) fail_with(path.string(), "cannot be made");
  return file;
}

Handle open_file(const std::filesystem::path& path) {
  be_quiet();
  if (!std::filesystem::exists(path)) throw DataError(path.string() + ": no such file", "check the path");
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (file.id() < 0) fail_with(path.string(), "cannot be read");
  return file;
}

Handle copy_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  be_quiet();
  open_file(from);  // a better message than that of a copy
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  Handle file(H5Fopen(to.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  if (file.id() < 0) fail_with(to.string(), "cannot be written");
  return file;
}

void close_file(Handle file) {
  const std::string path = file_of(file.id());
  if (H5Fclose(file.release()) < 0) fail_with(path, "cannot be written");
}

bool is_hdf5(const std::filesystem::path& path) {
  be_quiet();
  return H5Fis_hdf5(path.c_str()) > 0;
}

Handle create_group(hid_t parent, const std::string& name) {
  Handle group(H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  checked(group.id(), parent, "cannot be written");
  return group;
}

Handle open_group(hid_t parent, const std::string& name) {
  Handle group(H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose);
  checked(group.id(), parent, fmt::format("has no readable group \"{}\"", name));
  return group;
}

bool has(hid_t parent, const std::string& name) {
  return H5Lexists(parent, name.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> names_in(hid_t group) {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  checked(H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &names), group, "cannot be read");
  std::ranges::sort(names);
  return names;
}

void put_attribute(hid_t object, const char* name, const std::string& value) {
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  checked(H5Tset_size(type.id(), std::max<std::size_t>(1, value.size())), object, "cannot be written");
  write_attribute(object, name, type.id(), scalar(), value.c_str());
}

void put_attribute(hid_t object, const char* name, double value) {
  write_attribute(object, name, H5T_NATIVE_DOUBLE, scalar(), &value);
}

void put_attribute(hid_t object, const char* name, std::uint32_t value) {
  write_attribute(object, name, H5T_NATIVE_UINT32, scalar(), &value);
}

void put_attribute(hid_t object, const char* name, std::span<const std::uint32_t> values) {
  const hsize_t size = values.size();
  write_attribute(object, name, H5T_NATIVE_UINT32, {H5Screate_simple(1, &size, nullptr), H5Sclose}, values.data());
}

void put_sorting(hid_t object) {
  const Handle type(H5Tenum_create(H5T_NATIVE_UINT8), H5Tclose);
  std::uint8_t number = 0;
  for (const char* member : {"none", "by_id", "by_time"}) {
    checked(H5Tenum_insert(type.id(), member, &number), object, "cannot be written");
    ++number;
  }
  constexpr std::uint8_t none = 0;
  write_attribute(object, "sorting", type.id(), scalar(), &none);
}

std::string text_attribute(hid_t object, const char* name) {
  constexpr std::size_t longest = 1000;
  const Handle attribute = opened_attribute(object, name);
  if (attribute.id() < 0) return {};
  const Handle type(H5Aget_type(attribute.id()), H5Tclose);
  const std::size_t size = H5Tget_size(type.id());
  if (H5Tget_class(type.id()) != H5T_STRING || H5Tis_variable_str(type.id()) != 0 || size > longest) return {};
  std::string text(size, '\0');
  const Handle space(H5Aget_space(attribute.id()), H5Sclose);
  if (H5Sget_simple_extent_npoints(space.id()) != 1 || H5Aread(attribute.id(), type.id(), text.data()) < 0) return {};
  return one_line(text.substr(0, text.find('\0')));
}

std::vector<double> number_attribute(hid_t object, const char* name) {
  constexpr hssize_t most = 16;
  const Handle attribute = opened_attribute(object, name);
  if (attribute.id() < 0) return {};
  const Handle type(H5Aget_type(attribute.id()), H5Tclose), space(H5Aget_space(attribute.id()), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  const H5T_class_t kind = H5Tget_class(type.id());
  if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || count < 0 || count > most) return {};
  std::vector<double> values(static_cast<std::size_t>(count));
  if (H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, values.data()) < 0) return {};
  return values;
}

}  // namespace snnsim::experiments::hdf5
