#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/parallel.hpp>
#include <latch>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;
using fake::reply;

namespace {

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + base64(as_bytes(user + ":" + password));
}

Keychain keychain_of(Login first, std::optional<Login> renewed = std::nullopt, unsigned* renewals = nullptr) {
  return [=](const std::string& host, bool renew) -> std::optional<Login> {
    if (host != "registry.example" && host != "docker.io") return std::nullopt;
    if (renew && renewals != nullptr) ++*renewals;
    return renew && renewed ? renewed : first;
  };
}

const Login bob{.username = "bob", .password = "sesame", .source = "a test"};
constexpr const char* bearer = R"(Bearer realm="https://registry.example/token",service="r")";

// Lets in who shows `good` and challenges all others.
void guard(fake::Registry& registry, std::string good, std::string challenge) {
  registry.guard = [=](const http::Request& request) -> std::optional<http::Response> {
    if (request.url.path == "/token") return std::nullopt;
    if (request.headers.find("Authorization") == good) return std::nullopt;
    return reply(401, {{"WWW-Authenticate", challenge}}, R"({"errors":[{"code":"UNAUTHORIZED","message":"who?"}]})");
  };
}

}  // namespace

TEST_CASE("Basic is sent after a challenge, and then at once") {
  Bench bench;
  bench.keychain = keychain_of(bob);
  guard(bench.registry, basic("bob", "sesame"), R"(Basic realm="r")");
  const auto repository = bench.repository();
  CHECK_FALSE(repository.find_manifest("v1"));
  CHECK_FALSE(repository.find_manifest("v2"));
  const auto sent = bench.registry.sent();
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].authorization.empty());
  CHECK(sent[2].authorization == basic("bob", "sesame"));
  CHECK(bench.log == std::vector<std::string>{"login to registry.example: a test"});
}

TEST_CASE("a login that is known to be wanted is sent at once") {
  Bench bench;
  auto login = bob;
  login.preemptive = true;
  bench.keychain = keychain_of(login);
  guard(bench.registry, basic("bob", "sesame"), R"(Basic realm="r")");
  CHECK_FALSE(bench.repository().find_manifest("v1"));
  CHECK(bench.registry.sent().size() == 1);
}

