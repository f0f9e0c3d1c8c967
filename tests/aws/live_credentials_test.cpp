#include <lapstrake/aws/live_credentials.hpp>
#include <lapstrake/base/text.hpp>

#include "aws/fake_aws.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace std::chrono_literals;

namespace {

// A source whose credentials live for an hour, unless the test says otherwise.
struct KeySource {
  std::chrono::system_clock::time_point now = std::chrono::sys_days{std::chrono::year(2026) / 3 / 1};
  std::optional<std::chrono::minutes> life = 60min;
  unsigned searches = 0;
  bool is_down = false;

  aws::LiveCredentials live() {
    return aws::LiveCredentials([this] { return now; }, [this] { return find(); });
  }

 private:
  aws::Credentials find() {
    ++searches;
    if (is_down) throw Error(ErrorKind::network, "the source is down");
    aws::Credentials found{cat("AKID", searches), "secret", "token", "a source"};
    if (life) found.expires = now + *life;
    return found;
  }
};

}  // namespace

TEST_CASE("credentials are found once, and again a quarter of an hour before they expire") {
  KeySource source;
  auto live = source.live();
  CHECK(live.current().access_key_id == "AKID1");
  source.now += 44min;
  CHECK(live.current().access_key_id == "AKID1");
  source.now += 1min;
  CHECK(live.current().access_key_id == "AKID2");
}

TEST_CASE("a failed search is borne until ten minutes before they expire, and not repeated at once") {
  KeySource source;
  auto live = source.live();
  live.current();
  source.is_down = true;
  source.now += 46min;
  CHECK(live.current().access_key_id == "AKID1");
  CHECK(live.current().access_key_id == "AKID1");
  CHECK(source.searches == 2);
  source.now += 5min;
  CHECK(failure_from([&] { live.current(); }).summary() == "the source is down");
  source.is_down = false;
  source.now += 1min;
  CHECK(live.current().access_key_id == "AKID4");
}

TEST_CASE("credentials without an expiry are kept, and short-lived ones are not searched for at every call") {
  KeySource source;
  source.life = GENERATE(std::optional<std::chrono::minutes>(), std::optional(15min), std::optional(0min));
  auto live = source.live();
  live.current();
  source.now += 5min;
  live.current();
  CHECK(source.searches == 1);
  source.now += 10min;
  live.current();
  CHECK(source.searches == (source.life ? 2 : 1));
}

TEST_CASE("of the sessions whose credentials are refused, the first searches and the others take what it found") {
  KeySource source;
  auto live = source.live();
  const auto old = live.current();
  CHECK(live.instead_of(old).access_key_id == "AKID2");
  CHECK(live.instead_of(old).access_key_id == "AKID2");
  CHECK(source.searches == 2);
}

TEST_CASE("a call takes new credentials before the old ones expire") {
  FakeAws fake;
  KeySource source;
  auto session = fake.session();
  session.live = std::make_shared<aws::LiveCredentials>([&] { return source.now; },
                                                        [&] {
                                                          return aws::Credentials{"AKIDNEW", "secret", "", "a source"};
                                                        },
                                                        aws::Credentials{.access_key_id = "AKIDOLD",
                                                                         .secret_access_key = "s",
                                                                         .session_token = "",
                                                                         .source = "",
                                                                         .expires = source.now + 20min});
  source.now += 11min;
  fake.answer(200, "{}");
  aws::call(session, aws::Service::ecr, "DescribeRepositories", nlohmann::json::object());
  CHECK_THAT(*fake.requests.at(0).headers.find("Authorization"), Contains("Credential=AKIDNEW/"));
}
