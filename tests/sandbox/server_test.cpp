// Connections: faults as they look on the wire, many at once, and how all of it ends.
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <lapstrake/base/parallel.hpp>
#include <thread>

#include "client.hpp"
#include "raw_connection.hpp"

using namespace sandbox_test;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// Sanitizers keep freed memory for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

std::string rule(const std::string& match, const std::string& act) {
  return cat(R"({"rules": [{"match": {)", match, R"(}, "nth": 1, "do": {)", act, "}}]}");
}

RawConnection connect(const Client& client) { return {client.box.port(), client.box.registry_host()}; }

std::string request(const Client& client, const std::string& line, const std::string& more = "") {
  return cat(line, " HTTP/1.1\r\nHost: ", client.box.registry_host(), "\r\nAuthorization: ", client.login, "\r\n", more,
             "\r\n");
}

milliseconds time_of(const std::function<void()>& act) {
  const auto start = steady_clock::now();
  act();
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

}  // namespace

TEST_CASE("a reset looks like a reset, at each of its points") {
  Client client;
  struct Case {
    std::string when, text;
  };
  const auto c = GENERATE(Case{"before", ""}, Case{"headers", "HTTP/1.1 200 OK"}, Case{"after", ""});
  client.put_image("web", "v1");
  client.box.set_faults(rule(R"("path": "*/manifests/v1")", cat(R"("reset": ")", c.when, '"')));
  auto connection = connect(client);
  connection.send(request(client, "GET /v2/web/manifests/v1"));
  const auto reply = connection.read_to_end();
  CHECK(reply.reset);
  CHECK(reply.text.starts_with(c.text));
  CHECK(reply.text.find("\r\n\r\n") == std::string::npos);
  CHECK(client.box.records().back().status == 0);
}

TEST_CASE("a reset after the act: it is done, but its reply is lost") {
  Client client;
  client.box.set_faults(rule(R"("operation": "CreateRepository")", R"("reset": "after")"));
  CHECK_THROWS_AS(client.call("ecr", "CreateRepository", {{"repositoryName", "web"}}), Error);
  CHECK(error_code(client.call("ecr", "CreateRepository", {{"repositoryName", "web"}})) ==
        "RepositoryAlreadyExistsException");
}

TEST_CASE("a reset before the act: it is not done") {
  Client client;
  client.box.set_faults(rule(R"("operation": "CreateRepository")", R"("reset": "before")"));
  CHECK_THROWS_AS(client.call("ecr", "CreateRepository", {{"repositoryName", "web"}}), Error);
  CHECK(client.call("ecr", "CreateRepository", {{"repositoryName", "web"}}).status == 200);
}

TEST_CASE("a session whose body was cut takes no second attempt from byte 0") {
  Client client;
  const std::string bytes(4'000'000, 'x'), digest = oci::Digest::of(bytes).text();
  const auto session = client.v2("POST", "web/blobs/uploads/").headers.find("Location").value();
  client.box.set_faults(rule(R"("method": "PUT")", R"("reset": "body", "at_percent": 25)"));
  auto connection = connect(client);
  connection.send(
      request(client, cat("PUT ", http::parse_url(session).path, "?digest=", digest), "Content-Length: 4000000\r\n"));
  connection.send(bytes.substr(0, 1'000'000));
  CHECK(connection.read_to_end().reset);
  CHECK(client.box.records().back().body_bytes == 1'000'000);
  const auto again = client.v2("PUT", cat(session, "?digest=", digest), {}, bytes);
  CHECK(again.status == 416);
  CHECK(error_message(again) == "First byte of the layer part is 0 instead of 1000000");
  CHECK(client.put_blob("web", bytes) == digest);
}

TEST_CASE("a hang-up is an orderly end without a reply") {
  Client client;
  client.box.set_faults(rule(R"("method": "POST")", R"("hang_up": true)"));
  auto connection = connect(client);
  connection.send(request(client, "POST /v2/web/blobs/uploads/", "Content-Length: 0\r\n"));
  const auto reply = connection.read_to_end();
  CHECK(reply.text.empty());
  CHECK_FALSE(reply.reset);
}

TEST_CASE("a made-up status comes with its headers and its body, and nothing is done") {
  Client client;
  client.box.set_faults(rule(R"("method": "PUT", "path": "*/manifests/*")",
                             R"("status": 429, "headers": {"Retry-After": "7"}, "body": "slow down")"));
  const std::string text = Client::manifest_of(client.put_blob("web", "{}"), client.put_blob("web", "layer"));
  const auto reply = client.put_manifest("web", "v1", text);
  CHECK(reply.status == 429);
  CHECK(reply.headers.find("Retry-After") == "7");
  CHECK(reply.body == "slow down");
  CHECK(client.v2("HEAD", "web/manifests/v1").status == 404);
  CHECK(client.put_manifest("web", "v1", text).status == 201);
}

TEST_CASE("a reply can lose a header, gain one, come short or come changed") {
  Client client;
  const std::string text = client.put_image("web", "v1");
  client.box.set_faults(R"({"rules": [
    {"match": {"method": "HEAD"}, "do": {"headers": {"Docker-Content-Digest": null, "X-More": "yes"}}},
    {"match": {"method": "GET"}, "nth": 1, "do": {"corrupt": true}},
    {"match": {"method": "GET"}, "nth": 2, "do": {"truncate": 10}}]})");
  const auto head = client.v2("HEAD", "web/manifests/v1");
  CHECK_FALSE(head.headers.find("Docker-Content-Digest"));
  CHECK(head.headers.find("X-More") == "yes");
  const std::string changed = client.v2("GET", "web/manifests/v1").body;
  CHECK(changed.size() == text.size());
  CHECK(changed != text);
  auto connection = connect(client);
  connection.send(request(client, "GET /v2/web/manifests/v1"));
  const auto reply = connection.read_to_end();
  CHECK(reply.text.substr(reply.text.find("\r\n\r\n") + 4) == text.substr(0, 10));
  CHECK_THAT(reply.text, Contains(cat("Content-Length: ", text.size())));
}

TEST_CASE("a skewed clock refuses good signatures and tells its own time") {
  Client client;
  client.box.set_faults(rule("", R"("skew_s": 3600)"));
  const auto reply = client.call("ecr", "DescribeRepositories", Json::object());
  CHECK_THAT(error_message(reply), Contains("Signature expired"));
  CHECK(client.call("ecr", "DescribeRepositories", Json::object()).status == 200);
}

TEST_CASE("an expired login is 403 without a challenge") {
  Client client;
  client.box.set_faults(rule("", R"("expire_token": true)"));
  const auto reply = client.v2("GET", "");
  CHECK(reply.status == 403);
  CHECK(error_message(reply) == "Your authorization token has expired. Reauthenticate and try again.");
  CHECK_FALSE(reply.headers.find("WWW-Authenticate"));
  CHECK(client.v2("GET", "").status == 200);
}

TEST_CASE("a delay holds one request, and no other") {
  Client client;
  const auto [delay, path] = GENERATE(table<int, std::string>({{100, "/v2/"}, {60'000, "/v2/web/manifests/v1"}}));
  client.box.set_faults(rule(cat(R"("path": ")", path, '"'), cat(R"("delay_ms": )", delay)));
  auto connection = connect(client);
  connection.send(request(client, "GET /v2/web/manifests/v1"));
  const auto spent = time_of([&] { client.v2("GET", ""); });
  if (path == "/v2/")
    CHECK(spent >= milliseconds(100));
  else
    CHECK(spent < milliseconds(30'000));
}

TEST_CASE("requests share a connection") {
  const Client client;
  auto connection = connect(client);
  for (int i = 0; i < 3; ++i) {
    connection.send(request(client, "GET /v2/"));
    CHECK(connection.read_some().starts_with("HTTP/1.1 200 OK"));
  }
}

TEST_CASE("a client that waits for `100 Continue` is told to go on") {
  const Client client;
  const auto session = client.v2("POST", "web/blobs/uploads/").headers.find("Location").value();
  auto connection = connect(client);
  connection.send(
      request(client, cat("PATCH ", http::parse_url(session).path), "Content-Length: 5\r\nExpect: 100-continue\r\n"));
  CHECK(connection.read_some() == "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send("bytes");
  CHECK(connection.read_some().starts_with("HTTP/1.1 201"));
}

TEST_CASE("what is not HTTP is answered and ended") {
  const Client client;
  auto connection = connect(client);
  connection.send("nonsense\r\n\r\n");
  CHECK(connection.read_to_end().text.starts_with("HTTP/1.1 400"));
}

TEST_CASE("hosts that are not AWS's are not played") {
  const Client client;
  CHECK_THROWS_AS(client.send("GET", "https://registry.example.com/v2/"), Error);
  auto connection = connect(client);
  connection.send("GET /v2/ HTTP/1.1\r\nHost: registry.example.com\r\n\r\n");
  CHECK(connection.read_some().starts_with("HTTP/1.1 421"));
}

TEST_CASE("the CA's key is private, and each host has a certificate that verifies") {
  const Client client;
  struct stat status {};
  REQUIRE(::stat((client.folder / "box/ca.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  for (const char* host : {"ecs.eu-central-1.amazonaws.com", "123456789012.dkr-ecr.ap-south-2.on.aws"})
    CHECK_NOTHROW(client.send("GET", cat("https://", host, "/")));
  CHECK_NOTHROW(client.send("GET", cat("https://localhost:", client.box.port(), "/v2/")));
}

TEST_CASE("uploads from many threads at once all arrive") {
  const Client client;
  parallel_for_each(24, 8, [&](std::size_t i) {
    const std::string bytes(200'000 + i, static_cast<char>('a' + i));
    const std::string digest = oci::Digest::of(bytes).text(), repository = cat("web", i % 3);
    const auto session = client.v2("POST", repository + "/blobs/uploads/");
    const auto put =
        client.v2("PUT", cat(session.headers.find("Location").value_or(""), "?digest=", digest), {}, bytes);
    if (put.status != 201) throw Error(ErrorKind::internal, cat("status ", put.status));
  });
  CHECK(client.count("PUT", "/blobs/uploads/") == 24);
  CHECK(client.box.records().size() == 48);
}

TEST_CASE("the end waits for nothing that is under way") {
  auto client = std::make_unique<Client>();
  client->box.set_faults(rule(R"("path": "/v2/")", R"("delay_ms": 60000)"));
  auto idle = connect(*client), stalled = connect(*client), delayed = connect(*client);
  const auto session = client->v2("POST", "web/blobs/uploads/").headers.find("Location").value();
  stalled.send(request(*client, cat("PUT ", http::parse_url(session).path, "?digest=x"), "Content-Length: 1000\r\n") +
               "half");
  delayed.send(request(*client, "GET /v2/"));
  while (client->box.records().size() < 3) std::this_thread::sleep_for(milliseconds(5));
  CHECK(time_of([&] { client.reset(); }) < milliseconds(30'000));  // a machine may be busy, and not for that long
}

TEST_CASE("a large blob passes in bounded memory") {
  const Client client;
  const std::uint64_t size = 192u << 20;
  const auto path = client.folder.write("large", "");
  std::filesystem::resize_file(path, size);
  Sha256 hash;
  const std::string zeros(1 << 20, '\0');
  for (std::uint64_t done = 0; done < size; done += zeros.size()) hash.write(as_bytes(zeros));
  const std::string digest = "sha256:" + hex(hash.finish());
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  const auto session = client.v2("POST", "web/blobs/uploads/").headers.find("Location").value();
  const http::FileRange body{.path = path, .offset = 0, .length = size};
  REQUIRE(client.v2("PUT", cat(session, "?digest=", digest), {}, body).status == 201);
  const auto url = client.v2("GET", "web/blobs/" + digest).headers.find("Location").value();
  http::Request download;
  download.url = http::parse_url(url);
  std::uint64_t received = 0;
  download.sink = [&](Bytes bytes) { received += bytes.size(); };
  client.transport(download);
  ::getrusage(RUSAGE_SELF, &after);
  CHECK(received == size);
  if (!sanitized) CHECK(after.ru_maxrss - before.ru_maxrss < 64 * 1024);  // KiB, of both client and server
}

TEST_CASE("records tell what came in, in order") {
  const Client client;
  client.put_blob("web", "bytes");
  client.call("ecs", "ListTaskDefinitions", Json::object());
  const auto records = client.box.records();
  REQUIRE(records.size() == 3);
  CHECK(records[0].method == "POST");
  CHECK(records[0].target == "/v2/web/blobs/uploads/");
  CHECK(records[0].status == 202);
  CHECK(records[1].method == "PUT");
  CHECK(records[1].body_bytes == 5);
  CHECK(records[1].headers.at("authorization") == client.login);
  CHECK(records[2].target == "/ ListTaskDefinitions");
  CHECK(records[2].host == "ecs.us-east-1.amazonaws.com");
}

TEST_CASE("the environment leads clients here, and nowhere else") {
  const Client client({.account = "210987654321", .region = "eu-west-1"});
  const auto& environment = client.environment;
  CHECK(environment.at("LAPSTRAKE_SANDBOX_REGISTRY") == "210987654321.dkr.ecr.eu-west-1.amazonaws.com");
  CHECK(environment.at("AWS_REGION") == "eu-west-1");
  CHECK(environment.at("AWS_ACCESS_KEY_ID").size() == 20);
  CHECK(environment.at("AWS_SECRET_ACCESS_KEY").size() == 40);
  CHECK(environment.at("HTTPS_PROXY") == cat("http://127.0.0.1:", client.box.proxy_port()));
  for (const char* file :
       {"AWS_CA_BUNDLE", "SSL_CERT_FILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "REGISTRY_AUTH_FILE"})
    CHECK(std::filesystem::is_regular_file(environment.at(file)));
  for (const auto& name : client.box.unset_variables()) CHECK_FALSE(environment.contains(name));
}

TEST_CASE("a preset access key is used as it is") {
  const Client client({.access_key_id = "AKIAEXAMPLE", .secret_access_key = "secret"});
  CHECK(client.environment.at("AWS_ACCESS_KEY_ID") == "AKIAEXAMPLE");
  CHECK(client.call("ecs", "ListTaskDefinitions", Json::object()).status == 200);
}

TEST_CASE("a port that is taken is an error that names it") {
  const Client client;
  const TempDir folder;
  CHECK_THROWS_WITH(sandbox::Sandbox({.folder = folder / "second", .port = client.box.port()}),
                    Contains(cat("127.0.0.1:", client.box.port())));
}

TEST_CASE("connections beyond the limit are closed, and the next one after that is served") {
  const Client client({.most_connections = 1});
  {
    auto first = connect(client);
    CHECK_THROWS(connect(client));  // no TLS: closed at once
    first.send(request(client, "GET /v2/"));
    CHECK_THAT(first.read_some(), Contains("HTTP/1.1 200"));
  }
  const auto is_served = [&] {
    try {
      return connect(client), true;
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  while (!is_served()) {  // until the first one's thread has seen its end
  }
}

TEST_CASE("a silent client is disconnected") {
  const Client client({.idle_timeout = milliseconds(50)});
  auto connection = connect(client);
  CHECK(connection.read_to_end().text.empty());  // ends only when the sandbox closes it
}
