#include <lapstrake/base/encoding.hpp>
#include <lapstrake/registry/mirrors.hpp>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;
using fake::reply;

namespace {

// registry.example/web, with the mirrors one.example/hub/web and two.example/web.
struct Hall {
  Bench bench;
  fake::Registry one, two;
  std::vector<std::string> log;
  bool only = false;
  Keychain keychain = nullptr;

  std::shared_ptr<Repository> repository() {
    auto options = bench.options();
    options.log = [this](const std::string& line) { log.push_back(line); };
    options.keychain = keychain;
    options.transport = [this](const http::Request& request) {
      auto& registry = request.url.host == "one.example"   ? one
                       : request.url.host == "two.example" ? two
                                                           : bench.registry;
      return registry.transport()(request);
    };
    auto its = options;
    its.policy.most_attempts = 2;
    return std::make_shared<MirroredRepository>(
        options, "registry.example", "web",
        Mirrors{.repositories = {std::make_shared<Repository>(its, "one.example", "hub/web"),
                                 std::make_shared<Repository>(its, "two.example", "web")},
                .only = only});
  }
  static oci::Descriptor put(fake::Registry& registry, const std::string& tag, const std::string& note) {
    const oci::Index index{.media_type = std::string(oci::media_type::index), .annotations = {{"note", note}}};
    const auto text = oci::render(index);
    const auto digest = oci::Digest::of(text);
    registry.manifests[tag] = registry.manifests[digest.text()] = {index.media_type, text};
    return {.media_type = index.media_type, .digest = digest, .size = text.size()};
  }
  bool told(const std::string& words) const {
    return std::any_of(log.begin(), log.end(), [&](const auto& line) { return line.find(words) != line.npos; });
  }
};

oci::Descriptor blob_of(const std::string& content) {
  return {.media_type = {}, .digest = oci::Digest::of(content), .size = content.size()};
}

}  // namespace

TEST_CASE("what a mirror has is read there, under the registry's own name") {
  Hall hall;
  const auto there = Hall::put(hall.one, "v1", "mirrored");
  const auto repository = hall.repository();
  CHECK(repository->name() == "registry.example/web");
  CHECK(repository->find_manifest("v1")->digest == there.digest);
  CHECK(repository->get_manifest(there.digest.text()).descriptor.digest == there.digest);
  CHECK(hall.bench.registry.sent().empty());
  CHECK(hall.one.sent().at(0).url == "https://one.example/v2/hub/web/manifests/v1");
  CHECK(hall.told(cat("the mirror `one.example/hub/web` resolves `registry.example/web:v1` to ", there.digest.text())));
}

TEST_CASE("a mirror that lacks it, refuses, fails or lies is passed over") {
  Hall hall;
  const auto right = Hall::put(hall.bench.registry, "v1", "right");
  const auto answer = GENERATE(reply(404), reply(401), reply(403), reply(500),
                               reply(200, {{"Content-Type", std::string(oci::media_type::index)}}, "{}"));
  for (const std::string method : {"GET", "HEAD"}) hall.one.fault(method, "/manifests/", answer, 99);
  const auto repository = hall.repository();
  CHECK(repository->get_manifest(right.digest.text()).descriptor.digest == right.digest);
  if (answer.status != 200) CHECK(repository->get_manifest("v1").descriptor.digest == right.digest);
  CHECK(hall.told("skipping the mirror `one.example/hub/web` of `registry.example/web`"));
  // One that does not answer, or not to this login, is not asked for everything again.
  const auto asked = hall.one.sent().size();
  repository->get_manifest(right.digest.text());
  CHECK((hall.one.sent().size() == asked) == (answer.status == 401 || answer.status == 403 || answer.status == 500));
}

TEST_CASE("a mirror gets its own login, and no other") {
  Hall hall;
  hall.keychain = [](const std::string& host, bool) {
    return std::optional(Login{.username = host, .password = "p", .preemptive = true});
  };
  Hall::put(hall.bench.registry, "v1", "x");
  hall.repository()->find_manifest("v1");
  const auto of = [](const std::string& host) { return "Basic " + base64(as_bytes(host + ":p")); };
  CHECK(hall.one.sent().at(0).authorization == of("one.example"));
  CHECK(hall.two.sent().at(0).authorization == of("two.example"));
  CHECK(hall.bench.registry.sent().at(0).authorization == of("registry.example"));
}

TEST_CASE("a blob whose mirror breaks in the middle goes on from the next, each byte once") {
  Hall hall;
  const std::string content(5000, 'x');
  const auto blob = blob_of(content);
  hall.one.fault("GET", "/blobs/", reply(200, {{"X-Then-Lose", "1"}}, content.substr(0, 2000)), 99);
  (GENERATE(true, false) ? hall.two : hall.bench.registry).blobs[blob.digest.text()] = content;
  std::string got;
  hall.repository()->get_blob(blob, [&](Bytes bytes) { got += as_text(bytes); });
  CHECK(got == content);
}

TEST_CASE("bytes that a mirror made up are an error, and not mended by others") {
  Hall hall;
  const std::string content(5000, 'x');
  const auto blob = blob_of(content);
  hall.bench.registry.blobs[blob.digest.text()] = content;
  hall.one.fault("GET", "/blobs/", reply(200, {{"X-Then-Lose", "1"}}, std::string(2000, 'y')), 99);
  const auto error = failure_of([&] { hall.repository()->get_blob(blob, [](Bytes) {}); });
  CHECK(error.kind() == ErrorKind::integrity);
}

TEST_CASE("a sink that takes no more ends the reading") {
  Hall hall;
  const auto blob = blob_of("content");
  hall.one.blobs[blob.digest.text()] = hall.two.blobs[blob.digest.text()] = "content";
  const auto full = [](Bytes) { throw Error(ErrorKind::input, "the disk is full"); };
  CHECK(failure_of([&] { hall.repository()->get_blob(blob, full); }).summary() == "the disk is full");
  CHECK(hall.two.sent().empty());
}

TEST_CASE("with mirrors alone the registry itself is not read") {
  Hall hall;
  hall.only = true;
  const auto there = Hall::put(hall.bench.registry, "v1", "x");
  hall.bench.registry.blobs[oci::Digest::of("content").text()] = "content";
  const auto repository = hall.repository();
  CHECK_FALSE(repository->find_manifest("v1"));
  CHECK_THROWS_AS(repository->get_manifest(there.digest.text()), Error);
  CHECK_THROWS_AS(repository->get_blob(blob_of("content"), [](Bytes) {}), Error);
  for (auto* mirror : {&hall.one, &hall.two}) mirror->fault("GET", "/manifests/", reply(403), 99);
  CHECK_THROWS_AS(repository->get_manifest("v1"), Error);
  CHECK(failure_of([&] { repository->get_manifest("v1"); }).summary() ==
        "no mirror of `registry.example/web` is available");
  CHECK(hall.bench.registry.sent().empty());
}
