#include "inotify.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

constexpr std::uint32_t changes = IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK;

// "fs.inotify.max_user_watches=131072", twice what is allowed now.
std::string raised(const std::string& name) try {
  const auto now = parse_integer(trim(read_file("/proc/sys/fs/inotify/" + name)));
  return cat("fs.inotify.", name, "=", now && *now > 0 ? *now * 2 : 524'288);
} catch (const Error&) {
  return cat("fs.inotify.", name, "=524288");
}

[[noreturn]] void too_many(const std::string& what, const std::string& limit, const std::string& or_else = {}) {
  throw Error(ErrorKind::input, cat("cannot watch ", what, ": inotify limit of this machine reached"),
              cat("raise it with `sudo sysctl ", raised(limit), "`", or_else));
}

}  // namespace

Inotify::Inotify()
    : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), stopped_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!events_ && errno == EMFILE) too_many("for changes", "max_user_instances");
  if (!events_ || !stopped_) throw Error(ErrorKind::input, cat("cannot watch for changes: ", reason(errno)));
}

std::optional<int> Inotify::add(const std::string& folder) {
  const int watch = ::inotify_add_watch(events_.get(), folder.c_str(), changes);
  if (watch >= 0) return watch;
  const int why = errno;
  if (why == ENOSPC)
    too_many(cat("`", printable(folder, 4096), "`"), "max_user_watches",
             ", or exclude large unused folders in `.lapstrakeignore`");
  // What went away is told by the folder above it, what may not be read by the build.
  if (why == ENOENT || why == ENOTDIR || why == EACCES || why == ELOOP || why == ENAMETOOLONG) return std::nullopt;
  throw Error(ErrorKind::input, cat("cannot watch `", printable(folder, 4096), "`: ", reason(why)));
}

void Inotify::remove(int watch) {
  // EINVAL: the kernel dropped it already, with the folder.
  if (::inotify_rm_watch(events_.get(), watch) != 0 && errno != EINVAL)
    throw Error(ErrorKind::internal, cat("cannot stop watching: ", reason(errno)));
}

bool Inotify::wait(std::optional<std::chrono::milliseconds> patience, const std::stop_token& stop) const {
  const std::stop_callback wake(stop, [this] { (void)::eventfd_write(stopped_.get(), 1); });
  std::array<pollfd, 2> sources{pollfd{.fd = events_.get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = stopped_.get(), .events = POLLIN, .revents = 0}};
  const int timeout = patience ? static_cast<int>(patience->count()) : -1;
  if (::poll(sources.data(), sources.size(), timeout) < 0 && errno != EINTR)
    throw Error(ErrorKind::internal, cat("cannot wait for changes: ", reason(errno)));
  return !stop.stop_requested() && sources[0].revents != 0;
}

std::vector<Inotify::Event> Inotify::read() {
  std::vector<Event> events;
  alignas(inotify_event) std::array<char, 64 << 10> room;
  for (;;) {
    const ssize_t size = ::read(events_.get(), room.data(), room.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return events;
    if (size < 0) throw Error(ErrorKind::internal, cat("cannot read the changes: ", reason(errno)));
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event head{};
      std::memcpy(&head, room.data() + at, sizeof head);
      at += sizeof head;
      events.push_back({.watch = head.wd, .mask = head.mask});
      if (head.len > 0) events.back().name = room.data() + at;  // padded with zeros
      at += head.len;
    }
  }
}

}  // namespace lapstrake::app
