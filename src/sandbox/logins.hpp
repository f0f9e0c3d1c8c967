// Who may come in: one access key for the APIs, and the registry passwords that GetAuthorizationToken gave out.
#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "message.hpp"

namespace lapstrake::sandbox {

using Time = std::chrono::system_clock::time_point;

struct AccessKey {
  std::string id, secret;
};
AccessKey new_access_key();  // "AKIA" and 16 characters; 40 characters

class RegistryLogins {
 public:
  struct Login {
    std::string password;
    Time expires;
  };
  // A password of ECR's size and form (JSON in base64), good for every registry of the region for 12 hours.
  Login issue(const std::string& region, Time now);

  enum class Verdict { good, absent, wrong, expired, other_region };
  // Of an Authorization header's value (empty: absent).
  Verdict judge(const std::string& authorization, const std::string& region, Time now) const;

 private:
  struct Issued {
    std::string region;
    Time expires;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Issued> issued_;
};

}  // namespace lapstrake::sandbox
