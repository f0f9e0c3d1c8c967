// Caches ECR logins for a run: a token is valid for every registry of its region, regardless of the account and the
// form of the host name.
#pragma once
#include <functional>
#include <lapstrake/aws/ecr/login.hpp>
#include <lapstrake/base/runtime.hpp>
#include <map>
#include <mutex>
#include <string>

namespace lapstrake::app {

class EcrLogins {
 public:
  struct Login {
    aws::EcrLogin token;
    std::string source;  // for -v
  };
  using Fetch = std::function<Login()>;

  explicit EcrLogins(Clock clock) : clock_(std::move(clock)) {}

  // The login of `key` (a region). Fetches it if it is missing, to be renewed, or past half of its life; if that last
  // fetch fails, the old one is used until it expires. Fetches are serialized.
  Login login(const std::string& key, bool renew, const Fetch& fetch);

 private:
  struct Kept {
    Login login;
    std::chrono::system_clock::time_point half, end;
  };
  Clock clock_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};

}  // namespace lapstrake::app
