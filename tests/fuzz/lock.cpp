// `lapstrake.lock`, as merges and editors leave it: what is read is written as the same, one entry a line.
#include <lapstrake/app/pin/lock.hpp>

#include "attempt.hpp"

using namespace lapstrake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto lock = attempt(ErrorKind::usage, [&] { return app::parse_lock(text_of(data, size), "the lock"); });
  if (!lock) return 0;
  for (const auto& [name, digest] : lock->images)
    hold(text(oci::parse_reference(name)) == name, "a base is called by what its reference says");
  lock->is_version_1 = false;  // it is written as the newest version
  const auto written = app::render(*lock);
  hold(app::parse_lock(written, "the lock") == *lock, "a lock that is written is read as the same");
  std::size_t entries = lock->images.size() + lock->packages.fetched.size();
  for (const auto& [name, install] : lock->packages.installs) entries += install.files.size();
  const auto lines = static_cast<std::size_t>(std::ranges::count(written, '\n'));
  hold(lines >= 4 + entries, "an entry has a line of its own");
  return 0;
}
