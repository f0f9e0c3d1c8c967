#include <lapstrake/registry/push.hpp>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;
using fake::reply;
using Steps = std::vector<std::string>;

namespace {

// Two blobs under one manifest, of which the second is shared with another manifest, and an index of both.
struct Shipment : Bench {
  std::vector<PushedManifest> manifests;
  std::vector<PushEvent> events;
  PushOptions push_options{.jobs = 1, .tags = {"v1", "latest"}};

  Shipment() {
    const auto a = blob("aaa"), b = blob("bb"), c = blob("c");
    add("1", oci::media_type::manifest, {a, b});
    add("2", oci::media_type::manifest, {c, b});
    add("index", oci::media_type::index, {});
    push_options.progress = [this](const PushEvent& event) { events.push_back(event); };
  }
  void add(const std::string& text, std::string_view type, std::vector<oci::Descriptor> blobs) {
    manifests.push_back({{.media_type = std::string(type), .digest = oci::Digest::of(text), .size = text.size()},
                         text,
                         std::move(blobs)});
  }
  PushReport run() {
    return push(
        repository(), manifests, [this](const oci::Digest& digest) { return file(digest); }, push_options);
  }
};

}  // namespace

TEST_CASE("a push sends blobs, then children, then the root, then its tags") {
  Shipment shipment;
  const auto report = shipment.run();
  CHECK(report.blobs_sent == 3);
  CHECK(report.bytes_sent == 6);
  CHECK_FALSE(report.all_present);
  std::vector<std::string> puts;
  for (const auto& sent : shipment.registry.sent())
    if (sent.method == "PUT")
      puts.push_back(sent.url.find("uploads") != sent.url.npos ? "blob" : sent.url.substr(sent.url.rfind('/') + 1));
  CHECK(puts == Steps{"blob", "blob", "blob", oci::Digest::of("1").text(), oci::Digest::of("2").text(),
                      oci::Digest::of("index").text(), "v1", "latest"});
  CHECK(shipment.registry.manifests.size() == 5);
}

TEST_CASE("a second push sends nothing, and asks once for each tag") {
  Shipment shipment;
  shipment.run();
  const auto before = shipment.registry.sent().size();
  const auto report = shipment.run();
  CHECK(report.all_present);
  CHECK(report.blobs_sent == 0);
  CHECK(shipment.registry.sent().size() == before + 2);
}

TEST_CASE("without tags the digest alone is asked for") {
  Shipment shipment;
  shipment.push_options.tags.clear();
  shipment.run();
  const auto before = shipment.registry.sent().size();
  CHECK(shipment.run().all_present);
  CHECK(shipment.registry.sent().size() == before + 1);
  CHECK(shipment.registry.manifests.size() == 3);
}

TEST_CASE("a new tag of a pushed image costs no blob") {
  Shipment shipment;
  shipment.run();
  shipment.push_options.tags = {"v2"};
  const auto before = shipment.registry.sent().size();
  const auto report = shipment.run();
  CHECK(report.blobs_sent == 0);
  CHECK(report.blobs_present == 3);
  CHECK(shipment.registry.manifests.contains("v2"));
  // The tag, 3 blobs, 3 manifests by digest, and the tag's own HEAD, PUT, HEAD.
  CHECK(shipment.registry.sent().size() == before + 1 + 3 + 3 + 3);
}

TEST_CASE("every blob's way is told") {
  Shipment shipment;
  shipment.registry.blobs[oci::Digest::of("bb").text()] = "bb";
  shipment.run();
  using Kind = PushEvent::Kind;
  std::vector<Kind> kinds;
  for (const auto& event : shipment.events) kinds.push_back(event.kind);
  CHECK(kinds == std::vector<Kind>{Kind::checking, Kind::sending, Kind::sent, Kind::checking, Kind::present,
                                   Kind::checking, Kind::sending, Kind::sent, Kind::manifest, Kind::manifest,
                                   Kind::manifest, Kind::tag, Kind::tag});
  CHECK(shipment.events.back().tag == "latest");
}