TEST_CASE("a wrong login is sent once, and the error says whose it was") {
  Bench bench;
  unsigned renewals = 0;
  bench.keychain = keychain_of(bob, bob, &renewals);
  guard(bench.registry, "nobody", R"(Basic realm="r")");
  const auto error = failure_of([&] { bench.repository().get_manifest("v1"); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK(error.reason() == "UNAUTHORIZED: who?");
  CHECK_THAT(error.help(), Contains("the login of a test (user `bob`) was sent"));
  CHECK_THAT(report(error), !Contains("sesame"));
  CHECK(bench.registry.sent().size() == 2);
  CHECK(renewals == 0);
}

TEST_CASE("without a login the cure is to log in") {
  Bench bench;
  guard(bench.registry, "nobody", R"(Basic realm="r")");
  const auto error = failure_of([&] { bench.repository().get_manifest("v1"); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK(error.help() == "log in with `docker login registry.example`");
  CHECK(bench.registry.sent().size() == 1);
}

TEST_CASE("a token is fetched once for each scope, with the login, and used again") {
  Bench bench;
  bench.keychain = keychain_of(bob);
  guard(bench.registry, "Bearer t1", bearer);
  bench.registry.fault("GET", "/token", reply(200, {}, R"({"token":"t1","expires_in":300})"), 9);
  const auto repository = bench.repository();
  const auto blob = bench.blob("x");
  CHECK_FALSE(repository.has_blob(blob.digest, 1));
  bench.put(repository, blob);
  CHECK_FALSE(repository.find_manifest("v1"));  // the token for pushes will do
  CHECK(bench.registry.steps() == std::vector<std::string>{"HEAD blob", "GET token", "HEAD blob", "POST uploads",
                                                           "PUT uploads", "HEAD manifests"});
  const auto token = bench.registry.sent().at(1);
  CHECK(token.url == "https://registry.example/token?service=r&scope=repository%3Aweb%3Apull%2Cpush");
  CHECK(token.authorization == basic("bob", "sesame"));
}

TEST_CASE("a token is fetched anew a little before it ends") {
  Bench bench;
  guard(bench.registry, "Bearer t1", bearer);
  bench.registry.fault("GET", "/token", reply(200, {}, R"({"access_token":"t1","expires_in":100})"), 9);
  const auto repository = bench.repository();
  repository.find_manifest("v1");
  bench.time.now += std::chrono::seconds(89);
  repository.find_manifest("v1");
  CHECK(bench.registry.count("GET token") == 1);
  bench.time.now += std::chrono::seconds(2);
  repository.find_manifest("v1");
  CHECK(bench.registry.count("GET token") == 2);
}

TEST_CASE("threads that are challenged at the same time share one token") {
  Bench bench;
  guard(bench.registry, "Bearer t1", bearer);
  bench.registry.fault("GET", "/token", reply(200, {}, R"({"token":"t1"})"), 99);
  std::latch challenged(8);
  auto options = bench.options();
  options.transport = [&, inner = options.transport](const http::Request& request) {
    auto response = inner(request);
    if (response.status == 401) challenged.arrive_and_wait();
    return response;
  };
  const Repository repository(options, "registry.example", "web");
  parallel_for_each(8, 8, [&](std::size_t i) { repository.has_blob(oci::Digest::of(cat(i)), 1); });
  CHECK(bench.registry.count("GET token") == 1);
}

TEST_CASE("an identity token is exchanged by POST, and stands in no address") {
  Bench bench;
  bench.keychain =
      keychain_of({.username = "<token>", .password = "id&entity", .identity_token = true, .source = "a test"});
  guard(bench.registry, "Bearer t1", bearer);
  bench.registry.fault("POST", "/token", reply(200, {}, R"({"access_token":"t1"})"));
  bench.repository().find_manifest("v1");
  const auto sent = bench.registry.sent().at(1);
  CHECK(sent.url == "https://registry.example/token");
  CHECK(sent.authorization.empty());
  CHECK(
      sent.body ==
      "grant_type=refresh_token&service=r&client_id=lapstrake&scope=repository%3Aweb%3Apull&refresh_token=id%26entity");
}

TEST_CASE("a bearer token of docker's file is sent after a challenge, to the registry alone, and not renewed") {
  Bench bench;
  bench.keychain = keychain_of({.password = "kept", .registry_token = true, .source = "a test"});
  const bool good = GENERATE(true, false);
  guard(bench.registry, good ? "Bearer kept" : "Bearer other", R"(Bearer realm="https://evil.example/token")");
  const auto repository = bench.repository();
  if (good) {
    repository.find_manifest("v1");
    repository.find_manifest("v2");
    CHECK(bench.registry.sent().size() == 3);
  } else {
    const auto error = failure_of([&] { repository.get_manifest("v1"); });
    CHECK(error.kind() == ErrorKind::access);
    CHECK_THAT(report(error), !Contains("kept"));
    CHECK(bench.registry.sent().size() == 2);
  }
  CHECK(bench.registry.count("GET token") == 0);
}

TEST_CASE("a token that allows less than is asked says so") {
  Bench bench;
  bench.keychain = keychain_of(bob);
  bench.registry.fault("GET", "/token", reply(200, {}, R"({"token":"t1"})"), 9);
  bench.registry.guard = [&](const http::Request& request) -> std::optional<http::Response> {
    if (request.url.path == "/token") return std::nullopt;
    return reply(401, {{"WWW-Authenticate", cat(bearer, R"(,error="insufficient_scope")")}},
                 R"({"errors":[{"code":"UNAUTHORIZED","message":"who?"}]})");
  };
  const auto error = failure_of([&] { bench.put(bench.repository(), bench.blob("x")); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.help(), Contains("the login of a test (user `bob`) has no permission for this in the repository"));
}

TEST_CASE("a realm on another host gets neither login nor request, unless there is no login") {
  Bench bench;
  guard(bench.registry, "Bearer t1", R"(Bearer realm="https://evil.example/token",service="r")");
  bench.registry.fault("GET", "evil.example", reply(200, {}, R"({"token":"t1"})"), 9);
  SECTION("with a login") {
    bench.keychain = keychain_of(bob);
    const auto error = failure_of([&] { bench.repository().find_manifest("v1"); });
    CHECK_THAT(error.summary(),
               Contains("`registry.example` requests that its login be sent to `https://evil.example:443`"));
    CHECK(bench.registry.sent().size() == 1);
  }
  SECTION("anonymously") {
    bench.repository().find_manifest("v1");
    const auto sent = bench.registry.sent();
    CHECK(sent.at(1).authorization.empty());
    CHECK(sent.at(1).max_address_kind == http::AddressKind::global);
    CHECK(sent.at(2).authorization == "Bearer t1");
  }
}

TEST_CASE("docker's hub answers at its other name and logs in at its third (S06)") {
  Bench bench;
  bench.keychain = keychain_of(bob);
  guard(bench.registry, "Bearer t1", R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io")");
  bench.registry.fault("GET", "https://auth.docker.io/token", reply(200, {}, R"({"token":"t1"})"));
  bench.repository("docker.io").find_manifest("v1");
  const auto sent = bench.registry.sent();
  CHECK(sent.at(0).url == "https://registry-1.docker.io/v2/web/manifests/v1");
  CHECK(sent.at(1).authorization == basic("bob", "sesame"));
}

TEST_CASE("a login that the token server refuses is asked for anew once") {
  Bench bench;
  auto fresh = bob;
  fresh.password = "open";
  const bool changed = GENERATE(true, false);
  bench.keychain = keychain_of(bob, changed ? fresh : bob);
  guard(bench.registry, "Bearer t1", bearer);
  bench.registry.fault(
      "GET", "/token",
      [&](const http::Request& request) {
        if (request.headers.find("Authorization") == basic("bob", "open")) return reply(200, {}, R"({"token":"t1"})");
        return fake::error(401, "UNAUTHORIZED", "incorrect password");
      },
      9);
  if (changed) {
    bench.repository().find_manifest("v1");
  } else {
    const auto error = failure_of([&] { bench.repository().find_manifest("v1"); });
    CHECK(error.kind() == ErrorKind::access);
    CHECK_THAT(error.reason(), Contains("incorrect password"));
  }
  CHECK(bench.registry.count("GET token") == (changed ? 2 : 1));
}

TEST_CASE("a token server that is down is asked six times, not six times six") {
  Bench bench;
  guard(bench.registry, "Bearer t1", bearer);
  SECTION("for good") {
    bench.registry.fault("GET", "/token", reply(503), 99);
    const auto error = failure_of([&] { bench.repository().find_manifest("v1"); });
    CHECK(error.kind() == ErrorKind::network);
    CHECK(bench.registry.count("GET token") == 6);
  }
  SECTION("for a while, and it asks to be left alone") {
    bench.registry.fault("GET", "/token", reply(429, {{"Retry-After", "7"}}), 1);
    bench.registry.fault("GET", "/token", reply(200, {}, R"({"token":"t1"})"));
    CHECK_FALSE(bench.repository().find_manifest("v1"));
    CHECK(bench.time.slept >= std::chrono::seconds(7));
  }
}

TEST_CASE("a token that was revoked is not tried again, whatever it was got for") {
  Bench bench;
  std::string good = "t1";
  bench.registry.guard = [&](const http::Request& request) -> std::optional<http::Response> {
    if (request.url.path == "/token") return reply(200, {}, cat(R"({"token":")", good, R"("})"));
    if (request.headers.find("Authorization") == "Bearer " + good) return std::nullopt;
    return reply(401, {{"WWW-Authenticate", bearer}});
  };
  const auto repository = bench.repository();
  CHECK_FALSE(repository.has_blob(oci::Digest::of("x"), 1));  // with a token for pushes
  good = "t2";
  for (const char* tag : {"v1", "v2", "v3"}) CHECK_FALSE(repository.find_manifest(tag));
  CHECK(bench.registry.count("HEAD manifests") == 4);
  CHECK(bench.registry.count("GET token") == 2);
}

TEST_CASE("the scope of a registry's own name for the repository is remembered") {
  Bench bench;
  bench.registry.guard = [&](const http::Request& request) -> std::optional<http::Response> {
    const bool is_own = request.url.query.find("library%2Fweb") != std::string::npos;
    if (request.url.path == "/token") return reply(200, {}, is_own ? R"({"token":"own"})" : R"({"token":"ours"})");
    if (request.headers.find("Authorization") == "Bearer own") return std::nullopt;
    return reply(401, {{"WWW-Authenticate",
                        cat(bearer, R"(,error="insufficient_scope")", R"(,scope="repository:library/web:pull")")}});
  };
  const auto repository = bench.repository();
  for (const char* tag : {"v1", "v2", "v3"}) CHECK_FALSE(repository.find_manifest(tag));
  CHECK(bench.registry.steps() ==
        std::vector<std::string>{"HEAD manifests", "GET token", "HEAD manifests", "HEAD manifests", "HEAD manifests"});
}

TEST_CASE("a token server that redirects, refuses or speaks nonsense is an error (S03)") {
  Bench bench;
  bench.keychain = keychain_of(bob);
  guard(bench.registry, "Bearer t1", bearer);
  const auto [answer, says] = GENERATE(table<http::Response, std::string>({
      {reply(302, {{"Location", "https://169.254.169.254/"}}), "redirects to another address; refusing to follow"},
      {reply(403, {}, R"({"details":"no"})"), "rejects the login"},
      {reply(200, {}, "<html>"), "the reply is not valid JSON"},
      {reply(200, {}, "{}"), "the reply has no valid token"},
      {reply(200, {}, R"({"token":"a\r\nX: b"})"), "the reply has no valid token"},
  }));
  bench.registry.fault("GET", "/token", answer, 9);
  const auto error = failure_of([&] { bench.repository().find_manifest("v1"); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.summary(), Contains(says));
  CHECK(bench.registry.count("GET token") == 1);
}

TEST_CASE("a long detail of a refusal is cut with ..., so that a secret that is cut with it is known (S07)") {
  Bench bench;
  bench.keychain = keychain_of(bob);
  guard(bench.registry, "Bearer t1", bearer);
  const auto detail = std::string(505, 'x') + " sesame and more";
  bench.registry.fault("GET", "/token",
                       reply(403, {}, cat(R"({"errors":[{"code":"DENIED","detail":")", detail, R"("}]})")), 9);
  const auto error = failure_of([&] { bench.repository().find_manifest("v1"); });
  CHECK(error.reason() == cat("DENIED (", std::string(505, 'x'), " sesame...)"));
}

TEST_CASE("a token that has run out in the middle of an upload is renewed, and the upload goes on anew (S26)") {
  Bench bench;
  bench.registry.fault("GET", "/token", reply(200, {}, R"({"token":"t1"})"), 1);
  bench.registry.fault("GET", "/token", reply(200, {}, R"({"token":"t2"})"), 9);
  std::string good = "Bearer t1";
  bench.registry.guard = [&](const http::Request& request) -> std::optional<http::Response> {
    if (request.method == "PUT") good = "Bearer t2";
    if (request.headers.find("Authorization") == good) return std::nullopt;
    return reply(401, {{"WWW-Authenticate", bearer}});
  };
  const auto repository = bench.repository();
  const auto blob = bench.blob(std::string(5000, 'x'));
  bench.put(repository, blob);
  CHECK(bench.registry.steps() == std::vector<std::string>{"POST uploads", "GET token", "POST uploads", "PUT uploads",
                                                           "GET token", "HEAD blob", "POST uploads", "PUT uploads"});
  CHECK_THAT(bench.registry.sent().back().url, Contains("/s2?"));
  std::size_t bytes = 0;
  for (const auto& sent : bench.registry.sent()) bytes += sent.body.size();
  CHECK(bytes <= 2 * blob.size);
  CHECK(bench.registry.blobs.size() == 1);
}

TEST_CASE("an upload that no token opens is tried twice, however many tokens there are") {
  Bench bench;
  unsigned tokens = 0;
  bench.registry.guard = [&](const http::Request& request) -> std::optional<http::Response> {
    if (request.url.path == "/token") return reply(200, {}, cat(R"({"token":"t)", ++tokens, R"("})"));
    if (request.method != "PUT" && request.headers.find("Authorization")) return std::nullopt;
    return reply(401, {{"WWW-Authenticate", bearer}});
  };
  CHECK(failure_of([&] { bench.put(bench.repository(), bench.blob("x")); }).kind() == ErrorKind::access);
  CHECK(bench.registry.count("PUT uploads") == 2);
}

TEST_CASE("ECR's way of saying that a token has expired renews the login once") {
  Bench bench;
  unsigned renewals = 0;
  const Login stale{.username = "AWS", .password = "old", .preemptive = true, .source = "ECR"};
  auto fresh = stale;
  fresh.password = "new";
  const auto expired =
      fake::error(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
  bench.registry.guard = [&](const http::Request& request) -> std::optional<http::Response> {
    if (request.headers.find("Authorization") == basic("AWS", "new")) return std::nullopt;
    return request.method == "HEAD" ? reply(403) : expired;
  };
  SECTION("and the new one is good") {
    bench.keychain = keychain_of(stale, fresh, &renewals);
    const auto repository = bench.repository();
    CHECK_FALSE(repository.has_blob(oci::Digest::of("x"), 1));
    CHECK(bench.registry.steps() == std::vector<std::string>{"HEAD blob", "GET blob", "HEAD blob"});
    bench.put(repository, bench.blob("x"));
  }
  SECTION("and the new one is the old one") {
    bench.keychain = keychain_of(stale, stale, &renewals);
    const auto error = failure_of([&] { bench.put(bench.repository(), bench.blob("x")); });
    CHECK(error.kind() == ErrorKind::access);
    CHECK_THAT(error.reason(), Contains("has expired"));
    CHECK(bench.registry.sent().size() == 1);
  }
  CHECK(renewals == 1);
}

TEST_CASE("who keeps saying that a token has expired gets one new login") {
  Bench bench;
  unsigned logins = 0;
  bench.keychain = [&](const std::string&, bool) {
    return Login{.username = "AWS", .password = cat(++logins), .preemptive = true, .source = "ECR"};
  };
  bench.registry.guard = [](const http::Request&) { return fake::error(403, "DENIED", "the CSRF token has expired"); };
  const auto repository = bench.repository();
  for (const char* tag : {"v1", "v2", "v3"}) CHECK_THROWS_AS(repository.get_manifest(tag), Error);
  CHECK(logins == 2);
}

TEST_CASE("a HEAD that is refused where GET is allowed brings no body") {
  Bench bench;
  bench.registry.fault("HEAD", "blobs", reply(403));
  const auto blob = bench.blob(std::string(5000, 'x'));
  bench.registry.blobs[blob.digest.text()] = std::string(5000, 'x');
  auto options = bench.options();
  std::size_t got = 0;
  options.transport = [&, inner = options.transport](http::Request request) {
    if (request.sink) request.sink = [&](Bytes bytes) { got += bytes.size(); };
    return inner(request);
  };
  const Repository repository(options, "registry.example", "web");
  CHECK(failure_of([&] { repository.has_blob(blob.digest, blob.size); }).kind() == ErrorKind::access);
  CHECK(bench.registry.steps() == std::vector<std::string>{"HEAD blob", "GET blob"});
  CHECK(got == 0);
}

TEST_CASE("a HEAD that is forbidden is repeated as GET for its message, and never more") {
  Bench bench;
  bench.registry.guard = [&](const http::Request& request) -> std::optional<http::Response> {
    if (request.method == "HEAD") return reply(403);
    return fake::error(
        403, "DENIED",
        "User: arn:aws:iam::1:user/x is not authorized to perform: ecr:BatchCheckLayerAvailability on resource: y");
  };
  const auto error = failure_of([&] { bench.repository().has_blob(oci::Digest::of("x"), 1); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.help(), Contains("allow `ecr:BatchCheckLayerAvailability` on this repository"));
  CHECK(bench.registry.steps() == std::vector<std::string>{"HEAD blob", "GET blob"});
}

TEST_CASE("which of https and http a host speaks is asked only where it may be http") {
  Bench bench;
  const auto no_tls = [](const http::Request&) -> http::Response {
    throw Error(ErrorKind::network, "it does not speak TLS");
  };
  SECTION("a loopback host without TLS is spoken to in the clear, and asked once, without secrets") {
    bench.keychain = [](const std::string&, bool) {
      return std::optional(Login{.username = "a", .password = "b", .preemptive = true});
    };
    bench.registry.fault("GET", "https://127.0.0.1:5000/v2/", no_tls, 9);
    const auto repository = bench.repository("127.0.0.1:5000");
    repository.find_manifest("v1");
    repository.find_manifest("v1");
    const auto sent = bench.registry.sent();
    REQUIRE(sent.size() == 4);
    CHECK(sent[0].authorization + sent[1].authorization == "");
    CHECK(sent[1].url == "http://127.0.0.1:5000/v2/");
    CHECK(sent[2].url == "http://127.0.0.1:5000/v2/web/manifests/v1");
    CHECK(sent[2].authorization == basic("a", "b"));
  }
  SECTION("a TLS server whose certificate is not trusted is not spoken to in the clear") {
    bench.registry.fault("GET", "https://localhost/v2/", no_tls, 9);
    bench.registry.fault("GET", "http://localhost/v2/", reply(400), 9);
    CHECK(failure_of([&] { bench.repository("localhost").find_manifest("v1"); }).summary() == "it does not speak TLS");
  }
  SECTION("another host is not asked at all") {
    bench.registry.fault("HEAD", "https://registry.example/", no_tls, 9);
    CHECK_THROWS_AS(bench.repository().find_manifest("v1"), Error);
    for (const auto& sent : bench.registry.sent()) CHECK(sent.url.starts_with("https://"));
  }
  SECTION("a host said to be insecure may be plain") {
    bench.registry.fault("GET", "https://registry.example/v2/", no_tls, 9);
    auto options = bench.options();
    options.insecure = [](const std::string& host) { return host == "registry.example"; };
    CHECK_FALSE(Repository(options, "registry.example", "web").find_manifest("v1"));
    CHECK(bench.registry.sent().back().url == "http://registry.example/v2/web/manifests/v1");
  }
}

namespace {

// Answers strangers with `status` and no challenge; challenges at /v2/ alone.
void hide(fake::Registry& registry, const std::string& good, int status, const std::string& challenge) {
  registry.guard = [=](const http::Request& request) -> std::optional<http::Response> {
    if (request.url.path == "/token" || request.headers.find("Authorization") == good) return std::nullopt;
    if (request.url.path == "/v2/" && !challenge.empty()) return reply(401, {{"WWW-Authenticate", challenge}});
    return reply(status, {}, R"({"errors":[{"code":"DENIED","message":"who?"}]})");
  };
}

}  // namespace

TEST_CASE("a registry that hides from strangers is asked at /v2/ how to log in, once") {
  const int status = GENERATE(403, 404, 401);
  Bench bench;
  bench.keychain = keychain_of(bob);
  hide(bench.registry, basic("bob", "sesame"), status, R"(Basic realm="r")");
  bench.registry.manifests["v1"] = {std::string(oci::media_type::manifest), "{}"};
  const auto repository = bench.repository();
  CHECK(repository.get_manifest("v1").text == "{}");
  CHECK(bench.registry.sent().size() == 3);
  CHECK_FALSE(repository.find_manifest("v2"));
  CHECK(bench.registry.sent().size() == 4);
}

TEST_CASE("a registry that hides from strangers and wants a token gets the login's") {
  Bench bench;
  bench.keychain = keychain_of(bob);
  hide(bench.registry, "Bearer t1", 403, bearer);
  bench.registry.fault("GET", "/token", reply(200, {}, R"({"token":"t1"})"), 9);
  const auto blob = bench.blob("x");
  CHECK_NOTHROW(bench.put(bench.repository(), blob));
}

TEST_CASE("without a login nobody asks at /v2/, and with one that is not asked for it is not said to have been sent") {
  Bench bench;
  const bool has_login = GENERATE(false, true);
  if (has_login) bench.keychain = keychain_of(bob);
  hide(bench.registry, "nobody", 403, "");
  const auto error = failure_of([&] { bench.repository().get_manifest("v1"); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.help(), !Contains("was sent:"));
  CHECK_THAT(error.help(), Contains(has_login ? "was not sent" : "log in with"));
  CHECK(bench.registry.sent().size() == (has_login ? 2 : 1));
}

TEST_CASE("a Bearer challenge without a realm gives way to Basic") {
  Bench bench;
  bench.keychain = keychain_of(bob);
  guard(bench.registry, basic("bob", "sesame"),
        GENERATE(R"(Bearer service="x", Basic realm="r")", R"(Bearer realm="", Basic realm="r")",
                 R"(Basic realm="r", Bearer service="x")"));
  CHECK_FALSE(bench.repository().find_manifest("v1"));
}

TEST_CASE("a challenge that cannot be used is not said to have got the login") {
  Bench bench;
  bench.keychain = keychain_of(bob);
  guard(bench.registry, "nobody", R"(Bearer realm="https://registry.example/token)");
  const auto error = failure_of([&] { bench.repository().get_manifest("v1"); });
  CHECK_THAT(error.help(), Contains("was not sent"));
}

TEST_CASE("a registry that was met in a private network may name others there, and one outside may not (S02)") {
  const auto peer = GENERATE(http::AddressKind::private_network, http::AddressKind::global);
  Bench bench;
  auto session = reply(202, {{"Location", "https://storage.example/up"}});
  session.peer = peer;
  bench.registry.fault("POST", "uploads", session);
  bench.registry.fault("PUT", "storage.example", reply(201));
  const auto blob = bench.blob("x");
  bench.put(bench.repository(), blob);
  CHECK(bench.registry.sent().at(1).max_address_kind == peer);
}
