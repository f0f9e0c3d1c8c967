// Checks whether a later change of a file would be visible in its times.
#pragma once
#include <lapstrake/layers/entry.hpp>

#include <cstdint>
#include <cstdlib>

namespace lapstrake::layers {

// The kernel's clock for file times has ticks of up to 10 ms; file systems without fractions use whole seconds, FAT two
// seconds. A file changed so shortly before it was listed may change again without a new time (git calls such files
// racy).
inline bool is_racy(const FileStamp& stamp, std::int64_t listed_ns) {
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t grain =
      stamp.modified_ns % second == 0 && stamp.changed_ns % second == 0 ? 2 * second : second / 20;
  // An mtime far in the future was set by hand; ctime has the time of that.
  return stamp.changed_ns + grain >= listed_ns || std::abs(stamp.modified_ns - listed_ns) <= grain;
}

}  // namespace lapstrake::layers
