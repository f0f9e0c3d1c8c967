// Files and pages from a server that breaks, redirects and lies.
#include <atomic>
#include <lapstrake/app/packages/downloads.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>

#include "http/quiet_runtime.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::app;

namespace {

std::string reply(const std::string& status, const std::string& headers, const std::string& body) {
  return ScriptedServer::reply(status, headers, body);
}

bool has(const std::string& request, const std::string& line) { return request.find(line) != std::string::npos; }

struct World {
  TempDir dir;
  Context context;
  store::Store store;

  World() : context(quiet(dir)), store(store::Store::open(dir / "store")) {}

  static Context quiet(const TempDir& dir) {
    Context out;
    out.runtime = quiet_runtime();
    out.runtime.sleep = [](auto) {};
    out.store_root = dir / "store";
    return out;
  }
  Downloads downloads() const { return {context, Network(context, {}), store}; }
  oci::Descriptor take(const Download& download) const { return downloads().take(download); }
  std::string content(const oci::Descriptor& blob) const { return read_file(store.blob_path(blob.digest)); }
};

Download of(const ScriptedServer& server, const std::string& path = "/file") {
  return {.url = http::parse_url(server.url(path)), .what = "the file `file`"};
}

}  // namespace

TEST_CASE("a file comes into the store once") {
  const ScriptedServer server([](const std::string&) { return reply("200 OK", "", "content"); });
  const World world;
  auto download = of(server);
  const auto blob = world.take(download);
  CHECK(blob.digest == oci::Digest::of("content"));
  CHECK(blob.size == 7);
  CHECK(world.content(blob) == "content");
  download.digest = blob.digest;
  download.size = 7;
  CHECK(world.take(download).size == 7);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a file with another digest or size is refused") {
  const ScriptedServer server([](const std::string&) { return reply("200 OK", "", "content"); });
  const World world;
  auto download = of(server);
  SECTION("digest") { download.digest = oci::Digest::of("CONTENT"); }
  SECTION("shorter") { download.size = 8; }
  SECTION("longer") { download.size = 6; }
  CHECK(failure_of([&] { world.take(download); }).kind() == ErrorKind::integrity);
  CHECK_FALSE(world.store.has(oci::Digest::of("content")));
}

TEST_CASE("a check of the content decides before the file is stored") {
  std::atomic<int> count = 0;
  const ScriptedServer server([&](const std::string&) -> std::optional<std::string> {
    if (count++ == 0) return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 7\r\n\r\ncont";
    return reply("200 OK", "", "content");
  });
  const World world;
  auto download = of(server);
  std::string wanted = "content";
  download.new_check = [&] {
    auto seen = std::make_shared<std::string>();
    return ContentCheck{.write = [seen](Bytes bytes) { *seen += as_text(bytes); },
                        .finish =
                            [seen, &wanted] {
                              if (*seen != wanted) throw Error(ErrorKind::integrity, "not wanted");
                            }};
  };
  SECTION("the right file, over a broken connection") { CHECK(world.content(world.take(download)) == "content"); }
  SECTION("the wrong file") {
    wanted = "other";
    CHECK(failure_of([&] { world.take(download); }).kind() == ErrorKind::integrity);
    CHECK_FALSE(world.store.has(oci::Digest::of("content")));
  }
}

TEST_CASE("a broken download is resumed only when the rest must be of the same file") {
  const std::string first = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n";
  const auto [tag, with_digest, resumes] = GENERATE(table<std::string, bool, bool>({
      {"ETag: \"v1\"\r\n", false, true},
      {"ETag: W/\"v1\"\r\n", false, false},
      {"", true, true},
      {"", false, false},
  }));
  std::atomic<int> count = 0;
  const ScriptedServer server([&, etag = tag](const std::string& request) -> std::optional<std::string> {
    if (count++ == 0) return cat(first, etag, "\r\n", "0123");
    if (has(request, "Range: bytes=4-"))
      return reply("206 Partial Content", "Content-Range: bytes 4-9/10\r\n", "456789");
    return reply("200 OK", "", "0123456789");
  });
  const World world;
  auto download = of(server);
  if (with_digest) download.digest = oci::Digest::of("0123456789");
  CHECK(world.content(world.take(download)) == "0123456789");
  REQUIRE(server.requests().size() == 2);
  CHECK(has(server.requests()[1], "Range: bytes=4-") == resumes);
  CHECK(has(server.requests()[1], "If-Range: \"v1\"") == (resumes && !with_digest));
}

TEST_CASE("a server that answers with the wrong range is asked for the whole file") {
  std::atomic<int> count = 0;
  const ScriptedServer server([&](const std::string& request) -> std::optional<std::string> {
    if (count++ == 0) return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\nETag: \"a\"\r\n\r\n0123";
    if (has(request, "Range: bytes=4-"))
      return reply("206 Partial Content", "Content-Range: bytes 5-9/10\r\n", "56789");
    return reply("200 OK", "", "0123456789");
  });
  const World world;
  CHECK(world.content(world.take(of(server))) == "0123456789");
  CHECK(server.requests().size() == 3);
}

