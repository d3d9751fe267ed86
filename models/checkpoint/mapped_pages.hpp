#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace snnsim::models {

/// Pages of mapped files count as memory of the process for as long as they are resident, although they are no more
/// than copies of what is on disk. A model that is larger than the memory is computed block by block, so that its pages
/// can be given back on the way.

/// From now on trim_mapped_pages() leaves no more than so many bytes of mapped files resident; 0, at the start: all.
void limit_mapped_pages(std::uint64_t bytes);

/// Gives all pages of all mapped files back if more than the limit are resident. They may be read all the same, by any
/// thread and at any time: they then come from the system's cache, or from disk. To be called between pieces of work
/// that read weights, for instance before each block; does nothing, at no cost, when all files fit the limit.
void trim_mapped_pages();

/// A mapped file from its opening to its end; for MappedFile.
void add_mapped_pages(std::span<const std::byte> bytes);
void remove_mapped_pages(std::span<const std::byte> bytes);

}  // namespace snnsim::models
