#include <tuple>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;
using fake::reply;
using Steps = std::vector<std::string>;

namespace {

const std::string manifest_type(oci::media_type::manifest);
const std::string manifest_text = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"})";
const std::string other_text = manifest_text + " ";
const auto digest = oci::Digest::of(manifest_text);

}  // namespace

TEST_CASE("a manifest is asked for, put, and asked for again") {
  Bench bench;
  bench.repository().put_manifest("v1", manifest_text, manifest_type);
  CHECK(bench.registry.steps() == Steps{"HEAD manifests", "PUT manifests", "HEAD manifests"});
  CHECK(bench.registry.manifests.at("v1") == std::pair(manifest_type, manifest_text));
}

TEST_CASE("a manifest that is there is not put again") {
  Bench bench;
  const auto repository = bench.repository();
  repository.put_manifest(digest.text(), manifest_text, manifest_type);
  repository.put_manifest(digest.text(), manifest_text, manifest_type);
  CHECK(bench.registry.count("PUT manifests") == 1);
}

TEST_CASE("an immutable tag that has this digest is success, and with another names both (S25)") {
  Bench bench;
  bench.registry.immutable_tags = true;
  const auto repository = bench.repository();
  repository.put_manifest("v1", manifest_text, manifest_type);
  repository.put_manifest("v1", manifest_text, manifest_type);
  CHECK(bench.registry.count("PUT manifests") == 1);
  const auto error = failure_of([&] { repository.put_manifest("v1", other_text, manifest_type); });
  CHECK(error.summary() == "cannot push `registry.example/web:v1`");
  CHECK_THAT(error.reason(), Contains(digest.text()));
  CHECK_THAT(error.reason(), Contains(oci::Digest::of(other_text).text()));
  CHECK(error.help() == "push under another tag, or delete `v1` in the registry first");
  CHECK(bench.registry.count("PUT manifests") == 2);
}

TEST_CASE("an immutable tag that another push has just set to this digest is success") {
  Bench bench;
  bench.registry.fault("PUT", "manifests", [&](const http::Request&) {
    bench.registry.manifests["v1"] = {manifest_type, manifest_text};
    return GENERATE(0, 1) == 0 ? fake::error(400, "TAG_INVALID", "immutable") : fake::error(409, "CONFLICT");
  });
  bench.repository().put_manifest("v1", manifest_text, manifest_type);
  CHECK(bench.registry.count("PUT manifests") == 1);
}

TEST_CASE("a lost reply to the PUT of a manifest is settled by asking (S34)") {
  Bench bench;
  const bool arrived = GENERATE(true, false);
  bench.registry.fault("PUT", "manifests", [&](const http::Request&) {
    if (arrived) bench.registry.manifests["v1"] = {manifest_type, manifest_text};
    return fake::lose();
  });
  bench.repository().put_manifest("v1", manifest_text, manifest_type);
  CHECK(bench.registry.count("PUT manifests") == (arrived ? 1 : 2));
  CHECK(bench.registry.manifests.size() == (arrived ? 1 : 2));
}

TEST_CASE("a role that may not read meets a lost reply, or a 503, with a second PUT") {
  Bench bench;
  bench.registry.guard = [](const http::Request& request) -> std::optional<http::Response> {
    if (request.method == "PUT") return std::nullopt;
    return request.method == "HEAD" ? reply(403) : fake::error(403, "DENIED", "ecr:BatchGetImage");
  };
  const bool lost = GENERATE(true, false);
  bench.registry.fault("PUT", "manifests", [lost](const http::Request&) { return lost ? fake::lose() : reply(503); });
  bench.repository().put_manifest("v1", manifest_text, manifest_type);
  CHECK(bench.registry.count("PUT manifests") == 2);
}

TEST_CASE("after a 429 to the PUT of a manifest nothing is asked") {
  Bench bench;
  bench.registry.fault("PUT", "manifests", reply(429));
  bench.repository().put_manifest("v1", manifest_text, manifest_type);
  CHECK(bench.registry.steps() == Steps{"HEAD manifests", "PUT manifests", "PUT manifests", "HEAD manifests"});
}

TEST_CASE("a tag that shows what it was for a while is waited for, and one that shows a third thing is not") {
  Bench bench;
  const auto shown = [](const std::string& body) {
    return reply(200, {{"Content-Type", manifest_type},
                       {"Content-Length", cat(body.size())},
                       {"Docker-Content-Digest", oci::Digest::of(body).text()}});
  };
  bench.registry.manifests["v1"] = {manifest_type, other_text};
  SECTION("for a while") {
    bench.registry.fault("HEAD", "manifests", shown(other_text), 3, 2);
    bench.repository().put_manifest("v1", manifest_text, manifest_type);
    CHECK(bench.time.slept == std::chrono::milliseconds(1700));
  }
  SECTION("for ever") {
    bench.registry.fault("HEAD", "manifests", shown(other_text), 99, 2);
    const auto error = failure_of([&] { bench.repository().put_manifest("v1", manifest_text, manifest_type); });
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(error.reason(), Contains(oci::Digest::of(other_text).text()));
  }
  SECTION("a third") {
    bench.registry.fault("HEAD", "manifests", shown("{}"), 99, 2);
    CHECK(failure_of([&] { bench.repository().put_manifest("v1", manifest_text, manifest_type); }).kind() ==
          ErrorKind::integrity);
    CHECK(bench.time.slept == std::chrono::milliseconds(0));
  }
}

