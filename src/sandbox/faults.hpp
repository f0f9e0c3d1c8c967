// Faults on request: a script of rules, each of which meets the nth request that it matches
// (docs/reference/sandbox.md).
#pragma once
#include <chrono>
#include <cstdint>
#include <lapstrake/http/message.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::sandbox {

// What a rule does to a request. Members that are absent change nothing.
struct Misfortune {
  enum class Reset { none, before, body, headers, after };

  std::chrono::milliseconds delay{0};
  Reset reset = Reset::none;
  unsigned at_percent = 50;   // of the request's body, for Reset::body
  bool hang_up = false;       // FIN without a reply, nothing is carried out
  std::optional<int> status;  // this reply in place of the true one, nothing is carried out
  std::string body;
  std::map<std::string, std::optional<std::string>> headers;  // set, or (null) removed, in whatever reply goes out
  std::optional<std::uint64_t> truncate;                      // bytes of the reply's body that are sent before FIN
  bool corrupt = false;                                       // the first byte of the reply's body is changed
  std::chrono::seconds skew{0};                               // the server's clock is ahead by that much
  bool expire_token = false;  // the registry login, or the credentials of an API call, count as expired
  bool throttle = false;      // AWS's own "Rate exceeded"
};

struct FaultRule {
  std::string method, host, path, operation;  // globs (`*` alone is special); empty: any
  std::uint64_t from = 1, to = UINT64_MAX, every = 1;
  std::uint64_t above_per_second = 0;  // only what is more than this; 0: all
  Misfortune act;
};

struct FaultScript {
  std::vector<FaultRule> rules = {};
  std::vector<std::string> deny = {};  // IAM actions that the caller may not do, as globs
};

// Error{usage} that names the member: "rules[0].do.reset".
FaultScript parse_faults(const std::string& script);

// `*` stands for any run of characters.
bool matches(std::string_view glob, std::string_view text);

class Faults {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  // Counts begin anew.
  void set(FaultScript script);
  // Counts the request with every rule that it matches; the first of them whose turn it is acts.
  Misfortune next(const std::string& method, const std::string& host, const std::string& path, const std::string& query,
                  const std::string& operation, Moment now = std::chrono::steady_clock::now());
  bool denies(std::string_view action) const;  // "ecr:PutImage"

 private:
  // What a rule has seen, and the bucket of its rate.
  struct Tally {
    std::uint64_t count = 0;
    double tokens = 0;
    Moment filled = {};
  };
  static bool is_above_rate(const FaultRule& rule, Tally& tally, Moment now);

  mutable std::mutex mutex_;
  FaultScript script_;
  std::vector<Tally> tallies_;
};

}  // namespace lapstrake::sandbox
