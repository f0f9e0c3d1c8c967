#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <mutex>
#include <system_error>

namespace lapstrake {
namespace {

using SlotStage = Stage<const std::size_t>;

class Pipeline {
 public:
  Pipeline(std::size_t slots, const std::function<bool(std::size_t)>& next, const std::vector<SlotStage>& stages,
           const std::stop_token& stop)
      : next_(next), stages_(stages), stop_(stop), turn_(stages.size()), is_busy_(stages.size()) {
    for (std::size_t slot = slots; slot > 0; --slot) idle_.push_back(slot - 1);
  }

  void run(unsigned jobs) {
    {
      const auto threads = start_threads(std::min<std::size_t>(jobs, idle_.size()), [this] { work(); });
      work();
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  using Lock = std::unique_lock<std::mutex>;
  struct Item {
    std::size_t slot = 0, index = 0, stage = 0;
  };

  void work() noexcept {
    Lock lock(mutex_);
    try {
      while (!failure_ && !(has_ended_ && taken_ == finished_))
        if (!resume_one(lock) && !take_one(lock)) changed_.wait(lock);
    } catch (...) {  // out of memory between two stages
      fail(std::current_exception());
    }
    changed_.notify_all();
  }

  // Continues the first item that waits and may run; false when there is none.
  bool resume_one(Lock& lock) {
    const auto found =
        std::find_if(waiting_.begin(), waiting_.end(), [this](const auto& entry) { return may_run(entry.second); });
    if (found == waiting_.end()) return false;
    const Item item = found->second;
    waiting_.erase(found);
    advance(lock, item);
    return true;
  }

  // Starts with a new item; false when there is none now.
  bool take_one(Lock& lock) {
    if (is_taking_ || has_ended_ || idle_.empty()) return false;
    is_taking_ = true;
    Item item{.slot = idle_.back()};
    idle_.pop_back();
    bool is_filled = false;
    unlocked(lock, [&] { is_filled = next_(item.slot); });
    is_taking_ = false;
    has_ended_ = has_ended_ || !is_filled;
    changed_.notify_all();
    if (!is_filled) return true;
    item.index = taken_++;
    advance(lock, item);
    return true;
  }

  bool may_run(const Item& item) const {
    return !stages_[item.stage].is_ordered || (turn_[item.stage] == item.index && is_busy_[item.stage] == 0);
  }

  // Runs the item through stages until it must wait for its turn.
  void advance(Lock& lock, Item item) {
    while (!failure_ && item.stage < stages_.size() && may_run(item)) {
      const auto& stage = stages_[item.stage];
      if (stage.is_ordered) is_busy_[item.stage] = 1;
      unlocked(lock, [&] { stage.act(item.slot); });
      if (stage.is_ordered) {
        is_busy_[item.stage] = 0;
        ++turn_[item.stage];
        changed_.notify_all();
      }
      ++item.stage;
    }
    if (item.stage < stages_.size()) {
      waiting_.emplace(item.index, item);
    } else {
      ++finished_;
      idle_.push_back(item.slot);
    }
    changed_.notify_all();
  }

  template <class Act>
  void unlocked(Lock& lock, Act&& act) {
    lock.unlock();
    std::exception_ptr thrown;
    try {
      stop_point(stop_);
      act();
    } catch (...) {
      thrown = std::current_exception();
    }
    lock.lock();
    if (thrown) fail(std::move(thrown));
  }

  void fail(std::exception_ptr thrown) {
    if (!failure_) failure_ = std::move(thrown);
  }

  const std::function<bool(std::size_t)>& next_;
  const std::vector<SlotStage>& stages_;
  const std::stop_token& stop_;
  std::mutex mutex_;  // guards all that follows
  std::condition_variable changed_;
  std::vector<std::size_t> idle_;        // slots
  std::map<std::size_t, Item> waiting_;  // by index; for their turn or for a thread
  std::vector<std::size_t> turn_;        // per ordered stage: the index of the item whose turn it is
  std::vector<char> is_busy_;            // per ordered stage
  std::size_t taken_ = 0, finished_ = 0;
  bool is_taking_ = false, has_ended_ = false;
  std::exception_ptr failure_;
};

}  // namespace

void stop_point(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Interrupted();
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

void detail::run_pipeline(unsigned jobs, std::size_t slots, const std::function<bool(std::size_t)>& next,
                          const std::vector<SlotStage>& stages, const std::stop_token& stop) {
  Pipeline(slots, next, stages, stop).run(jobs);
}

}  // namespace lapstrake
