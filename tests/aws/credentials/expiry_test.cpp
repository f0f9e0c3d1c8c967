#include "expiry.hpp"

#include "aws/credentials/machine.hpp"
#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("the times of AWS are read in the forms that it writes") {
  const auto noon = std::chrono::sys_days{std::chrono::year(2026) / 3 / 1} + std::chrono::hours(12);
  for (const auto* text : {"2026-03-01T12:00:00Z", "2026-03-01T12:00:00.123456Z", "2026-03-01T12:00:00UTC",
                           "2026-03-01T12:00:00+00:00", "2026-03-01T14:30:00+02:30", "2026-03-01 07:00:00-0500"})
    CHECK(aws::parse_expiry(text) == noon);
  CHECK(aws::expiry_text(noon) == "2026-03-01 12:00:00 UTC");
  for (const auto* text :
       {"", "soon", "2026-03-01", "2026-03-01T12:00:00", "2026-02-30T12:00:00Z", "2026-03-01T24:00:00Z",
        "9999-03-01T12:00:00Z", "2026-03-01T12:00:00+1", "2026-03-01T12:00:0xZ"})
    CHECK_FALSE(aws::parse_expiry(text));
}

TEST_CASE("credentials in the environment may have an expiry, which must not have passed") {
  Machine machine;
  machine.set("AWS_ACCESS_KEY_ID", "A").set("AWS_SECRET_ACCESS_KEY", "s");
  machine.set("AWS_CREDENTIAL_EXPIRATION", "2026-03-01T12:00:00Z");
  CHECK(machine.find().credentials.expires == machine.now + std::chrono::hours(12));
  machine.set("AWS_CREDENTIAL_EXPIRATION", "2026-02-01T12:00:00Z");
  CHECK(machine.failure().summary() == "the AWS credentials in the environment expired at 2026-02-01 12:00:00 UTC");
  machine.set("AWS_CREDENTIAL_EXPIRATION", "soon");
  CHECK(machine.failure().summary() == "AWS_CREDENTIAL_EXPIRATION is not a time");
}
