// Fault injection: a script of rules, each of which applies to the nth request that it matches
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

// The effect of a rule on a request. Absent members have no effect.
struct FaultEffect {
  enum class Reset { none, before, body, headers, after };

  std::chrono::milliseconds delay{0};
  Reset reset = Reset::none;
  unsigned at_percent = 50;   // of the request's body, for Reset::body
  bool hang_up = false;       // FIN without a reply, the operation is not executed
  std::optional<int> status;  // this reply instead of the real one, the operation is not executed
  std::string body;
  std::map<std::string, std::optional<std::string>> headers;  // set or (null) removed in the reply
  std::optional<std::uint64_t> truncate;                      // bytes of the reply's body to send before FIN
  bool corrupt = false;                                       // change the first byte of the reply's body
  std::chrono::seconds skew{0};                               // added to the server's clock
  bool expire_token = false;  // treat the registry login or the credentials of an API call as expired
  bool throttle = false;      // AWS's own "Rate exceeded"
};

struct FaultRule {
  std::string method, host, path, operation;  // globs (only `*` is special); empty: any
  std::uint64_t from = 1, to = UINT64_MAX, every = 1;
  std::uint64_t above_per_second = 0;  // only requests above this rate; 0: all
  FaultEffect act;
};

struct FaultScript {
  std::vector<FaultRule> rules = {};
  std::vector<std::string> deny = {};  // IAM actions to deny, as globs
};

// Error{usage} that names the member: "rules[0].do.reset".
FaultScript parse_faults(const std::string& script);

class Faults {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  // Resets the counts.
  void set(FaultScript script);
  // Counts the request for every rule that it matches; returns the effect of the first rule that applies.
  FaultEffect next(const std::string& method, const std::string& host, const std::string& path,
                   const std::string& query, const std::string& operation,
                   Moment now = std::chrono::steady_clock::now());
  bool denies(std::string_view action) const;  // "ecr:PutImage"

 private:
  // The matches of a rule, and the token bucket of its rate.
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
