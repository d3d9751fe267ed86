#include "experiments/recording/column.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::experiments::hdf5 {
namespace {

constexpr unsigned kDeflateLevel = 1;           // after the shuffle, higher ones cost twice the time for a tenth
constexpr std::uint64_t kMostDeflation = 1100;  // deflate reaches 1032
constexpr hsize_t kLargestChunk = std::uint64_t{1} << 30U;

[[noreturn]] void unfit(hid_t object, const std::string& name, const std::string& why) {
  throw DataError(fmt::format("{}: dataset \"{}\" {}", file_of(object), name, why),
                  "give a file whose datasets are as docs/recording.md has them");
}

bool holds(hid_t dataset, Elements elements) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  return H5Tget_size(type.id()) <= 8 && (kind == H5T_INTEGER || (kind == H5T_FLOAT && elements == Elements::numbers));
}

/// Bytes of numbers that a dataset claims to hold are as many as it has, or as deflate can make of these.
bool has_bytes(hid_t dataset, std::uint64_t numbers) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  return numbers / kMostDeflation <= H5Dget_storage_size(dataset) / H5Tget_size(type.id());
}

/// Rows of a chunk; 0 when a chunk is too large to be held.
std::size_t stored_chunk_rows(hid_t dataset, std::size_t extents) {
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (H5Pget_layout(properties.id()) != H5D_CHUNKED) return kChunkBytes / 8;
  std::array<hsize_t, 2> chunk{1, 1};
  H5Pget_chunk(properties.id(), static_cast<int>(extents), chunk.data());
  return chunk[0] <= kLargestChunk && chunk[1] <= kLargestChunk / chunk[0] / 8 ? chunk[0] : 0;
}

/// Every chunk is written once and whole, so a cache of chunks would only hold memory.
Handle no_cache() {
  Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_chunk_cache(access.id(), 0, 0, 1);
  return access;
}

}  // namespace

hid_t type_of(double) {
  return H5T_NATIVE_DOUBLE;
}
hid_t type_of(float) {
  return H5T_NATIVE_FLOAT;
}
hid_t type_of(std::int16_t) {
  return H5T_NATIVE_INT16;
}
hid_t type_of(std::int64_t) {
  return H5T_NATIVE_INT64;
}
hid_t type_of(std::uint32_t) {
  return H5T_NATIVE_UINT32;
}
hid_t type_of(std::uint64_t) {
  return H5T_NATIVE_UINT64;
}

Column Column::create(hid_t group, const std::string& name, hid_t type, std::size_t width) {
  const int extents = width == 0 ? 1 : 2;
  const std::array<hsize_t, 2> none{0, width}, unlimited{H5S_UNLIMITED, width};
  const std::array<hsize_t, 2> chunk{
      std::max<hsize_t>(1, kChunkBytes / (H5Tget_size(type) * std::max<std::size_t>(1, width))), width};
  const Handle space(H5Screate_simple(extents, none.data(), unlimited.data()), H5Sclose);
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose), access = no_cache();
  H5Pset_chunk(properties.id(), extents, chunk.data());
  H5Pset_shuffle(properties.id());
  H5Pset_deflate(properties.id(), kDeflateLevel);
  H5Pset_obj_track_times(properties.id(), false);  // the same content gives the same file
  Handle dataset(H5Dcreate2(group, name.c_str(), type, space.id(), H5P_DEFAULT, properties.id(), access.id()),
                 H5Dclose);
  checked(dataset.id(), group, "cannot be written");
  return {std::move(dataset), 0, width, chunk[0]};
}

