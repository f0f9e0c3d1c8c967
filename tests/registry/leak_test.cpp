// Secrets on the wire: two loopback servers record what libcurl really sends them.
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>

#include "bench.hpp"
#include "support/catch.hpp"
#include "support/scripted_server.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

namespace {

const std::string content = "content";
const std::string encoded = base64(as_bytes("bob:sesame"));

// A registry in the clear that wants Basic, and sends blobs and uploads to `elsewhere`.
class LeakyRegistry {
 public:
  explicit LeakyRegistry(std::string elsewhere)
      : elsewhere_(std::move(elsewhere)), server_([this](const std::string& request) { return answer(request); }) {}
  Repository repository() const {
    Runtime runtime = process_runtime();
    runtime.environment = [](std::string_view) { return std::nullopt; };
    runtime.sleep = [](std::chrono::milliseconds) {};
    return {{.transport = http::curl_transport(
                 {.user_agent = "test", .connect_timeout = std::chrono::seconds(1), .runtime = runtime}),
             .keychain = [](const std::string&, bool) { return Login{.username = "bob", .password = "sesame"}; },
             .runtime = runtime},
            server_.authority(),
            "web"};
  }
  bool was_shown_the_login() const {
    for (const auto& request : server_.requests())
      if (request.find(encoded) != request.npos) return true;
    return false;
  }

 private:
  std::optional<std::string> answer(const std::string& request) const {
    if (request.starts_with("GET /v2/ ")) return ScriptedServer::reply("200 OK", "", "");
    if (request.find(encoded) == request.npos)
      return ScriptedServer::reply("401 Unauthorized", "WWW-Authenticate: Basic realm=x\r\n", "");
    if (request.starts_with("POST"))
      return ScriptedServer::reply("202 Accepted", "Location: " + elsewhere_ + "/up\r\n", "");
    return ScriptedServer::reply("307 Temporary Redirect", "Location: " + elsewhere_ + "/blob?X-Amz-Signature=1\r\n",
                                 "");
  }
  std::string elsewhere_;
  ScriptedServer server_;
};

}  // namespace

TEST_CASE("storage behind a redirect sees no login (S04)") {
  ScriptedServer storage([](const std::string& request) {
    return request.find("uthorization") == request.npos
               ? ScriptedServer::reply("200 OK", "", content)
               : ScriptedServer::reply("400 Only one auth mechanism allowed", "", "");
  });
  LeakyRegistry registry("http://" + storage.authority());
  std::string got;
  registry.repository().get_blob({.media_type = {}, .digest = oci::Digest::of(content), .size = content.size()},
                                 [&](Bytes bytes) { got += as_text(bytes); });
  CHECK(got == content);
  CHECK(registry.was_shown_the_login());
  REQUIRE(storage.requests().size() == 1);
  CHECK_THAT(storage.requests().at(0), !Contains(encoded));
}

TEST_CASE("an upload sent to another port in the clear goes nowhere (S05)") {
  Bench bench;
  ScriptedServer storage([](const std::string&) { return ScriptedServer::reply("201 Created", "", ""); });
  LeakyRegistry registry("http://" + storage.authority());
  const auto blob = bench.blob(content);
  CHECK_THROWS_AS(bench.put(registry.repository(), blob), Error);
  CHECK(registry.was_shown_the_login());
  CHECK(storage.connections() == 0);
}

TEST_CASE("a realm on another host sees nothing at all (S01)") {
  ScriptedServer thief([](const std::string&) { return ScriptedServer::reply("200 OK", "", R"({"token":"x"})"); });
  // The same address under another name is another host.
  const auto realm = cat("http://localhost:", split(thief.authority(), ':').at(1), "/token");
  ScriptedServer server([&](const std::string& request) -> std::optional<std::string> {
    if (request.starts_with("GET /v2/ ")) return ScriptedServer::reply("200 OK", "", "");
    return ScriptedServer::reply("401 Unauthorized", "WWW-Authenticate: Bearer realm=\"" + realm + "\"\r\n", "");
  });
  Runtime runtime = process_runtime();
  runtime.environment = [](std::string_view) { return std::nullopt; };
  const Repository repository(
      {.transport =
           http::curl_transport({.user_agent = "test", .connect_timeout = std::chrono::seconds(1), .runtime = runtime}),
       .keychain = [](const std::string&, bool) { return Login{.username = "bob", .password = "sesame"}; },
       .runtime = runtime},
      server.authority(), "web");
  CHECK(failure_of([&] { repository.find_manifest("v1"); }).kind() == ErrorKind::access);
  CHECK(thief.connections() == 0);
}

