#include <lapstrake/base/bytes.hpp>
#include <tuple>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;
using fake::reply;

namespace {

std::string get(const Repository& repository, const oci::Descriptor& blob) {
  std::string text;
  repository.get_blob(blob, [&](Bytes bytes) { text += as_text(bytes); });
  return text;
}

oci::Descriptor stored(Bench& bench, const std::string& content) {
  const auto blob = bench.blob(content);
  bench.registry.blobs[blob.digest.text()] = content;
  return blob;
}

}  // namespace

TEST_CASE("a blob is read and verified") {
  Bench bench;
  auto blob = stored(bench, "content");
  CHECK(get(bench.repository(), blob) == "content");
  SECTION("other bytes") { bench.registry.blobs[blob.digest.text()] = "CONTENT"; }
  SECTION("more bytes") { bench.registry.blobs[blob.digest.text()] = "content!"; }
  SECTION("fewer bytes") { bench.registry.blobs[blob.digest.text()] = "conten"; }
  SECTION("another size asked for") { blob.size = 8; }
  CHECK(failure_of([&] { get(bench.repository(), blob); }).kind() == ErrorKind::integrity);
}

TEST_CASE("a broken download is taken up where it broke, or from its start where ranges are wrong (S30)") {
  const auto [status, range, body, requests] = GENERATE(table<int, std::string, std::string, std::size_t>({
      {206, "bytes 4-9/10", "456789", 2},
      {206, "bytes 2-9/10", "23456789", 2},
      {200, "", "0123456789", 2},
      {206, "bytes 5-9/10", "56789", 3},
      {206, "", "456789", 3},
      {206, "bytes x-9/10", "456789", 3},
      {416, "", "", 3},
  }));
  Bench bench;
  const auto blob = stored(bench, "0123456789");
  bench.registry.fault("GET", "blobs", reply(200, {{"X-Then-Lose", "1"}}, "0123"));
  bench.registry.fault("GET", "blobs",
                       reply(status, range.empty() ? http::Headers() : http::Headers{{"Content-Range", range}}, body));
  CHECK(get(bench.repository(), blob) == "0123456789");
  CHECK(bench.registry.sent().size() == requests);
}

TEST_CASE("a connection that is lost after the last byte costs nothing") {
  Bench bench;
  const auto blob = stored(bench, "0123456789");
  bench.registry.fault("GET", "blobs", reply(200, {{"X-Then-Lose", "1"}}, "0123456789"));
  CHECK(get(bench.repository(), blob) == "0123456789");
  CHECK(bench.registry.sent().size() == 1);
}

TEST_CASE("a registry whose ranges stay wrong, and whose connections break, is given up") {
  Bench bench;
  const auto blob = stored(bench, "0123456789");
  bench.registry.fault("GET", "blobs", reply(200, {{"X-Then-Lose", "1"}}, "0123"), 99);
  CHECK(failure_of([&] { get(bench.repository(), blob); }).kind() == ErrorKind::network);
  CHECK(bench.registry.sent().size() == 6);
}

TEST_CASE("a large blob comes through a connection that breaks at every other MiB") {
  Bench bench;
  const auto blob = stored(bench, std::string(20 << 20, 'x'));
  bench.registry.fault(
      "GET", "blobs",
      [&](const http::Request& request) {
        const auto range = request.headers.find("Range");
        const auto first = range ? std::stoul(range->substr(6)) : 0;
        const auto size = std::min<std::size_t>(2 << 20, blob.size - first);
        return reply(
            206, {{"Content-Range", cat("bytes ", first, "-", first + size - 1, "/", blob.size)}, {"X-Then-Lose", "1"}},
            std::string(size, 'x'));
      },
      9);
  std::uint64_t got = 0;
  bench.repository().get_blob(blob, [&](Bytes bytes) { got += bytes.size(); });
  CHECK(got == blob.size);
  CHECK(bench.registry.sent().size() == 10);
}