Column Column::open(hid_t group, const std::string& name, Elements elements) {
  const Handle access = no_cache();
  Handle dataset(H5Dopen2(group, name.c_str(), access.id()), H5Dclose);
  if (dataset.id() < 0) unfit(group, name, "is missing");
  if (!holds(dataset.id(), elements))
    unfit(group, name, elements == Elements::integers ? "holds something else than integers" : "holds no numbers");
  const Handle space(H5Dget_space(dataset.id()), H5Sclose);
  const int extents = H5Sget_simple_extent_ndims(space.id());
  if (extents != 1 && extents != 2) unfit(group, name, "has neither one nor two extents");
  std::array<hsize_t, 2> size{0, 0};
  H5Sget_simple_extent_dims(space.id(), size.data(), nullptr);
  if (extents == 2 && size[1] == 0) unfit(group, name, "has rows without numbers");
  const std::uint64_t width = std::max<std::uint64_t>(1, size[1]);
  if (size[0] > std::uint64_t{1} << 40U || width > std::uint64_t{1} << 20U || !has_bytes(dataset.id(), size[0] * width))
    unfit(group, name, fmt::format("claims {} rows, more than its bytes can hold", size[0]));
  const std::size_t chunk = stored_chunk_rows(dataset.id(), static_cast<std::size_t>(extents));
  if (chunk == 0) unfit(group, name, "has chunks of more than a gibibyte");
  return {std::move(dataset), size[0], size[1], chunk};
}

Column::Column(Handle dataset, std::uint64_t rows, std::size_t width, std::size_t chunk_rows)
    : dataset_(std::move(dataset)), rows_(rows), width_(width), chunk_rows_(chunk_rows) {
  const Handle stored(H5Dget_type(dataset_.id()), H5Tclose);
  type_ = Handle(H5Tget_native_type(stored.id(), H5T_DIR_ASCEND), H5Tclose);
  checked(type_.id(), dataset_.id(), "cannot be read");
}

Handle Column::selected(std::uint64_t first, std::size_t count) const {
  const std::array<hsize_t, 2> start{first, 0}, size{count, width_};
  Handle space(H5Dget_space(dataset_.id()), H5Sclose);
  H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr);
  return space;
}

Handle Column::in_memory(std::size_t count) const {
  const std::array<hsize_t, 2> size{count, width_};
  return {H5Screate_simple(width_ == 0 ? 1 : 2, size.data(), nullptr), H5Sclose};
}

void Column::read(std::uint64_t first, std::size_t count, hid_t type, void* values) const {
  const Handle memory = in_memory(count), rows = selected(first, count);
  checked(H5Dread(dataset_.id(), type, memory.id(), rows.id(), H5P_DEFAULT, values), dataset_.id(), "cannot be read");
}

void Column::read(std::uint64_t first, std::size_t count, std::vector<std::byte>& rows) const {
  rows.resize(count * row_bytes());
  read(first, count, type_.id(), rows.data());
}

void Column::write(std::uint64_t first, std::size_t count, const std::byte* rows) {
  if (rows_ < first + count) {
    rows_ = first + count;
    const std::array<hsize_t, 2> all{rows_, width_};
    checked(H5Dset_extent(dataset_.id(), all.data()), dataset_.id(), "cannot be written");
  }
  const Handle memory = in_memory(count), target = selected(first, count);
  checked(H5Dwrite(dataset_.id(), type_.id(), memory.id(), target.id(), H5P_DEFAULT, rows), dataset_.id(),
          "cannot be written");
}

ColumnWriter::ColumnWriter(Column column) : column_(std::move(column)), written_(column_.rows()) {
  buffer_.reserve(column_.chunk_rows() * column_.row_bytes());  // grown by doubling it would end at twice a chunk
  const std::size_t held = written_ % column_.chunk_rows();
  written_ -= held;
  if (held > 0) column_.read(written_, held, buffer_);
}

void ColumnWriter::append(std::span<const std::byte> bytes) {
  const std::size_t capacity = column_.chunk_rows() * column_.row_bytes();
  while (!bytes.empty()) {
    const std::span<const std::byte> part = bytes.first(std::min(bytes.size(), capacity - buffer_.size()));
    buffer_.insert(buffer_.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (buffer_.size() == capacity) flush();
  }
}

void ColumnWriter::append(const Column& from) {
  std::vector<std::byte> rows;
  for (std::uint64_t first = 0; first < from.rows(); first += from.chunk_rows()) {
    from.read(first, std::min<std::uint64_t>(from.chunk_rows(), from.rows() - first), rows);
    append(std::span<const std::byte>(rows));
  }
}

void ColumnWriter::flush() {
  const std::size_t rows = buffer_.size() / column_.row_bytes();
  column_.write(written_, rows, buffer_.data());
  written_ += rows;
  buffer_.clear();
}

void ColumnWriter::finish() {
  if (!buffer_.empty()) flush();
}

}  // namespace snnsim::experiments::hdf5
