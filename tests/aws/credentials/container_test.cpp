#include "aws/credentials/machine.hpp"
#include "support/catch.hpp"

using namespace lapstrake;

namespace {

constexpr auto keys = R"({"AccessKeyId":"ASIATASK","SecretAccessKey":"task-secret","Token":"task-session-token",)"
                      R"("Expiration":"2026-03-01T06:00:00Z","RoleArn":"arn:aws:iam::1:role/task"})";

Machine in_container(const std::string& variable, const std::string& uri) {
  Machine machine;
  machine.set(variable, uri).answers(200, keys);
  return machine;
}
Machine in_pod(const std::string& uri = "http://169.254.170.23/v1/credentials") {
  return in_container("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);
}

}  // namespace

TEST_CASE("a task of ECS asks the agent, without a proxy") {
  auto task = in_container("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1234?x=y");
  task.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/ignored");
  const auto found = task.find().credentials;
  CHECK(found.access_key_id == "ASIATASK");
  CHECK(found.session_token == "task-session-token");
  CHECK(found.kind == aws::CredentialSource::container);
  CHECK(found.source == "the container's credential endpoint (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)");
  const auto& request = task.requests.at(0);
  CHECK(request.url.text() == "http://169.254.170.2/v2/credentials/1234?x=y");
  CHECK(request.never_by_proxy);
  CHECK(request.most_time == std::chrono::seconds(2));
  CHECK_FALSE(request.headers.find("Authorization"));
  CHECK(task.is_secret("task-session-token"));
}

TEST_CASE("a pod of EKS sends the token of its file, read anew at each search, before that of the variable") {
  auto pod = in_pod();
  pod.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pod-token-variable");
  pod.find();
  CHECK(pod.requests.at(0).headers.find("Authorization") == "pod-token-variable");
  pod.home.write("token", "pod-token-one\n");
  pod.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", (pod.home / "token").string());
  pod.find();
  CHECK(pod.requests.at(1).headers.find("Authorization") == "pod-token-one");
  pod.home.write("token", "pod-token-two");
  pod.find();
  CHECK(pod.requests.at(2).headers.find("Authorization") == "pod-token-two");
  CHECK(pod.is_secret("pod-token-two"));
}

TEST_CASE("the token goes over HTTP only to the platform's addresses and to this machine") {
  for (const auto* uri : {"http://169.254.170.2/x", "http://169.254.170.23/x", "http://[fd00:ec2::23]/x",
                          "http://localhost:80/x", "http://127.0.0.7:1/x", "http://[::1]:1/x", "https://any.example/x"})
    CHECK(in_pod(uri).find().credentials.access_key_id == "ASIATASK");
  for (const auto* uri :
       {"http://any.example/x", "http://169.254.169.254/x", "http://10.0.0.1/x", "http://169.254.170.2.example/x",
        "http://localhost.example/x", "http://[::2]/x", "http://0.0.0.0/x"}) {
    auto pod = in_pod(uri);
    CHECK_THAT(pod.failure().summary(), Contains("to which no token is sent over HTTP"));
    CHECK(pod.requests.empty());
  }
  CHECK_THAT(in_pod("ftp://x").failure().summary(), Contains("is not an address"));
  CHECK_THAT(in_container("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/").failure().summary(),
             Contains("does not begin with `/`"));
}

TEST_CASE("a token with a line end is refused") {
  auto pod = in_pod();
  pod.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pod-token\r\nX-Evil: 1");
  CHECK_THAT(pod.failure().summary(), Contains("contains a line end"));
  CHECK_THAT(report(pod.failure()), !Contains("Evil"));
  pod.home.write("token", "pod-token\nsecond");
  pod.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", (pod.home / "token").string());
  CHECK_THAT(pod.failure().summary(), Contains("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
  CHECK(pod.requests.empty());
}

TEST_CASE("an endpoint that fails is asked three times, one that refuses once") {
  auto pod = in_pod();
  pod.answers(500, "oops");
  CHECK(pod.failure().kind() == ErrorKind::network);
  CHECK(pod.requests.size() == 3);
  CHECK(pod.waits.size() == 2);
  pod.answers(403, "no role");
  CHECK(pod.failure().kind() == ErrorKind::access);
  CHECK(pod.failure().reason() == "no role");
  pod.service = nullptr;
  pod.requests.clear();
  CHECK(pod.failure().summary() == "cannot connect");
  CHECK(pod.requests.size() == 3);
}

TEST_CASE("the profile comes before the container, which comes before the instance") {
  auto pod = in_pod();
  pod.credentials("[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n");
  CHECK(pod.find().credentials.access_key_id == "AKIDFILE");
  pod.credentials("");
  CHECK(pod.find().credentials.access_key_id == "ASIATASK");
  CHECK(pod.requests.size() == 1);
}