TEST_CASE("an empty reply after a broken one is not the end of the file") {
  const auto empty = GENERATE(
      as<std::string>(), reply("200 OK", "", ""), reply("206 Partial Content", "Content-Range: bytes 4-9/10\r\n", ""),
      reply("206 Partial Content", "Content-Range: bytes 5-9/10\r\n", ""), reply("206 Partial Content", "", ""));
  std::atomic<int> count = 0;
  const ScriptedServer server([&](const std::string& request) -> std::optional<std::string> {
    if (count++ == 0) return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\nETag: \"a\"\r\n\r\n0123";
    if (count == 2) return empty;
    if (has(request, "Range: bytes=4-"))
      return reply("206 Partial Content", "Content-Range: bytes 4-9/10\r\n", "456789");
    return reply("200 OK", "", "0123456789");
  });
  const World world;
  const bool is_whole = empty.starts_with("HTTP/1.1 200");  // the file is empty now
  CHECK(world.content(world.take(of(server))) == (is_whole ? "" : "0123456789"));
  CHECK(server.requests().size() == (is_whole ? 2 : 3));
}

TEST_CASE("a part of the file that is shorter than the server says is not the end of the file") {
  std::atomic<int> count = 0;
  const ScriptedServer server([&](const std::string& request) -> std::optional<std::string> {
    if (count++ == 0) return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\nETag: \"a\"\r\n\r\n0123";
    if (has(request, "Range: bytes=4-")) return reply("206 Partial Content", "Content-Range: bytes 4-6/10\r\n", "456");
    if (has(request, "Range: bytes=7-")) return reply("206 Partial Content", "Content-Range: bytes 7-9/*\r\n", "789");
    return reply("200 OK", "", "another one");
  });
  const World world;
  CHECK(world.content(world.take(of(server))) == "0123456789");
}

TEST_CASE("an address that a server named is not more local than it may name") {
  const ScriptedServer server([](const std::string&) { return reply("200 OK", "", "content"); });
  const World world;
  auto download = of(server);
  download.max_address_kind = http::AddressKind::private_network;
  CHECK(failure_of([&] { world.take(download); }).kind() == ErrorKind::network);
  CHECK(server.requests().empty());
  download.max_address_kind = http::AddressKind::loopback;
  CHECK(world.take(download).size == 7);
}

TEST_CASE("credentials do not follow a redirect to another origin") {
  const ScriptedServer other([](const std::string&) { return reply("200 OK", "", "content"); });
  const ScriptedServer server([&](const std::string& request) {
    if (request.starts_with("GET /file")) return reply("302 Found", "Location: /next\r\n", "");
    return reply("302 Found", cat("Location: ", other.url("/there"), "\r\n"), "");
  });
  const World world;
  auto download = of(server);
  download.headers = {{"Accept", "application/x-file"}};
  download.credentials = {{"Authorization", "Basic c2VjcmV0"}};
  world.take(download);
  REQUIRE(server.requests().size() == 2);
  CHECK(has(server.requests()[0], "Authorization: Basic c2VjcmV0"));
  CHECK(has(server.requests()[1], "Authorization: Basic c2VjcmV0"));
  REQUIRE(other.requests().size() == 1);
  CHECK_FALSE(has(other.requests()[0], "Authorization"));
  CHECK(has(other.requests()[0], "Accept: application/x-file"));
}

TEST_CASE("endless redirects and redirects to metadata services are refused") {
  const auto [to, why] = GENERATE(table<std::string, std::string>(
      {{"/file", "more than 10 redirects"}, {"http://169.254.169.254/latest", "169.254.169.254"}}));
  const ScriptedServer server(
      [location = to](const std::string&) { return reply("302 Found", cat("Location: ", location, "\r\n"), ""); });
  const World world;
  const auto error = failure_of([&] { world.take(of(server)); });
  CHECK(error.kind() == ErrorKind::network);
  CHECK_FALSE(error.is_transient());
  CHECK(error.line().find(why) != std::string::npos);
  INFO(report(error));
  CHECK(report(error).find("refus") != std::string::npos);
}

TEST_CASE("failures that may pass are retried, others are reported at once") {
  const auto [status, kind, requests] = GENERATE(table<std::string, ErrorKind, std::size_t>({
      {"503 Service Unavailable", ErrorKind::network, 6},
      {"404 Not Found", ErrorKind::network, 1},
      {"403 Forbidden", ErrorKind::access, 1},
      {"401 Unauthorized", ErrorKind::access, 1},
  }));
  const ScriptedServer server([line = status](const std::string&) { return reply(line, "", "no"); });
  const World world;
  CHECK(failure_of([&] { world.take(of(server)); }).kind() == kind);
  CHECK(server.requests().size() == requests);
}

TEST_CASE("offline, a file comes from the store or is reported as missing") {
  const ScriptedServer server([](const std::string&) { return reply("200 OK", "", "content"); });
  World world;
  auto download = of(server);
  download.digest = world.store.put("content", "text/plain").digest;
  world.context.connection.offline = true;
  CHECK(world.take(download).size == 7);
  download.digest = oci::Digest::of("another");
  const auto error = failure_of([&] { world.take(download); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK(error.summary().find("the file `file`") != std::string::npos);
  CHECK(server.requests().empty());
}

TEST_CASE("a page knows where it was found, and its absence is a value") {
  const ScriptedServer server([](const std::string& request) {
    if (request.starts_with("GET /simple ")) return reply("301 Moved", "Location: /simple/\r\n", "");
    if (request.starts_with("GET /simple/ ")) return reply("200 OK", "Content-Type: text/html\r\n", "<a>");
    return reply("404 Not Found", "", "");
  });
  const World world;
  const auto page = world.downloads().page(of(server, "/simple"), 100);
  REQUIRE(page);
  CHECK(page->text == "<a>");
  CHECK(page->url.path == "/simple/");
  CHECK(page->headers.find("content-type") == "text/html");
  CHECK_FALSE(world.downloads().page(of(server, "/missing"), 100));
  CHECK(failure_of([&] { world.downloads().page(of(server, "/simple"), 2); }).kind() == ErrorKind::integrity);
}