TEST_CASE("each status to a manifest has its one outcome") {
  const auto [status, puts] = GENERATE(table<int, unsigned>({
      {400, 1}, {401, 1}, {403, 1}, {404, 1}, {405, 1}, {408, 6}, {413, 1}, {415, 1}, {422, 1}, {425, 6},
      {429, 6}, {500, 6}, {501, 1}, {502, 6}, {503, 6}, {504, 6}, {505, 1}, {507, 1}, {522, 6},
  }));
  Bench bench;
  bench.registry.fault(
      "PUT", "manifests",
      fake::error(status, "UNSUPPORTED", "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'x'"), 99);
  const auto error = failure_of([&] { bench.repository().put_manifest("v1", manifest_text, manifest_type); });
  CHECK(bench.registry.count("PUT manifests") == puts);
  CHECK_THAT(error.reason(), Contains("Invalid parameter at 'ImageManifest'"));
}

TEST_CASE("a registry's word about a manifest is checked") {
  Bench bench;
  SECTION("another digest in its reply") {
    bench.registry.fault("PUT", "manifests", [&](const http::Request&) {
      bench.registry.manifests["v1"] = {manifest_type, manifest_text};
      return reply(201, {{"Docker-Content-Digest", oci::Digest::of("x").text()}});
    });
  }
  SECTION("it says that it took it, and did not") { bench.registry.fault("PUT", "manifests", reply(201)); }
  SECTION("another manifest is there afterwards") {
    bench.registry.fault("PUT", "manifests", [&](const http::Request&) {
      bench.registry.manifests["v1"] = {manifest_type, other_text};
      return reply(201);
    });
  }
  CHECK(failure_of([&] { bench.repository().put_manifest("v1", manifest_text, manifest_type); }).kind() ==
        ErrorKind::integrity);
}

TEST_CASE("a manifest that shows up a moment later is there") {
  Bench bench;
  bench.registry.fault("HEAD", "manifests", reply(404), 3);
  bench.repository().put_manifest("v1", manifest_text, manifest_type);
  CHECK(bench.registry.count("PUT manifests") == 1);
  CHECK(bench.time.slept == std::chrono::milliseconds(700));
}

TEST_CASE("a role that may push and not read can push") {
  Bench bench;
  bench.registry.guard = [](const http::Request& request) -> std::optional<http::Response> {
    if (request.method == "PUT") return std::nullopt;
    return request.method == "HEAD" ? reply(403) : fake::error(403, "DENIED", "ecr:BatchGetImage");
  };
  bench.repository().put_manifest("v1", manifest_text, manifest_type);
  CHECK(bench.registry.manifests.contains("v1"));
}

TEST_CASE("a tag's digest comes from HEAD, or from the text where HEAD says too little") {
  Bench bench;
  bench.registry.manifests["v1"] = {manifest_type, manifest_text};
  SECTION("enough") {}
  SECTION("no digest") {
    bench.registry.fault("HEAD", "manifests", reply(200, {{"Content-Type", manifest_type}, {"Content-Length", "77"}}));
  }
  SECTION("not known there") { bench.registry.fault("HEAD", "manifests", reply(405)); }
  const auto found = bench.repository().find_manifest("v1");
  REQUIRE(found);
  CHECK(found->digest == digest);
  CHECK(found->size == manifest_text.size());
  CHECK(found->media_type == manifest_type);
}

TEST_CASE("a manifest by digest is verified against the digest that was asked for") {
  Bench bench;
  const auto asked = digest.text();
  SECTION("its bytes count, not its headers") {
    bench.registry.fault("GET", "manifests",
                         reply(200, {{"Content-Type", manifest_type}, {"Docker-Content-Digest", asked}}, other_text));
    CHECK(failure_of([&] { bench.repository().get_manifest(asked); }).kind() == ErrorKind::integrity);
  }
  SECTION("a wrong header on the right bytes is nothing") {
    bench.registry.fault("GET", "manifests",
                         reply(200,
                               {{"Content-Type", manifest_type + "; charset=utf-8"},
                                {"Docker-Content-Digest", oci::Digest::of("x").text()}},
                               manifest_text));
    const auto got = bench.repository().get_manifest(asked);
    CHECK(got.text == manifest_text);
    CHECK(got.descriptor.digest == digest);
    CHECK(got.descriptor.media_type == manifest_type);
  }
  SECTION("a missing media type is taken from the text") {
    bench.registry.fault("GET", "manifests", reply(200, {{"Content-Type", "application/octet-stream"}}, manifest_text));
    CHECK(bench.repository().get_manifest(asked).descriptor.media_type == manifest_type);
  }
}

TEST_CASE("names that are none never reach an address") {
  Bench bench;
  const auto repository = bench.repository();
  CHECK(failure_of([&] {
          repository.find_manifest(GENERATE("a/b", "a\r\nb", "..", "", "sha256:abc", "a?b"));
        }).kind() == ErrorKind::usage);
  CHECK(failure_of([&] {
          Repository(bench.options(), "registry.example", GENERATE("../x", "A", "a b", "a\r\nb"));
        }).kind() == ErrorKind::usage);
  CHECK(bench.registry.sent().empty());
}
