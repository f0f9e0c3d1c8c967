#include <fstream>
#include <lapstrake/app/inspect/verify.hpp>
#include <lapstrake/app/publish/copy.hpp>

#include "journey.hpp"
#include "layers/entries.hpp"
#include "layout.hpp"

using namespace lapstrake;
using Json = HandMade::Json;

namespace {

// For two platforms. (The sandbox, as ECR, takes no index in an index; those are tested with docker-registry.)
struct TwoPlatforms : HandMade {
  std::string root_digest;
  TwoPlatforms() {
    const auto [bytes, diff_id] = layer({layers::file("etc/hello", "hello\n")});
    const auto shared = blob(bytes, oci::media_type::layer_gzip);
    const auto child = [&, id = diff_id](const std::string& architecture) {
      auto out = blob(manifest(config({id}, architecture), {shared}).dump(1), oci::media_type::manifest);
      out["platform"] = {{"os", "linux"}, {"architecture", architecture}};
      return out;
    };
    root_digest = root(index({child("amd64"), child("arm64")}).dump(2), oci::media_type::index)["digest"];
  }
};

oci::Reference in_box(const Journey& journey, const std::string& rest) {
  return oci::parse_reference(cat(journey.box->registry_host(), "/", rest));
}

}  // namespace

TEST_CASE("an index arrives whole, as the bytes that it is, and is not sent twice") {
  Journey journey;
  const TwoPlatforms image;
  const auto copied = app::copy(journey.context(), nullptr, image.reference(), in_box(journey, "team/app:v1"));
  CHECK(copied.reference == cat(journey.box->registry_host(), "/team/app:v1@", image.root_digest));
  CHECK(copied.blobs_sent == 3);
  CHECK(app::verify(journey.context(), nullptr, copied.reference).problems == std::vector<std::string>{});
  CHECK(std::filesystem::is_empty(journey.dir / "store/tmp"));
  const auto again = app::copy(journey.context(), nullptr, image.reference(), in_box(journey, "team/app:v2"));
  CHECK(again.blobs_sent == 0);
  const auto back = app::copy(journey.context(), nullptr, copied.reference,
                              oci::parse_reference(cat("oci:", (journey.dir / "back").string(), ":v1")));
  CHECK(back.root.digest.text() == image.root_digest);
}

TEST_CASE("a copy needs no store that can be written") {
  Journey journey;
  const TwoPlatforms image;
  auto context = journey.context();
  context.store_root = journey.dir.write("file", "no folder can be made in it") / "store";
  const auto copied = app::copy(context, nullptr, image.reference(), in_box(journey, "team/app:v1"));
  const auto back = app::copy(context, nullptr, copied.reference,
                              oci::parse_reference(cat("oci:", (journey.dir / "back").string(), ":v1")));
  CHECK(back.root.digest.text() == image.root_digest);
}

TEST_CASE("one platform is copied as the manifest that it is, and that is told") {
  Journey journey;
  const TwoPlatforms image;
  auto context = journey.context();
  context.images.platforms = {oci::Platform::parse("linux/arm64")};
  const auto copied = app::copy(context, nullptr, image.reference(), in_box(journey, "team/app:v1"));
  REQUIRE(copied.source_index);
  CHECK(copied.source_index->text() == image.root_digest);
  CHECK(copied.root.media_type == oci::media_type::manifest);
  CHECK_THAT(journey.messages, Contains("its digest differs"));
  const auto wanted = cat("team/app@", image.root_digest);
  CHECK(failure_of([&] { app::copy(context, nullptr, image.reference(), in_box(journey, wanted)); }).kind() ==
        ErrorKind::integrity);
}

TEST_CASE("an upload that breaks off is begun anew from what was kept aside") {
  Journey journey;
  const TwoPlatforms image;
  journey.box->set_faults(
      R"({"rules":[{"match":{"method":"PUT","path":"/v2/*/blobs/uploads/*"},"nth":1,"do":{"reset":"body"}}]})");
  const auto copied = app::copy(journey.context(), nullptr, image.reference(), in_box(journey, "team/app:v1"));
  CHECK(journey.troubles() > 0);
  CHECK(app::verify(journey.context(), nullptr, copied.reference).problems == std::vector<std::string>{});
}

TEST_CASE("a layer with other bytes never arrives") {
  const bool is_cut = GENERATE(true, false);
  Journey journey;
  TwoPlatforms image;
  for (const auto& file : std::filesystem::directory_iterator(image.dir / "blobs/sha256"))
    if (const auto size = file.file_size(); size < 200) {  // the layer
      if (is_cut)
        std::filesystem::resize_file(file.path(), size - 1);
      else
        std::fstream(file.path(), std::ios::in | std::ios::out | std::ios::binary).seekp(20).put('?');
    }
  const auto error =
      failure_of([&] { app::copy(journey.context(), nullptr, image.reference(), in_box(journey, "team/app:v1")); });
  INFO(report(error));
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(journey.count("PUT", "/manifests/") == 0);
  CHECK_THAT(report(error), Contains(is_cut ? "" : "does not match the blob"));
  CHECK(std::filesystem::is_empty(journey.dir / "store/tmp"));
}

TEST_CASE("a missing repository is made when asked") {
  Journey journey(false);
  const TwoPlatforms image;
  const auto copy = [&](const app::PushSettings& settings) {
    return app::copy(journey.context(), nullptr, image.reference(), in_box(journey, "team/app:v1"), settings);
  };
  CHECK_THAT(failure_of([&] { copy({}); }).help(), Contains("--create-repository"));
  CHECK(copy({.create_repository = true}).blobs_sent == 3);
}

TEST_CASE("an index nested as deep as the limit is copied and verified, a deeper one is not") {
  Journey journey;
  HandMade made;
  const auto nest = [&](std::uint64_t levels) {
    const auto [bytes, diff_id] = HandMade::layer({});
    auto inner =
        made.blob(made.manifest(HandMade::config({diff_id}), {made.blob(bytes, oci::media_type::layer_gzip)}).dump(),
                  oci::media_type::manifest);
    for (std::uint64_t i = 1; i < levels; ++i) inner = made.blob(made.index({inner}).dump(), oci::media_type::index);
    made.root(made.index({inner}).dump(), oci::media_type::index);
  };
  const auto layout = oci::parse_reference(cat("oci:", (journey.dir / "layout").string(), ":v1"));
  const auto copy = [&](const oci::Reference& to) { app::copy(journey.context(), nullptr, made.reference(), to); };
  nest(limits::nested_indexes);
  copy(layout);
  CHECK(app::verify(journey.context(), nullptr, oci::text(layout)).problems.empty());
  nest(limits::nested_indexes + 1);
  for (const auto& to : {oci::Reference(in_box(journey, "team/app:v2")), layout}) {
    const auto error = failure_of([&] { copy(to); });
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(report(error), Contains("nested deeper than 4"));
  }
  const auto found = app::verify(journey.context(), nullptr, made.reference());
  REQUIRE(found.problems.size() == 1);
  CHECK_THAT(found.problems[0], Contains("nested deeper than 4"));
}
