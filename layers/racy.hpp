// Whether the times of a file can be trusted to show the next change of it.
#pragma once
#include <lapstrake/layers/entry.hpp>

#include <cstdint>
#include <cstdlib>

namespace lapstrake::layers {

// The kernel stamps files with a clock that ticks up to every 10 ms; file systems without fractions with whole seconds,
// FAT with every second one. A file changed so shortly before it was listed may change again and look the same (git
// calls such files racy).
inline bool is_racy(const FileStamp& stamp, std::int64_t listed_ns) {
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t grain =
      stamp.modified_ns % second == 0 && stamp.changed_ns % second == 0 ? 2 * second : second / 20;
  // An mtime far ahead was set by hand, and ctime told when.
  return stamp.changed_ns + grain >= listed_ns || std::abs(stamp.modified_ns - listed_ns) <= grain;
}

}  // namespace lapstrake::layers