TEST_CASE("a redirect of a blob is followed without secrets, five times at most, and never out of TLS (S33)") {
  Bench bench;
  bench.keychain = [](const std::string&, bool) { return Login{.username = "a", .password = "b", .preemptive = true}; };
  const auto blob = stored(bench, "content");
  const auto go = [](const std::string& to) { return reply(307, {{"Location", to}}); };
  SECTION("to storage") {
    bench.registry.fault("GET", "/v2/", go("https://s3.example/b?X-Amz-Signature=1"));
    bench.registry.fault("GET", "s3.example", [](const http::Request& request) {
      return request.headers.find("Authorization") ? reply(400) : reply(200, {}, "content");
    });
    CHECK(get(bench.repository(), blob) == "content");
    CHECK(bench.registry.sent().back().max_address_kind == http::AddressKind::private_network);
  }
  SECTION("within the registry, with its secrets") {
    bench.registry.fault("GET", "/v2/", go("/blob/1"));
    bench.registry.fault("GET", "/blob/1", reply(200, {}, "content"));
    CHECK(get(bench.repository(), blob) == "content");
    CHECK_FALSE(bench.registry.sent().back().authorization.empty());
  }
  SECTION("away and back, without them") {
    bench.registry.fault("GET", "/v2/", go("https://s3.example/"));
    bench.registry.fault("GET", "s3.example", go("https://registry.example/back"));
    bench.registry.fault("GET", "/back", reply(200, {}, "content"));
    CHECK(get(bench.repository(), blob) == "content");
    CHECK(bench.registry.sent().back().authorization.empty());
  }
  SECTION("to another port, which is another origin") {
    bench.registry.fault("GET", "/v2/", go("https://registry.example:8443/x"));
    bench.registry.fault("GET", ":8443/x", reply(200, {}, "content"));
    CHECK(get(bench.repository(), blob) == "content");
    CHECK(bench.registry.sent().back().authorization.empty());
  }
  SECTION("to storage in a private network") {
    bench.registry.fault("GET", "/v2/", go("https://10.0.0.7/b"));
    bench.registry.fault("GET", "10.0.0.7/b", reply(200, {}, "content"));
    CHECK(get(bench.repository(), blob) == "content");
  }
  SECTION("to storage that refuses, of which our login is not to blame") {
    bench.registry.fault("GET", "/v2/", go("https://s3.example/b"));
    bench.registry.fault("GET", "s3.example", reply(403, {}, "Request has expired"));
    const auto error = failure_of([&] { get(bench.repository(), blob); });
    CHECK_THAT(error.reason(), Contains("`s3.example`, to which `registry.example` redirects, answers: "));
    CHECK(error.help().empty());
  }
  SECTION("a challenge from elsewhere is not answered") {
    bench.registry.fault("GET", "/v2/", go("https://s3.example/"));
    bench.registry.fault("GET", "s3.example", reply(401, {{"WWW-Authenticate", "Basic realm=x"}}));
    CHECK_THROWS_AS(get(bench.repository(), blob), Error);
    CHECK(bench.registry.sent().size() == 2);
  }
  SECTION("out of TLS") {
    bench.registry.fault("GET", "/v2/", go("http://s3.example/"));
    CHECK_THAT(failure_of([&] { get(bench.repository(), blob); }).summary(), Contains("from https to http"));
    CHECK(bench.registry.sent().size() == 1);
  }
  SECTION("for ever") {
    bench.registry.fault("GET", "", go("https://s3.example/?sig=sesame"), 99);
    const auto error = failure_of([&] { get(bench.repository(), blob); });
    CHECK_THAT(error.summary(), Contains("more than 5 redirects"));
    CHECK_THAT(report(error), !Contains("sesame"));
    CHECK(bench.registry.sent().size() == 6);
  }
}

TEST_CASE("a HEAD of a blob that is redirected says that it is there") {
  Bench bench;
  bench.registry.fault("HEAD", "blobs", reply(307, {{"Location", "https://s3.example/"}}));
  CHECK(bench.repository().has_blob(oci::Digest::of("x"), 1));
  CHECK(bench.registry.sent().size() == 1);
}

