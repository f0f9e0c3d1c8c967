// Logins of ECR, shared by all that asks for them: a token is good for every registry of its region, whatever the
// account and the form of the host's name.
#pragma once
#include <functional>
#include <lapstrake/aws/ecr.hpp>
#include <lapstrake/base/world.hpp>
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

  // The login of `key` (a region): fetched when there is none or when it is to be renewed, and at half of its life. One
  // that cannot be had anew at that time is good until it ends. Fetches one after the other.
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
