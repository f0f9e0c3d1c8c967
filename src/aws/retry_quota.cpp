#include <lapstrake/aws/retry_quota.hpp>

#include <algorithm>

namespace lapstrake::aws {

bool RetryQuota::take(unsigned cost) {
  const std::lock_guard lock(mutex_);
  if (cost > left_) return false;
  left_ -= cost;
  return true;
}

void RetryQuota::give_back(unsigned amount) {
  const std::lock_guard lock(mutex_);
  left_ = std::min(capacity, left_ + amount);
}

void QuotaShare::succeeded() {
  if (quota_ != nullptr) quota_->give_back(paid_.value_or(RetryQuota::success_gain));
}

void QuotaShare::failed(Error& error) {
  if (attempts_left_ > 0) --attempts_left_;
  if (quota_ == nullptr || !error.is_transient() || attempts_left_ == 0) return;
  const auto cost = error.code() == ErrorCode::timed_out ? RetryQuota::timeout_cost : RetryQuota::retry_cost;
  if (quota_->take(cost)) {
    paid_ = cost;
    return;
  }
  error.permanent().during("not trying again: too many AWS calls have failed");
}

}  // namespace lapstrake::aws
