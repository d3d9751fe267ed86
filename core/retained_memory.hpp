#pragma once

namespace snnsim {

/// Makes the allocator keep what is freed below 32 MiB a piece for the next segment, which needs the same again: taking
/// it from the system anew costs as much as a whole step (page faults). For programs to call once, when they start;
/// does nothing where the C library has no such setting.
void retain_freed_memory();

}  // namespace snnsim