namespace {

// A registry of the world outside, in memory; all other hosts are asked by libcurl, which finds them at `address`.
struct OutsideRegistry : Bench {
  std::optional<Login> login;
  Repository repository_with(const std::string& names) {
    Runtime runtime = process_runtime();
    runtime.environment = [](std::string_view) { return std::nullopt; };
    runtime.sleep = [](std::chrono::milliseconds) {};
    const auto curl = http::curl_transport(
        {.user_agent = "test", .connect_timeout = std::chrono::seconds(1), .runtime = runtime, .addresses = {names}});
    auto ours = options();
    ours.keychain = [this](const std::string&, bool) { return login; };
    ours.transport = [curl, fake = registry.transport()](const http::Request& request) {
      return request.url.host == "registry.example" ? fake(request) : curl(request);
    };
    return {ours, "registry.example", "web"};
  }
};

}  // namespace

TEST_CASE("a name that leads to this host or its neighbours is not connected to (S02)") {
  ScriptedServer inside([](const std::string&) { return ScriptedServer::reply("200 OK", "", R"({"token":"x"})"); });
  const auto port = split(inside.authority(), ':').at(1);
  const std::string address = GENERATE("127.0.0.1", "127.0.0.2", "169.254.169.254", "[::ffff:10.0.0.1]",
                                       "[::ffff:127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "0.0.0.0", "100.100.100.200",
                                       "168.63.129.16", "[fd00:ec2::254]", "[fd00:ec2::23]", "[fd20:ce::254]");
  const auto there = cat("https://elsewhere.example:", port);
  OutsideRegistry outside;
  std::function<void()> act;
  SECTION("as a realm") {
    outside.registry.guard = [&](const http::Request&) {
      return std::optional(fake::reply(401, {{"WWW-Authenticate", cat("Bearer realm=\"", there, "/token\"")}}));
    };
    act = [&] { outside.repository_with(cat("elsewhere.example:", port, ":", address)).find_manifest("v1"); };
  }
  SECTION("as a redirect") {
    outside.registry.fault("GET", "/blobs/", fake::reply(307, {{"Location", there + "/blob"}}), 9);
    act = [&] {
      outside.repository_with(cat("elsewhere.example:", port, ":", address))
          .get_blob({.media_type = {}, .digest = oci::Digest::of(content), .size = content.size()}, [](Bytes) {});
    };
  }
  SECTION("as the place of an upload") {
    outside.registry.location = [&](const std::string&) { return there + "/up"; };
    act = [&] {
      outside.put(outside.repository_with(cat("elsewhere.example:", port, ":", address)), outside.blob(content));
    };
  }
  const auto error = failure_of(act);
  CHECK_THAT(report(error), Contains("which came from a server's reply: it is "));
  CHECK(inside.connections() == 0);
}

TEST_CASE("an upload that a registry outside sends to a private address goes nowhere (S05)") {
  const std::string place = GENERATE("https://10.0.0.5/up", "https://192.168.0.1:8443/up", "https://0x0a000005/up",
                                     "https://[fd00::1]/up", "http://10.0.0.5/up");
  OutsideRegistry outside;
  outside.registry.location = [&](const std::string&) { return place; };
  CHECK_THROWS_AS(outside.put(outside.repository_with("none.example:1:127.0.0.1"), outside.blob(content)), Error);
  CHECK(outside.registry.count("PUT uploads") == 0);
}
