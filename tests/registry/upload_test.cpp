#include <lapstrake/base/parallel.hpp>
#include <tuple>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;
using fake::reply;
using Steps = std::vector<std::string>;

TEST_CASE("a blob is sent by one POST and one PUT, with its digest in the address") {
  Bench bench;
  std::uint64_t told = 0;
  const auto blob = bench.blob(std::string(5000, 'x'));
  bench.repository().put_blob(blob, bench.file(blob.digest), [&](std::uint64_t sent) { told = sent; });
  const auto sent = bench.registry.sent();
  CHECK(bench.registry.steps() == Steps{"POST uploads", "PUT uploads"});
  CHECK(sent[0].url == "https://registry.example/v2/web/blobs/uploads/");
  CHECK(sent[1].url == "https://registry.example/v2/web/blobs/uploads/s1?_state=x%2Fy&digest=sha256%3A" +
                           std::string(blob.digest.hex()));
  CHECK(told == 5000);
}

TEST_CASE("an upload goes wherever Location says, with secrets only at the registry itself (S28)") {
  const auto [location, url, secret] = GENERATE(table<std::string, std::string, bool>({
      {"/up/1", "https://registry.example/up/1?digest=", true},
      {"/up/1?_state=a%3D%3D&x=1", "https://registry.example/up/1?_state=a%3D%3D&x=1&digest=", true},
      {"https://registry.example/up/1", "https://registry.example/up/1?digest=", true},
      {"https://registry.example:443/up/1?", "https://registry.example/up/1?digest=", true},
      {"u-1", "https://registry.example/v2/web/blobs/uploads/u-1?digest=", true},
      {"../up", "https://registry.example/v2/web/blobs/up?digest=", true},
      {"//registry.example/up#f", "https://registry.example/up?digest=", true},
      {"https://registry.example:8443/up", "https://registry.example:8443/up?digest=", false},
      {"https://storage.example/up?sig=1", "https://storage.example/up?sig=1&digest=", false},
      {"//storage.example/up", "https://storage.example/up?digest=", false},
  }));
  Bench bench;
  bench.keychain = [](const std::string&, bool) { return Login{.username = "a", .password = "b", .preemptive = true}; };
  bench.registry.location = [location = location](const std::string&) { return location; };
  const auto blob = bench.blob("x");
  bench.registry.fault("PUT", "", reply(201, {{"Docker-Content-Digest", blob.digest.text()}}));
  bench.put(bench.repository(), blob);
  const auto put = bench.registry.sent().back();
  CHECK(put.url == url + "sha256%3A" + std::string(blob.digest.hex()));
  CHECK(put.authorization.empty() == !secret);
  CHECK(put.max_address_kind == (secret ? http::AddressKind::link_local : http::AddressKind::global));
}

TEST_CASE("an upload without TLS, or to nowhere, is refused (S28)") {
  Bench bench;
  const auto [headers, says] = GENERATE(table<http::Headers, std::string>({
      {http::Headers(), "has no Location for the upload"},
      {http::Headers{{"Location", "http://registry.example/up"}}, "without TLS"},
      {http::Headers{{"Location", "http://storage.example/up"}}, "without TLS"},
  }));
  bench.registry.fault("POST", "uploads", reply(202, headers), 9);
  const auto error = failure_of([&] { bench.put(bench.repository(), bench.blob("x")); });
  CHECK_THAT(error.reason(), Contains(says));
  CHECK(bench.registry.steps() == Steps{"POST uploads"});
}

TEST_CASE("each status at each step of an upload has its one outcome") {
  // The number of POSTs that follow when every request of the step is answered so; 1 is no retry.
  const auto [status, posts] = GENERATE(table<int, unsigned>({
      {400, 1}, {403, 1}, {405, 1}, {408, 6}, {410, 1}, {411, 1}, {413, 1}, {415, 1}, {422, 1}, {425, 6}, {429, 6},
      {431, 1}, {499, 6}, {500, 6}, {501, 1}, {502, 6}, {503, 6}, {504, 6}, {505, 1}, {507, 1}, {522, 6},
  }));
  const std::string step = GENERATE("POST", "PUT");
  Bench bench;
  bench.registry.fault(step, "uploads", fake::error(status, "SOME", "thing"), 99);
  const auto error = failure_of([&] { bench.put(bench.repository(), bench.blob("x")); });
  CHECK(error.kind() == (status == 403 ? ErrorKind::access : ErrorKind::network));
  CHECK_THAT(error.reason(), Contains("SOME: thing"));
  CHECK(bench.registry.count("POST uploads") == posts);
  CHECK(bench.registry.count("PUT uploads") == (step == "PUT" ? posts : 0));
  CHECK(bench.registry.count("HEAD blob") == (step == "PUT" ? posts - 1 : 0));  // what was not sent cannot be there
}