TEST_CASE("foreign layers are not sent (S19)") {
  Shipment shipment;
  shipment.manifests.front().blobs.front().urls = {"https://evil.example/layer"};
  CHECK(shipment.run().blobs_sent == 2);
  for (const auto& sent : shipment.registry.sent()) CHECK(sent.url.starts_with("https://registry.example/"));
}

TEST_CASE("a manifest refused for want of a blob is healed, also where the registry said it was there (S20)") {
  Shipment shipment;
  const auto unknown = fake::error(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
  SECTION("by waiting, when the registry is only slow") {
    shipment.registry.fault("PUT", "manifests", unknown, 2);
    shipment.run();
    CHECK(shipment.registry.count("POST uploads") == 3);
  }
  SECTION("by sending what has vanished") {
    shipment.registry.fault("PUT", "manifests", [&](const http::Request&) {
      shipment.registry.blobs.erase(oci::Digest::of("bb").text());
      return unknown;
    });
    shipment.run();
    CHECK(shipment.registry.count("POST uploads") == 4);
  }
  SECTION("by sending all, when the registry lies about what it has") {
    shipment.registry.blobs[oci::Digest::of("bb").text()] = "bb";
    shipment.registry.fault("PUT", "manifests", unknown, 3);
    shipment.run();
    CHECK(shipment.registry.count("POST uploads") == 2 + 3);
  }
  CHECK(shipment.registry.manifests.size() == 5);
}

TEST_CASE("a tag refused for want of a blob is healed as well (S20)") {
  Shipment shipment;
  shipment.registry.fault("PUT", "manifests/v1", [&](const http::Request&) {
    shipment.registry.blobs.erase(oci::Digest::of("bb").text());
    return fake::error(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
  });
  shipment.run();
  CHECK(shipment.registry.count("POST uploads") == 4);
  CHECK(shipment.registry.manifests.contains("v1"));
}

TEST_CASE("a registry that shows what it took only 2 s later is waited for (S31)") {
  Shipment shipment;
  std::map<std::string, std::chrono::system_clock::time_point> put;  // when, by the end of the address
  auto options = shipment.options();
  const auto clock = options.runtime.clock;
  const auto is_hidden = [&](const std::string& name) {
    return put.contains(name) && clock() - put[name] < std::chrono::seconds(2);
  };
  options.transport = [&, inner = options.transport](const http::Request& request) {
    const auto name = request.url.path.substr(request.url.path.rfind('/') + 1);
    if (request.method == "HEAD" && is_hidden(name)) return reply(404);
    const bool is_manifest = request.method == "PUT" && request.url.path.find("/manifests/") != std::string::npos;
    if (is_manifest && std::any_of(put.begin(), put.end(), [&](const auto& one) { return is_hidden(one.first); }))
      return fake::error(400, "MANIFEST_BLOB_UNKNOWN");
    auto response = inner(request);
    if (request.method == "PUT" && response.status == 201)
      put[is_manifest ? name : *response.headers.find("Docker-Content-Digest")] = clock();
    return response;
  };
  push(
      Repository(options, "registry.example", "web"), shipment.manifests,
      [&](const oci::Digest& digest) { return shipment.file(digest); }, shipment.push_options);
  CHECK(shipment.registry.manifests.size() == 5);
  CHECK(shipment.registry.count("POST uploads") <= 3 + 1);
}

TEST_CASE("a mount that only pretends is healed (S20)") {
  Shipment shipment;
  shipment.push_options.mount_source = [&](const oci::Digest&) { return std::string("team/base"); };
  shipment.registry.fault("POST", "mount=", reply(201), 99);
  shipment.registry.fault("PUT", "manifests", fake::error(400, "MANIFEST_BLOB_UNKNOWN"), 3);
  shipment.run();
  CHECK(shipment.registry.blobs.size() == 3);
  CHECK(shipment.registry.manifests.size() == 5);
}

TEST_CASE("what cannot be healed is given up after three rounds") {
  Shipment shipment;
  shipment.registry.fault("PUT", "manifests", fake::error(404, "BLOB_UNKNOWN", "really"), 99);
  const auto error = failure_of([&] { shipment.run(); });
  CHECK(error.code() == ErrorCode::missing_content);
  CHECK(shipment.registry.count("PUT manifests") == 4);
  CHECK(shipment.registry.manifests.empty());
}

TEST_CASE("a push that fails sets no tag and says at which blob") {
  Shipment shipment;
  shipment.registry.fault("PUT", "uploads", fake::error(403, "DENIED"), 9, 2);
  const auto error = failure_of([&] { shipment.run(); });
  CHECK_THAT(error.steps().back(), Contains("sending blob 2 of 3 (layer "));
  CHECK(shipment.registry.manifests.empty());
}

TEST_CASE("a registry that goes away is given up after six attempts, not after six times six") {
  Shipment shipment;
  const auto gone = [](const http::Request&) { return fake::lose(); };
  SECTION("at a blob") {
    shipment.registry.fault("POST", "", gone, 999);
    shipment.registry.fault("HEAD", "blobs", gone, 999, 2);
    CHECK_THROWS_AS(shipment.run(), Error);
    CHECK(shipment.registry.count("POST uploads") + shipment.registry.count("HEAD blob") == 1 + 6);
  }
  SECTION("at a manifest") {
    shipment.registry.fault("PUT", "manifests", gone, 999);
    shipment.registry.fault("HEAD", "manifests", gone, 999, 4);
    CHECK_THROWS_AS(shipment.run(), Error);
    CHECK(shipment.registry.count("PUT manifests") == 6);
    CHECK(shipment.registry.count("HEAD manifests") == 2 + 6);
  }
}

TEST_CASE("a push that is stopped sends no more") {
  Shipment shipment;
  std::stop_source source;
  shipment.push_options.stop = source.get_token();
  shipment.push_options.progress = [&](const PushEvent& event) {
    if (event.kind == PushEvent::Kind::sent) source.request_stop();
  };
  CHECK_THROWS_AS(shipment.run(), Interrupted);
  CHECK(shipment.registry.blobs.size() == 1);
  CHECK(shipment.registry.manifests.empty());
}

TEST_CASE("many blobs go side by side through faults, tokens and all") {
  Shipment shipment;
  std::vector<oci::Descriptor> blobs;
  for (int i = 0; i < 60; ++i) blobs.push_back(shipment.blob(cat("blob ", i, std::string(3000, 'x'))));
  shipment.manifests.clear();
  shipment.add("1", oci::media_type::manifest, blobs);
  shipment.push_options.jobs = 8;
  shipment.registry.guard = [](const http::Request& request) -> std::optional<http::Response> {
    if (request.url.path == "/token") return reply(200, {}, R"({"token":"t1","expires_in":1})");
    if (request.headers.find("Authorization") == "Bearer t1") return std::nullopt;
    return reply(401, {{"WWW-Authenticate", R"(Bearer realm="https://registry.example/token")"}});
  };
  // Five in all: one blob may meet every one of them, and has six attempts.
  shipment.registry.fault("PUT", "uploads", reply(500), 3, 5);
  shipment.registry.fault("POST", "uploads", reply(429, {{"Retry-After", "1"}}), 2, 20);
  const auto report = shipment.run();
  CHECK(report.blobs_sent == 60);
  CHECK(shipment.registry.blobs.size() == 60);
  CHECK(shipment.registry.manifests.contains("latest"));
}

TEST_CASE("a blob that a mount_source gives is not sent, and one that it does not give is") {
  Shipment shipment;
  const auto given = oci::Digest::of("aaa");
  shipment.push_options.mount_source = [&](const oci::Digest& digest) {
    return digest == oci::Digest::of("c") ? std::string() : std::string("team/base");
  };
  const bool gives = GENERATE(true, false);
  shipment.registry.fault("POST", cat("mount=sha256%3A", given.hex()), [&](const http::Request&) {
    if (gives) shipment.registry.blobs[given.text()] = "aaa";
    return reply(gives ? 201 : 404);
  });
  shipment.registry.fault("POST", cat("mount=sha256%3A", oci::Digest::of("bb").hex()), reply(404));
  const auto report = shipment.run();
  CHECK(report.blobs_sent == (gives ? 2 : 3));
  CHECK(report.blobs_present == (gives ? 1 : 0));
}
