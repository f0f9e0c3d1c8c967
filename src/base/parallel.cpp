#include <sched.h>

#include <algorithm>
#include <atomic>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <system_error>

namespace lapstrake {

void stop_point(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorKind::interrupted, "interrupted");
}

unsigned default_jobs() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
  return std::max(1u, std::thread::hardware_concurrency());
}

std::jthread start_thread(std::function<void(std::stop_token)> act) {
  try {
    return std::jthread(std::move(act));
  } catch (const std::system_error& failure) {
    throw Error(ErrorKind::input, cat("cannot start a thread: ", reason(failure.code().value())),
                "raise the limit of processes (`ulimit -u`, or the container's pids limit)");
  }
}

std::vector<std::jthread> start_threads(std::size_t jobs, const std::function<void()>& act) {
  std::vector<std::jthread> threads;
  try {
    for (std::size_t i = 1; i < jobs; ++i) threads.emplace_back(act);
  } catch (const std::system_error&) {
    // A limit on processes: those that there are do the work.
  }
  return threads;
}

void parallel_for_each(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& act,
                       const std::stop_token& stop) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  auto worker = [&] {
    for (std::size_t index; (index = next++) < count;) {
      try {
        stop_point(stop);
        act(index);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  {
    const std::vector<std::jthread> others = start_threads(std::min<std::size_t>(jobs, count), worker);
    worker();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace lapstrake