TEST_CASE("one failure at any step is healed by a new session") {
  const std::string step = GENERATE("POST", "PUT");
  const fake::Answer answer = GENERATE(
      as<fake::Answer>(), [](const http::Request&) { return reply(503); },
      [](const http::Request&) { return fake::lose(); });
  Bench bench;
  bench.registry.fault(step, "uploads", answer);
  const auto blob = bench.blob("content");
  bench.put(bench.repository(), blob);
  CHECK(bench.registry.blobs.at(blob.digest.text()) == "content");
  CHECK(bench.registry.count("POST uploads") == 2);
  CHECK_THAT(bench.registry.sent().back().url, Contains(step == "PUT" ? "/s2?" : "/s1?"));
}

TEST_CASE("a blob whose PUT went through unheard is not sent again") {
  Bench bench;
  const auto blob = bench.blob("content");
  bench.registry.fault("PUT", "uploads", [&](const http::Request&) {
    bench.registry.blobs[blob.digest.text()] = "content";
    return fake::lose();
  });
  bench.put(bench.repository(), blob);
  CHECK(bench.registry.steps() == Steps{"POST uploads", "PUT uploads", "HEAD blob"});
}

TEST_CASE("a session that is lost is begun anew, three times at most (S27)") {
  const auto answer =
      GENERATE(fake::error(404, "BLOB_UPLOAD_UNKNOWN"), fake::error(400, "BLOB_UPLOAD_UNKNOWN"),
               fake::error(416, "BLOB_UPLOAD_INVALID", "First byte of the layer part is 0 instead of 11304960"),
               fake::error(400, "DIGEST_INVALID"), reply(404));
  Bench bench;
  SECTION("two losses are healed") {
    bench.registry.fault("PUT", "uploads", answer, 2);
    bench.put(bench.repository(), bench.blob("x"));
    CHECK(bench.registry.count("POST uploads") == 3);
  }
  SECTION("three are not") {
    bench.registry.fault("PUT", "uploads", answer, 9);
    CHECK_THROWS_AS(bench.put(bench.repository(), bench.blob("x")), Error);
    CHECK(bench.registry.count("POST uploads") == 3);
  }
}

TEST_CASE("a conflict is success when the blob is there") {
  Bench bench;
  const auto blob = bench.blob("x");
  bench.registry.fault("PUT", "uploads", reply(409), 9);
  SECTION("there") {
    bench.registry.blobs[blob.digest.text()] = "x";
    bench.put(bench.repository(), blob);
  }
  SECTION("not there") { CHECK_THROWS_AS(bench.put(bench.repository(), blob), Error); }
  CHECK(bench.registry.steps() == Steps{"POST uploads", "PUT uploads", "HEAD blob"});
}

TEST_CASE("an answer without a word about the blob is made sure of by asking") {
  const int status = GENERATE(200, 201, 204);
  Bench bench;
  const auto blob = bench.blob("x");
  SECTION("it is there") {
    bench.registry.fault("PUT", "uploads", [&](const http::Request&) {
      bench.registry.blobs[blob.digest.text()] = "x";
      return reply(status);
    });
    bench.put(bench.repository(), blob);
    CHECK(bench.registry.count("HEAD blob") == 1);
  }
  SECTION("it is not, and is sent again") {
    bench.registry.fault("PUT", "uploads", reply(status));
    bench.put(bench.repository(), blob);
    CHECK(bench.registry.count("PUT uploads") == 2);
  }
}

