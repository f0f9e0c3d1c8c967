// The token bucket of the AWS SDKs' standard retry mode: when many calls fail, no more retries are made.
#pragma once
#include <lapstrake/base/error.hpp>
#include <mutex>
#include <optional>

namespace lapstrake::aws {

// Shared by all calls of a run. Thread-safe.
class RetryQuota {
 public:
  static constexpr unsigned capacity = 500, retry_cost = 5, timeout_cost = 10, success_gain = 1;

  // False when not enough is left.
  bool take(unsigned cost);
  void give_back(unsigned amount);

 private:
  std::mutex mutex_;
  unsigned left_ = capacity;
};

// What one call takes from the quota.
class QuotaShare {
 public:
  QuotaShare(RetryQuota* quota, unsigned most_attempts) : quota_(quota), attempts_left_(most_attempts) {}

  // Runs one attempt. If it fails and may be retried, the retry is paid for; it is not made when the quota is empty.
  // A success gives back the cost of the last retry.
  template <class Act>
  auto spend(Act&& act) {
    try {
      auto result = act();
      succeeded();
      return result;
    } catch (Error& error) {
      failed(error);
      throw;
    }
  }

 private:
  void succeeded();
  void failed(Error& error);

  RetryQuota* quota_;
  unsigned attempts_left_;
  std::optional<unsigned> paid_;  // for this attempt
};

}  // namespace lapstrake::aws
