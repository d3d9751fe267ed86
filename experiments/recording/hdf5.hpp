#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <hdf5.h>

/// The little of the HDF5 library that recordings need, from one thread at a time. Every failure is a DataError that
/// names the file.
namespace snnsim::experiments::hdf5 {

/// An open file, group, dataset, type or property list; closed with the object.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  hid_t id() const { return id_; }
  /// The caller closes it.
  hid_t release() { return std::exchange(id_, -1); }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

/// A DataError: the file that `object` is in, what went wrong with it, and the library's reason for its last failure.
[[noreturn]] void fail(hid_t object, std::string_view what);
/// Throws it when a call of the library returned a negative number; else returns that.
template <typename T>
T checked(T result, hid_t object, std::string_view what) {
  if (result < 0) fail(object, what);
  return result;
}
std::string file_of(hid_t object);

/// A new file; what was there is replaced.
Handle create_file(const std::filesystem::path& path);
/// Throws DataError when it is no HDF5 file, or a damaged one.
Handle open_file(const std::filesystem::path& path);
/// Copies a file and opens the copy for writing; what was there is replaced.
Handle copy_file(const std::filesystem::path& from, const std::filesystem::path& to);
/// Closes a file that was written. Throws DataError when what was held back cannot be written.
void close_file(Handle file);
bool is_hdf5(const std::filesystem::path& path);

Handle create_group(hid_t parent, const std::string& name);
/// Throws DataError when there is no such group.
Handle open_group(hid_t parent, const std::string& name);
bool has(hid_t parent, const std::string& name);
/// Names of the links of a group, in the order of bytes.
std::vector<std::string> names_in(hid_t group);

void put_attribute(hid_t object, const char* name, const std::string& value);
void put_attribute(hid_t object, const char* name, double value);
void put_attribute(hid_t object, const char* name, std::uint32_t value);
void put_attribute(hid_t object, const char* name, std::span<const std::uint32_t> values);
/// The attribute `sorting` of SONATA: an enumeration of none, by_id and by_time. The value is none.
void put_sorting(hid_t object);

/// Text of an attribute; empty if there is none, or it is no text.
std::string text_attribute(hid_t object, const char* name);
/// Numbers of an attribute; none if there is none, or it holds something else.
std::vector<double> number_attribute(hid_t object, const char* name);

}  // namespace snnsim::experiments::hdf5