TEST_CASE("a file that is not the blob is not sent to its end (S21)") {
  Bench bench;
  auto blob = bench.blob(std::string(5000, 'x'));
  SECTION("other bytes") { bench.dir.write(blob.digest.hex(), std::string(4999, 'x') + "y"); }
  SECTION("fewer bytes") { bench.dir.write(blob.digest.hex(), std::string(4999, 'x')); }
  SECTION("empty") {
    bench.dir.write(blob.digest.hex(), "");
    blob.size = 0;
  }
  const auto error = failure_of([&] { bench.put(bench.repository(), blob); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.summary(), Contains("does not match the blob " + blob.digest.text()));
  CHECK(bench.registry.count("PUT uploads") == 0);
}

TEST_CASE("an empty blob can be sent") {
  Bench bench;
  bench.put(bench.repository(), bench.blob(""));
  CHECK(bench.registry.blobs.at(oci::Digest::of("").text()).empty());
}

TEST_CASE("a registry that took something else is not believed (S20)") {
  Bench bench;
  bench.registry.fault("PUT", "uploads", reply(201, {{"Docker-Content-Digest", oci::Digest::of("y").text()}}));
  CHECK(failure_of([&] { bench.put(bench.repository(), bench.blob("x")); }).kind() == ErrorKind::integrity);
}

TEST_CASE("ECR closes the connection for want of a repository: asked twice, and said so (S25)") {
  Bench bench;
  const auto hang_up = [](const http::Request&) { return fake::lose(ErrorCode::connection_closed); };
  const std::string ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  SECTION("twice") {
    bench.registry.fault("POST", "uploads", hang_up, 9);
    const auto error = failure_of([&] { bench.put(bench.repository(ecr), bench.blob("x")); });
    CHECK(error.code() == ErrorCode::missing_repository);
    CHECK_THAT(error.reason(), Contains("the registry has no repository `web`"));
    CHECK(error.help() == "create it with `lapstrake push --create-repository`, or give the role ecr:CreateRepository");
    CHECK(bench.registry.steps() == Steps{"POST uploads", "POST uploads"});
  }
  SECTION("once is an accident") {
    bench.registry.fault("POST", "uploads", hang_up, 1);
    bench.put(bench.repository(ecr), bench.blob("x"));
  }
  SECTION("two that are not in a row are two accidents") {
    bench.registry.fault("POST", "uploads", hang_up, 1);
    bench.registry.fault("POST", "uploads", hang_up, 1, 2);
    bench.registry.fault("PUT", "uploads", reply(503), 1);
    bench.put(bench.repository(ecr), bench.blob("x"));
    CHECK(bench.registry.count("POST uploads") == 4);
  }
  SECTION("another registry's hanging up means nothing") {
    bench.registry.fault("POST", "uploads", hang_up, 9);
    const auto error = failure_of([&] { bench.put(bench.repository(), bench.blob("x")); });
    CHECK(error.code() == ErrorCode::connection_closed);
    CHECK(bench.registry.count("POST uploads") == 6);
  }
}

TEST_CASE("a repository that is not there is recognised by its code") {
  Bench bench;
  bench.registry.fault("POST", "uploads",
                       fake::error(404, "NAME_UNKNOWN", "The repository with name 'web' does not exist"), 9);
  const auto error = failure_of([&] { bench.put(bench.repository(), bench.blob("x")); });
  CHECK(error.code() == ErrorCode::missing_repository);
  CHECK(error.kind() == ErrorKind::network);
  CHECK(bench.registry.sent().size() == 1);
}

TEST_CASE("Retry-After holds back all of a host's uploads, and a long one ends them") {
  Bench bench;
  const auto repository = bench.repository();
  SECTION("short") {
    std::vector<oci::Descriptor> blobs;
    for (int i = 0; i < 20; ++i) blobs.push_back(bench.blob(cat(i)));
    bench.registry.fault("POST", "uploads", reply(429, {{"Retry-After", "3"}}), 4);
    parallel_for_each(20, 4, [&](std::size_t i) { bench.put(repository, blobs[i]); });
    CHECK(bench.registry.blobs.size() == 20);
    CHECK(bench.registry.sent().size() <= 60);
    CHECK(bench.time.slept >= std::chrono::seconds(3));
  }
  SECTION("for one upload, and so for the next") {
    auto options = bench.options();
    options.policy.most_attempts = 1;
    const Repository hasty(options, "registry.example", "web");
    bench.registry.fault("POST", "uploads", reply(429, {{"Retry-After", "3"}}));
    CHECK_THROWS_AS(bench.put(hasty, bench.blob("x")), Error);
    CHECK(bench.time.slept == std::chrono::milliseconds(0));
    bench.put(hasty, bench.blob("y"));
    CHECK(bench.time.slept == std::chrono::milliseconds(3000 + 100));  // and the PUT keeps its distance
  }
  SECTION("a day") {
    bench.registry.fault("POST", "uploads", reply(429, {{"Retry-After", "86400"}}), 9);
    const auto error = failure_of([&] { bench.put(repository, bench.blob("x")); });
    CHECK(error.help() == "try again in 86400.0 s: the server requests this wait");
    CHECK(bench.registry.sent().size() == 1);
    CHECK(bench.time.slept == std::chrono::milliseconds(0));
  }
}

TEST_CASE("a write is redirected at its own origin only") {
  Bench bench;
  const auto [status, location, sent] = GENERATE(table<int, std::string, std::size_t>({
      {307, "/other", 3},
      {308, "https://registry.example/other", 3},
      {301, "/other", 2},
      {307, "https://evil.example/other", 2},
      {307, "http://registry.example/other", 2},
  }));
  bench.registry.fault("PUT", "uploads", reply(status, {{"Location", location}}));
  bench.registry.fault("PUT", "other", reply(201, {{"Docker-Content-Digest", oci::Digest::of("x").text()}}));
  try {
    bench.put(bench.repository(), bench.blob("x"));
    CHECK(sent == 3);
  } catch (const Error& error) {
    CHECK(sent == 2);
    CHECK_THAT(error.summary(), Contains("refusing redirect from"));
  }
  CHECK(bench.registry.sent().size() == sent);
}

TEST_CASE("what a registry says cannot steer the terminal") {
  Bench bench;
  bench.registry.fault("POST", "uploads", reply(400, {}, "\x1b[2Jfine\x07" + std::string(9000, 'x')));
  const auto error = failure_of([&] { bench.put(bench.repository(), bench.blob("x")); });
  CHECK_THAT(error.reason(), Contains("HTTP 400: \\x1b[2Jfine\\x07xxx"));
  CHECK(error.reason().size() < 1100);
}

TEST_CASE("a mount that is refused goes on as an upload, in the session that it opened (S29)") {
  const std::string elsewhere = "https://storage.example/up";
  const auto [answer, steps] = GENERATE_COPY(table<http::Response, std::string>({
      {reply(201, {{"Docker-Content-Digest", oci::Digest::of("x").text()}}), "POST mount"},
      {reply(201), "POST mount, HEAD, POST, PUT s1"},
      {reply(201, {{"Docker-Content-Digest", oci::Digest::of("y").text()}}), "POST mount, POST, PUT s1"},
      {reply(201, {{"Location", "/v2/web/blobs/uploads/s7"}}), "POST mount, HEAD, PUT s7"},
      {reply(202, {{"Location", "/v2/web/blobs/uploads/s7"}}), "POST mount, PUT s7"},
      {reply(202, {{"Location", elsewhere}}), "POST mount, PUT elsewhere"},
      {reply(202), "POST mount, POST, PUT s1"},
      {fake::error(400, "UNSUPPORTED"), "POST mount, POST, PUT s1"},
      {reply(401), "POST mount, POST, PUT s1"},
      {fake::error(403, "DENIED"), "POST mount, POST, PUT s1"},
      {fake::error(404, "NAME_UNKNOWN"), "POST mount, POST, PUT s1"},
      {reply(405), "POST mount, POST, PUT s1"},
      {reply(429), "POST mount, POST, PUT s1"},
      {reply(500), "POST mount, POST, PUT s1"},
  }));
  Bench bench;
  bench.registry.fault("POST", "mount=", answer, 9);
  bench.registry.fault("PUT", elsewhere, reply(201, {{"Docker-Content-Digest", oci::Digest::of("x").text()}}));
  const auto blob = bench.blob("x");
  bool asked = false;
  const auto file = [&] {
    asked = true;
    return bench.file(blob.digest);
  };
  const bool mounted = bench.repository().mount_or_put_blob(blob, "team/web", file, nullptr);
  CHECK(mounted == (steps == "POST mount"));
  CHECK(asked != mounted);
  std::vector<std::string> seen;
  for (const auto& sent : bench.registry.sent()) {
    const auto of = [&](const std::string& part) { return sent.url.find(part) != sent.url.npos; };
    seen.push_back(sent.method + (of("mount=")    ? " mount"
                                  : of("/s1")     ? " s1"
                                  : of("/s7")     ? " s7"
                                  : of(elsewhere) ? " elsewhere"
                                                  : ""));
  }
  CHECK(join(seen, ", ") == steps);
  CHECK_THAT(bench.registry.sent().front().url,
             Contains(cat("?mount=sha256%3A", blob.digest.hex(), "&from=team%2Fweb")));
}

TEST_CASE("a mount asks for the scope that it takes, once, and does without (S29)") {
  Bench bench;
  const bool granted = GENERATE(true, false);
  const std::string wide = "repository:team/web:pull repository:web:pull,push";
  const auto challenge = cat(R"(Bearer realm="https://registry.example/token",service="r",scope=")", wide,
                             R"(",error="insufficient_scope")");
  bench.registry.guard = [&](const http::Request& request) -> std::optional<http::Response> {
    const bool is_wide = request.url.query.find("team%2Fweb") != std::string::npos;
    if (request.url.path == "/token") {
      if (is_wide && !granted) return fake::error(403, "DENIED");
      return reply(200, {}, is_wide ? R"({"token":"wide"})" : R"({"token":"own"})");
    }
    const auto token = request.headers.find("Authorization").value_or("");
    if (token.empty()) return reply(401, {{"WWW-Authenticate", R"(Bearer realm="https://registry.example/token")"}});
    if (!is_wide) return std::nullopt;
    return token == "Bearer wide" ? reply(201, {{"Docker-Content-Digest", oci::Digest::of("x").text()}})
                                  : reply(401, {{"WWW-Authenticate", challenge}});
  };
  const auto repository = bench.repository();
  const auto blob = bench.blob("x");
  CHECK_FALSE(repository.has_blob(blob.digest, 1));
  CHECK(repository.mount_or_put_blob(
            blob, "team/web", [&] { return bench.file(blob.digest); }, nullptr) == granted);
  CHECK(bench.registry.blobs.size() == (granted ? 0 : 1));
  CHECK(bench.registry.count("GET token") == 2);
}

TEST_CASE("a session that came to nothing is cancelled, with the login at the registry's own origin only (S44)") {
  const auto [location, is_own] = GENERATE(table<std::string, bool>(
      {{"/v2/web/blobs/uploads/s1?_state=x", true}, {"https://storage.example/up?sig=1", false}}));
  Bench bench;
  bench.keychain = [](const std::string&, bool) { return Login{.username = "a", .password = "b", .preemptive = true}; };
  bench.registry.location = [location = location](const std::string&) { return location; };
  SECTION("by a refusal") { bench.registry.fault("PUT", "", fake::error(403, "DENIED"), 9); }
  SECTION("by an interrupt") {
    bench.registry.fault("PUT", "", [](const http::Request&) -> http::Response { throw Interrupted(); });
  }
  CHECK_THROWS(bench.put(bench.repository(), bench.blob("x")));
  REQUIRE(bench.registry.cancelled.size() == 1);
  const auto& sent = bench.registry.cancelled.front();
  CHECK(sent.url == (is_own ? "https://registry.example" + location : location));
  CHECK(sent.authorization.empty() == !is_own);
  CHECK(sent.max_address_kind == (is_own ? http::AddressKind::link_local : http::AddressKind::global));
}

TEST_CASE("only sessions that are still open are cancelled, and a failure of that changes nothing (S44)") {
  Bench bench;
  const auto blob = bench.blob("content");
  bench.registry.fault(
      "DELETE", "", [](const http::Request&) { return fake::lose(); }, 9);
  SECTION("none after a success") {
    bench.put(bench.repository(), blob);
    CHECK(bench.registry.cancelled.empty());
  }
  SECTION("the one that broke") {
    bench.registry.fault("PUT", "uploads", [](const http::Request&) { return fake::lose(); });
    bench.put(bench.repository(), blob);
    REQUIRE(bench.registry.cancelled.size() == 1);
    CHECK_THAT(bench.registry.cancelled.front().url, Contains("/s1?"));
  }
  SECTION("none that the registry lost") {
    bench.registry.fault("PUT", "uploads", fake::error(404, "BLOB_UPLOAD_UNKNOWN"));
    bench.put(bench.repository(), blob);
    CHECK(bench.registry.cancelled.empty());
  }
}
