#include <lapstrake/aws/retry_quota.hpp>

#include "aws/fake_aws.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using aws::RetryQuota;

namespace {

nlohmann::json describe_within(FakeAws& fake, const std::shared_ptr<RetryQuota>& quota) {
  auto session = fake.session();
  session.quota = quota;
  return aws::call(session, aws::Service::ecr, "DescribeRepositories", nlohmann::json::object());
}

// Takes all but `rest` of the quota.
std::shared_ptr<RetryQuota> with_rest(unsigned rest) {
  auto quota = std::make_shared<RetryQuota>();
  CHECK(quota->take(RetryQuota::capacity - rest));
  return quota;
}

// What is left.
unsigned rest_of(RetryQuota& quota) {
  unsigned rest = 0;
  while (quota.take(1)) ++rest;
  return rest;
}

}  // namespace

TEST_CASE("a retry costs 5 of the quota, and a success gives the last cost back") {
  FakeAws fake;
  const auto quota = with_rest(20);
  fake.answer(500, "").answer(500, "").answer(200, "{}");
  describe_within(fake, quota);
  CHECK(rest_of(*quota) == 15);
}

TEST_CASE("a retry after a timeout costs 10") {
  FakeAws fake;
  const auto quota = with_rest(20);
  auto session = fake.session();
  session.quota = quota;
  session.transport = [](const auto&) -> http::Response {
    throw Error(ErrorKind::network, "no reply").with_code(ErrorCode::timed_out).transient();
  };
  failure_from([&] { aws::call(session, aws::Service::ecr, "DescribeRepositories", nlohmann::json::object()); });
  CHECK(rest_of(*quota) == 0);
  CHECK(fake.waits.size() == 2);
}

TEST_CASE("an empty quota ends the retries of all calls, and a success without a retry adds 1 to it") {
  FakeAws fake;
  const auto quota = with_rest(4);
  fake.answer(503, "");
  const auto error = failure_from([&] { describe_within(fake, quota); });
  CHECK(fake.requests.size() == 1);
  CHECK_THAT(report(error), Contains("too many AWS calls have failed"));
  fake.answer(200, "{}").answer(503, "").answer(200, "{}");
  describe_within(fake, quota);
  describe_within(fake, quota);
  CHECK(fake.requests.size() == 4);
}

TEST_CASE("the last attempt takes nothing, nor does a failure that is not retried") {
  FakeAws fake;
  const auto quota = with_rest(100);
  for (int i = 0; i < 6; ++i) fake.answer(500, "");
  failure_from([&] { describe_within(fake, quota); });
  CHECK(rest_of(*quota) == 75);
  fake.answer(400, R"({"__type":"ClientException"})");
  const auto other = with_rest(50);
  failure_from([&] { describe_within(fake, other); });
  CHECK(rest_of(*other) == 50);
}
