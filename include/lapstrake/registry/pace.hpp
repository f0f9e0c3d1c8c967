// How fast one run may go, and how long it keeps on trying, for each host: shared by all threads and repositories, so
// that one "too many" slows down everything, and a dead host is given up once.
#pragma once
#include <chrono>
#include <cstdint>
#include <lapstrake/base/runtime.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace lapstrake::registry {

// A host that answers 429 is left alone for half a second, then for twice as long each time it says so again (or for as
// long as it asks); after that requests begin at a distance, which doubles with each 429 and shrinks by an eighth with
// each success, down to none. Safe to use from several threads.
class Pace {
 public:
  using Turn = std::uint64_t;

  // Waits until a request to `host` may begin.
  Turn wait(const std::string& host, const Runtime& runtime);
  void succeeded(const std::string& host, Turn turn);
  // 429, or another reply that says for how long (`floor`). What began before the last one said so tells nothing new.
  void throttled(const std::string& host, Turn turn, const Runtime& runtime,
                 std::optional<std::chrono::milliseconds> floor);
  // A lost connection or a 5xx. False: so many in a row, from all threads and for so long, that the host is given up
  // (F16).
  bool failed(const std::string& host, const Runtime& runtime);

 private:
  struct Host {
    using Time = std::chrono::system_clock::time_point;
    Time opens{}, next{}, first_failure{}, last_failure{};  // the failures in a row
    Time seen{};                                            // the last time that was asked for
    std::chrono::milliseconds spacing{0};
    unsigned strikes = 0, failures = 0;  // in a row
    Turn issued = 0, slowed = 0;         // the last turn given; the last one given before the host said "too many"
  };
  static Host::Time time_for(Host& state, const Runtime& runtime);

  std::mutex mutex_;
  std::map<std::string, Host> hosts_;
};

}  // namespace lapstrake::registry