TEST_CASE("a blob of another size is not the one") {
  Bench bench;
  const auto blob = stored(bench, "content");
  CHECK(bench.repository().has_blob(blob.digest, 7));
  CHECK_FALSE(bench.repository().has_blob(blob.digest, 8));
}

TEST_CASE("a blob that is not there is asked for once more after a second") {
  Bench bench;
  const auto blob = bench.blob("x");
  CHECK_THROWS_AS(get(bench.repository(), blob), Error);
  CHECK(bench.registry.sent().size() == 2);
  CHECK(bench.time.slept >= std::chrono::seconds(1));
}

TEST_CASE("an image in a registry is a place to read from") {
  Bench bench;
  std::string content(20'000'000, 'x');
  for (std::size_t i = 0; i < content.size(); i += 997) content[i] = static_cast<char>('a' + i % 26);
  const auto blob = stored(bench, content);
  const std::string type(oci::media_type::manifest), text = R"({"schemaVersion":2})";
  bench.registry.manifests["v1"] = bench.registry.manifests[oci::Digest::of(text).text()] = {type, text};
  const auto read_from =
      image_reader(std::make_shared<Repository>(bench.options(), "registry.example", "web"),
                   {.host = "registry.example", .repository = "web", .tag = "v1", .digest = std::nullopt});
  CHECK(read_from.root().digest == oci::Digest::of(text));
  CHECK(read_from.text(read_from.root()) == text);
  SECTION("by ranges") {
    CHECK(read_all(read_from.open(blob), content.size(), "it") == content);
    CHECK(bench.registry.count("GET blob") == 3);
  }
  SECTION("whole, where there are no ranges") {
    bench.registry.fault("GET", "blobs", reply(200, {}, content), 9);
    CHECK(read_all(read_from.open(blob), content.size(), "it") == content);
    CHECK(bench.registry.count("GET blob") == 1);
  }
  SECTION("spoilt") {
    bench.registry.blobs[blob.digest.text()][12'345'678] ^= 1;
    CHECK(failure_of([&] { read_all(read_from.open(blob), content.size(), "it"); }).kind() == ErrorKind::integrity);
  }
}

TEST_CASE("a place without an image says so") {
  Bench bench;
  const auto read_from =
      image_reader(std::make_shared<Repository>(bench.options(), "registry.example", "web"),
                   {.host = "registry.example", .repository = "web", .tag = "", .digest = std::nullopt});
  CHECK(failure_of([&] { read_from.root(); }).summary() == "`registry.example/web` has no image `latest`");
}

// go-containerregistry's table (pkg/v1/remote, "digest mismatch"): the bytes count, never the header.
TEST_CASE("what comes for a digest has it, be it a manifest, an index or a blob (S11)") {
  const auto type =
      GENERATE(std::string(oci::media_type::manifest), std::string(oci::media_type::index), std::string());
  const std::string right = cat(R"({"schemaVersion":2,"mediaType":")", type, R"(","x":"0123456789"})");
  const auto digest = oci::Digest::of(right).text();
  const auto [body, header, is_good] = GENERATE_REF(table<std::string, std::string, bool>({
      {right, digest, true},
      {right, oci::Digest::of("x").text(), true},
      {replace_all(right, "0", "1"), digest, false},
      {right.substr(0, right.size() - 1), digest, false},
      {right + " ", digest, false},
  }));
  Bench bench;
  bench.registry.fault("GET", type.empty() ? "blobs" : "manifests",
                       reply(200, {{"Content-Type", type}, {"Docker-Content-Digest", header}}, body), 9);
  const auto blob = bench.blob(right);
  const auto repository = bench.repository();
  const auto got = [&] { return type.empty() ? get(repository, blob) : repository.get_manifest(digest).text; };
  CAPTURE(type, body, header);
  if (is_good)
    CHECK(got() == right);
  else
    CHECK(failure_of(got).kind() == ErrorKind::integrity);
}
