#include <lapstrake/registry/referrers.hpp>
#include <nlohmann/json.hpp>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;
using fake::reply;
using Json = nlohmann::json;

namespace {

const oci::Digest subject = oci::Digest::of("subject");

oci::Descriptor referrer(const std::string& type, const std::string& content) {
  return {.media_type = std::string(oci::media_type::manifest),
          .digest = oci::Digest::of(content),
          .size = content.size(),
          .artifact_type = type};
}

std::string index_of(const std::vector<oci::Descriptor>& list) {
  return oci::render({.media_type = std::string(oci::media_type::index), .manifests = list});
}

http::Response page(const std::vector<oci::Descriptor>& list, const std::string& next = {}) {
  http::Headers headers{{"Content-Type", std::string(oci::media_type::index)}};
  if (!next.empty()) headers.set("Link", cat("<", next, ">; rel=\"next\""));
  return reply(200, headers, index_of(list));
}

struct Fallbacks : Bench {
  Fallbacks() { registry.fault("GET", "/referrers/", reply(GENERATE(404, 405)), 99); }
  Json tagged() const { return Json::parse(registry.manifests.at(fallback_tag(subject)).second); }
  void tag(const std::string& text) {
    const auto type = std::string(oci::media_type::index);
    registry.manifests[fallback_tag(subject)] = registry.manifests[oci::Digest::of(text).text()] = {type, text};
  }
};

}  // namespace

TEST_CASE("what refers to an image is listed over all pages, and filtered by us as well") {
  Bench bench;
  const auto a = referrer("application/a", "1"), b = referrer("application/b", "2"), c = referrer("application/a", "3");
  bench.registry.fault("GET", "/referrers/", page({a, b}, "/v2/web/referrers/x?page=2"), 1);
  bench.registry.fault("GET", "page=2", page({c}), 9);
  const bool all = GENERATE(true, false);
  const auto listed = list_referrers(bench.repository(), subject, all ? "" : "application/a");
  CHECK(listed == (all ? std::vector{a, b, c} : std::vector{a, c}));
  CHECK(bench.registry.sent().at(0).url == cat("https://registry.example/v2/web/referrers/sha256:", subject.hex(),
                                               all ? "" : "?artifactType=application%2Fa"));
}

TEST_CASE("a list of referrers that leads elsewhere, does not end or is none is refused") {
  Bench bench;
  const auto [answer, says] = GENERATE(table<http::Response, std::string>({
      {page({}, "https://evil.example/v2/web/referrers/x"), "continues the list"},
      {page({}, "/v2/web/referrers/x"), "is too long"},
      {reply(200, {}, "{}"), "schemaVersion"},
      {reply(403), "cannot list"},
  }));
  bench.registry.fault("GET", "/referrers/", answer, 9999);
  CHECK_THAT(failure_of([&] { list_referrers(bench.repository(), subject); }).summary(), Contains(says));
  for (const auto& sent : bench.registry.sent()) CHECK_THAT(sent.url, !Contains("evil"));
}

TEST_CASE("a registry with the API needs no tag, whatever it says or does not say on a push") {
  Bench bench;
  bench.registry.fault("GET", "/referrers/", page({}), 9);
  CHECK(add_referrer(bench.repository(), subject, referrer("application/a", "1")) == ListedBy::api);
  CHECK(bench.registry.manifests.empty());
}

TEST_CASE("without the API the index at the fallback tag is kept: each entry once, those of others as they are") {
  Fallbacks bench;
  bench.tag(
      cat(R"({"schemaVersion":2,"mediaType":")", oci::media_type::index,
          R"(","foreign":{"x":[1]},"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")",
          oci::Digest::of("theirs").text(), R"(","size":6,"theirs":true}]})"));
  const auto repository = bench.repository();
  const auto ours = referrer("application/a", "1");
  for (int i = 0; i < 2; ++i) CHECK(add_referrer(repository, subject, ours) == ListedBy::tag);
  const auto index = bench.tagged();
  REQUIRE(index["manifests"].size() == 2);
  CHECK(index["manifests"][0]["theirs"] == true);
  CHECK(index["foreign"]["x"] == Json::array({1}));
  CHECK(index["manifests"][1]["artifactType"] == "application/a");
  CHECK(list_referrers(repository, subject, "application/a") == std::vector{ours});
}

TEST_CASE("an entry that another writer overwrote is written again, beside the other's") {
  Fallbacks bench;
  const auto theirs = referrer("application/b", "2"), ours = referrer("application/a", "1");
  const unsigned times = GENERATE(1u, 2u);
  bench.registry.fault(
      "PUT", fallback_tag(subject),
      [&](const http::Request& request) {
        bench.tag(index_of({theirs}));  // theirs comes last
        return reply(201, {{"Docker-Content-Digest", oci::Digest::of(std::get<std::string>(request.body)).text()}});
      },
      times);
  CHECK(add_referrer(bench.repository(), subject, ours) == ListedBy::tag);
  CHECK(bench.tagged()["manifests"].size() == 2);
}

TEST_CASE("a fallback tag that is no index, or never stands still, is an error") {
  Fallbacks bench;
  const bool is_index = GENERATE(true, false);
  if (is_index)
    bench.registry.fault("PUT", fallback_tag(subject), reply(201), 99);
  else
    bench.registry.manifests[fallback_tag(subject)] = {std::string(oci::media_type::manifest), "{}"};
  CHECK_THROWS_AS(add_referrer(bench.repository(), subject, referrer("application/a", "1")), Error);
}
