// Large blobs on connections that carry no PUT to its end. `parts_from` is 64 KiB here; pieces begin with half of it.
#include <atomic>
#include <lapstrake/registry/push.hpp>
#include <set>
#include <tuple>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;
using fake::reply;
using Steps = std::vector<std::string>;

namespace {

constexpr std::uint64_t from = 64u << 10;

std::string content_of(std::size_t size) {
  std::string content(size, 'x');
  for (std::size_t i = 0; i < size; i += 97) content[i] = static_cast<char>('a' + i % 23);
  return content;
}

// A PUT of more than `from` bytes never comes through.
struct BadLink : Bench {
  std::string content = content_of(200'000);
  oci::Descriptor large = blob(content);
  std::vector<std::string> notices;
  std::uint64_t told = 0;
  bool is_bad = true;

  BadLink() {
    registry.guard = [this](const http::Request& request) -> std::optional<http::Response> {
      if (is_bad && request.method == "PUT" && http::length(request.body) > from) fake::lose();
      return hook ? hook(request) : std::nullopt;
    };
  }
  std::function<std::optional<http::Response>(const http::Request&)> hook = nullptr;

  ClientOptions options() {
    auto options = Bench::options();
    options.parts_from = from;
    options.notice = [this](const std::string& text) { notices.push_back(text); };
    return options;
  }
  void send() { send(options()); }
  void send(const ClientOptions& options) {
    Repository(options, registry.host, "web").put_blob(large, file(large.digest), [this](std::uint64_t sent) {
      told = sent;
    });
  }
  bool arrived() const {
    return registry.blobs.contains(large.digest.text()) && registry.blobs.at(large.digest.text()) == content;
  }
};

}  // namespace

TEST_CASE("a large blob whose PUT failed twice goes up in pieces, in one session") {
  BadLink link;
  link.send();
  CHECK(link.arrived());
  CHECK(link.told == link.content.size());
  CHECK(link.registry.steps() == Steps{"POST uploads", "PUT uploads", "HEAD blob", "POST uploads", "PUT uploads",
                                       "HEAD blob", "POST uploads", "PATCH uploads", "PATCH uploads", "PATCH uploads",
                                       "PUT uploads"});
  CHECK_THAT(link.notices.back(), Contains("in parts: as one request it failed 2 times"));
  for (const auto& sent : link.registry.sent())
    if (sent.method == "PATCH") CHECK_THAT(sent.url, Contains("/s3?"));
}

TEST_CASE("an upload's server elsewhere cannot lead our login to a place of its choice in the registry") {
  BadLink link;
  link.registry.location = [](const std::string&) { return "https://storage.example/up"; };
  const bool goes_back = GENERATE(true, false);
  link.hook = [&](const http::Request& request) -> std::optional<http::Response> {
    if (request.url.host != "storage.example") return std::nullopt;
    if (request.method == "PUT") return reply(201, {{"Docker-Content-Digest", link.large.digest.text()}});
    return reply(202, {{"Location", goes_back ? "https://registry.example/v2/other/tags" : "/up"}});
  };
  if (goes_back)
    CHECK_THAT(failure_of([&] { link.send(); }).reason(), Contains("redirects back to `registry.example`"));
  else
    link.send();
  for (const auto& sent : link.registry.sent()) CHECK(sent.url.find("/other/") == sent.url.npos);
  CHECK(std::count(link.log.begin(), link.log.end(),
                   "`registry.example` receives uploads at https://storage.example:443; no login is sent there") == 3);
}

TEST_CASE("a small blob, and one that was only throttled, is never cut") {
  BadLink link;
  SECTION("small") {
    link.large = link.blob(content_of(60'000));
    link.registry.fault(
        "PUT", "uploads", [](const http::Request&) { return fake::lose(); }, 9);
  }
  SECTION("throttled") { link.registry.fault("PUT", "uploads", reply(429), 9); }
  CHECK_THROWS_AS(link.send(), Error);
  CHECK(link.registry.count("PUT uploads") == 6);
  CHECK(link.registry.count("PATCH uploads") == 0);
}

TEST_CASE("ECR gets the whole again where its own way up is not known") {
  BadLink link;
  link.registry.host = GENERATE("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "public.ecr.aws", "ecr-public.aws.com");
  CHECK_THROWS_AS(link.send(), Error);
  CHECK(link.registry.count("PUT uploads") == 6);
  CHECK(link.registry.count("PATCH uploads") == 0);
}

TEST_CASE("another way up is taken where there is one, with its own errors") {
  BadLink link;
  auto options = link.options();
  std::string repository;
  const bool fails = GENERATE(false, true);
  options.upload_in_parts = [&](const std::string& name, const oci::Descriptor& blob, const std::filesystem::path& file,
                                const std::function<void(std::uint64_t)>& progress) {
    repository = name;
    if (fails) throw Error(ErrorKind::access, "no right to ecr:UploadLayerPart");
    link.registry.blobs[blob.digest.text()] = read_file(file);
    progress(blob.size);
  };
  if (fails)
    CHECK(failure_of([&] { link.send(options); }).summary() == "no right to ecr:UploadLayerPart");
  else
    link.send(options);
  CHECK(link.arrived() == !fails);
  CHECK(repository == "web");
  CHECK(link.registry.count("PUT uploads") == 2);
  CHECK(link.registry.count("PATCH uploads") == 0);
}

TEST_CASE("ECR's way with pieces is no hindrance: 201, a Range that stands still, an unknown session (S25)") {
  BadLink link;
  link.registry.ecr_parts = true;
  SECTION("all pieces arrive") {
    link.send();
    CHECK(link.registry.count("POST uploads") == 3);
  }
  SECTION("one is lost before it arrives: on from our own place") {
    link.registry.fault(
        "PATCH", "uploads", [](const http::Request&) { return fake::lose(); }, 1, 2);
    link.send();
    CHECK(link.registry.count("POST uploads") == 3);
  }
  SECTION("one is lost in its midst: 416 twice, then the whole in a new session") {
    link.registry.fault(
        "PATCH", "uploads",
        [&](const http::Request& request) {
          link.is_bad = false;
          link.registry.parts["s3"] += fake::Registry::text_of(request).substr(0, 1000);
          return fake::lose();
        },
        1, 2);
    link.send();
    CHECK(link.registry.count("POST uploads") == 4);
    CHECK(link.registry.count("PATCH uploads") == 4);
    CHECK(link.registry.steps().back() == "PUT uploads");
  }
  CHECK(link.arrived());
}

TEST_CASE("what arrived of a broken piece is not sent again, and such attempts do not count") {
  BadLink link;
  unsigned breaks = 0;
  link.hook = [&](const http::Request& request) -> std::optional<http::Response> {
    if (request.method != "PATCH" && (request.method != "PUT" || request.url.path.find("/s3") == std::string::npos))
      return std::nullopt;
    const auto body = fake::Registry::text_of(request);
    if (body.size() <= 5000) return std::nullopt;
    ++breaks;
    link.registry.parts["s3"] += body.substr(0, 5000);  // the link breaks after 5000 bytes, every time
    return fake::lose();
  };
  link.send();
  CHECK(link.arrived());
  CHECK(breaks > 30);
  CHECK(link.registry.count("POST uploads") == 3);
}

TEST_CASE("a connection lost at any point of any piece heals, in one session (S24)") {
  enum class Point { before, midst, after };
  const auto point = GENERATE(Point::before, Point::midst, Point::after);
  const unsigned piece = GENERATE(1u, 2u, 3u, 4u);  // the fourth is the closing PUT
  BadLink link;
  auto options = link.options();
  unsigned pieces = 0;
  options.transport = [&, inner = options.transport](const http::Request& request) {
    const bool is_piece = request.method == "PATCH" || (request.method == "PUT" && http::length(request.body) < from);
    if (!is_piece || ++pieces != piece) return inner(request);
    if (point == Point::midst) link.registry.parts["s3"] += fake::Registry::text_of(request).substr(0, 9000);
    if (point == Point::after) inner(request);
    return fake::lose();
  };
  link.send(options);
  CHECK(link.arrived());
  CHECK(link.registry.count("POST uploads") == 3);
}

TEST_CASE("a link that carries nothing is given up, and a piece's size goes down before") {
  BadLink link;
  link.registry.fault(
      "PATCH", "uploads", [](const http::Request&) { return fake::lose(); }, 99);
  CHECK(failure_of([&] { link.send(); }).kind() == ErrorKind::network);
  CHECK(link.registry.count("PATCH uploads") == 6);
  std::vector<std::size_t> sizes;
  for (const auto& sent : link.registry.sent())
    if (sent.method == "PATCH") sizes.push_back(sent.body.size());
  CHECK(sizes == std::vector<std::size_t>{32768, 16384, 8192, 8192, 8192, 8192});
}

TEST_CASE("a piece's lost session is begun anew, three times at most (S27)") {
  const auto [losses, good] = GENERATE(table<unsigned, bool>({{1, true}, {2, true}, {3, false}}));
  BadLink link;
  link.registry.fault("PATCH", "uploads", fake::error(404, "BLOB_UPLOAD_UNKNOWN"), losses);
  if (good)
    link.send();
  else
    CHECK(failure_of([&] { link.send(); }).kind() == ErrorKind::network);
  CHECK(link.arrived() == good);
  CHECK(link.registry.count("PATCH uploads") == (good ? losses + 3 : 3));
}

TEST_CASE("416 leads to the registry's place if that has moved, and is not answered for ever") {
  BadLink link;
  SECTION("moved") {
    link.registry.fault("PATCH", "uploads", [&](const http::Request& request) {
      link.registry.parts["s3"] = fake::Registry::text_of(request).substr(0, 10'000);
      return reply(416);
    });
    link.send();
    CHECK(link.arrived());
    CHECK(link.registry.count("POST uploads") == 3);
  }
  SECTION("for ever") {
    link.registry.fault("PATCH", "uploads", reply(416), 99);
    CHECK_THROWS_AS(link.send(), Error);
    CHECK(link.registry.count("PATCH uploads") <= 6);
  }
}

TEST_CASE("a login that runs out between two pieces is renewed, and the session goes on (S26)") {
  BadLink link;
  link.keychain = [](const std::string&, bool renew) {
    return Login{.username = "AWS", .password = renew ? "new" : "old", .preemptive = true};
  };
  link.hook = [&, good = std::string()](const http::Request& request) mutable -> std::optional<http::Response> {
    const auto login = request.headers.find("Authorization").value_or("");
    if (good.empty()) good = login;
    if (request.method == "PATCH" && link.registry.parts["s3"].size() > 60'000 && login == good)
      return fake::error(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
    return std::nullopt;
  };
  link.send();
  CHECK(link.arrived());
  CHECK(link.registry.count("POST uploads") == 3);
}

TEST_CASE("a registry's least size of a piece is kept if it can be (S25)") {
  const auto [field, first] = GENERATE(table<std::string, std::size_t>({
      {"5242880", 0},     // more than the blob: all of it in the closing PUT, which this link does not carry
      {"40000", 40'000},  // more than ours
      {"100", 32'768},    // less than ours
      {"0", 32'768},
      {"garbage", 32'768},
      {"-1", 32'768},
      {"1099511627776", 0},  // no piece is that large
  }));
  BadLink link;
  link.registry.session_headers = {{"OCI-Chunk-Min-Length", field}};
  std::size_t sent_first = 0;
  if (first == 0)
    CHECK_THROWS_AS(link.send(), Error);
  else
    link.send();
  for (const auto& sent : link.registry.sent())
    if (sent.method == "PATCH" && sent_first == 0) sent_first = sent.body.size();
  CHECK(sent_first == first);
  CHECK(link.arrived() == (first > 0));
}

TEST_CASE("each good answer to a piece is taken, and a registry that knows no pieces gets the whole again") {
  const auto [status, good] = GENERATE(
      table<int, bool>({{200, true}, {201, true}, {202, true}, {204, true}, {405, false}, {501, false}, {415, false}}));
  BadLink link;
  link.registry.fault(
      "PATCH", "uploads",
      [&, status = status](const http::Request& request) {
        if (status < 300) link.registry.parts["s3"] += fake::Registry::text_of(request);
        return reply(status);
      },
      9);
  if (good) {
    link.send();
    CHECK(link.registry.count("PATCH uploads") == 3);
  } else {
    CHECK_THROWS_AS(link.send(), Error);
    CHECK(link.registry.count("PATCH uploads") == 1);
    CHECK(link.registry.count("PUT uploads") == 2 + 6);
  }
  CHECK(link.arrived() == good);
}

TEST_CASE("a closing PUT whose answer is lost is settled by asking") {
  BadLink link;
  link.registry.fault("PUT", "/s3", [&](const http::Request&) {
    link.registry.blobs[link.large.digest.text()] = link.content;
    return fake::lose();
  });
  link.send();
  CHECK(link.arrived());
  CHECK(link.registry.steps().back() == "HEAD blob");
}

TEST_CASE("a push over a connection that breaks at one request in five ends, whatever the registry does with pieces") {
  enum class Broken { kept, dropped, session_lost };
  const auto broken = GENERATE(Broken::kept, Broken::dropped, Broken::session_lost);
  const unsigned jobs = GENERATE(1u, 4u);
  CAPTURE(static_cast<int>(broken), jobs);
  Bench bench;
  std::vector<oci::Descriptor> layers;
  for (int i = 0; i < 4; ++i) layers.push_back(bench.blob(content_of(200'000 + static_cast<std::size_t>(i))));
  const std::string text = "{}";
  const oci::Descriptor manifest{
      .media_type = std::string(oci::media_type::manifest), .digest = oci::Digest::of(text), .size = text.size()};
  auto options = bench.options();
  options.parts_from = from;
  std::atomic<unsigned> count = 0;
  std::mutex mutex;
  std::set<std::string> lost;
  options.transport = [&, inner = options.transport](const http::Request& request) {
    const std::lock_guard lock(mutex);
    const auto session = request.url.path.substr(request.url.path.rfind('/') + 1);
    if (lost.contains(session)) return fake::error(404, "BLOB_UPLOAD_INVALID");
    if (++count % 5 != 0) return inner(request);
    if (request.method == "PATCH" && broken == Broken::session_lost) lost.insert(session);
    if (request.method == "PATCH" && broken == Broken::kept)
      bench.registry.parts[session] += fake::Registry::text_of(request).substr(0, 5000);
    return fake::lose();
  };
  push(Repository(options, "registry.example", "web"), {{manifest, text, layers}},
       [&](const oci::Digest& digest) { return bench.file(digest); }, {.jobs = jobs, .tags = {"v1"}});
  CHECK(bench.registry.blobs.size() == 4);
  CHECK(bench.registry.manifests.contains("v1"));
}

TEST_CASE("a file that is not the blob is not sent in pieces") {
  BadLink link;
  auto spoilt = link.content;
  spoilt[100'000] = '!';
  link.dir.write(link.large.digest.hex(), spoilt);
  link.registry.guard = nullptr;
  link.registry.fault("PUT", "uploads", reply(500), 2);  // before the last piece was looked at
  CHECK(failure_of([&] { link.send(); }).kind() == ErrorKind::integrity);
  CHECK(link.registry.count("PATCH uploads") == 0);
}
