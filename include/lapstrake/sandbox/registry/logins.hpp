// The registry passwords and tokens that GetAuthorizationToken and ECR Public issued.
#pragma once
#include <lapstrake/sandbox/net/clock.hpp>
#include <map>
#include <mutex>
#include <string>

namespace lapstrake::sandbox {

class RegistryLogins {
 public:
  struct Login {
    std::string password;
    Time expires;
  };
  // A password of ECR's size and format (JSON in base64), valid for every registry of the region for 12 hours.
  Login issue(const std::string& region, Time now);

  // A token for ECR Public, valid for an hour.
  std::string issue_bearer(bool may_push, Time now);

  enum class Verdict { good, absent, wrong, expired, other_region };
  // Of an Authorization header's value (empty: absent).
  Verdict check(const std::string& authorization, const std::string& region, Time now) const;
  // The same for a Bearer token; sets `may_push` to whether it allows pushes.
  Verdict check_bearer(const std::string& authorization, Time now, bool& may_push) const;

 private:
  struct Issued {
    std::string region;
    Time expires;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Issued> issued_;
  struct Bearer {
    bool may_push = false;
    Time expires;
  };
  std::map<std::string, Bearer> bearers_;
};

}  // namespace lapstrake::sandbox
