#include "../../src/cli/plan_report.hpp"

#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "../../src/cli/results.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;
using Status = app::LayerChange::Status;
using What = layers::Change::What;

namespace {

const auto older = oci::Digest::of("older"), newer = oci::Digest::of("newer");

app::ImageChange change_of(std::vector<app::LayerChange> layers) {
  return {
      .platform = oci::Platform::parse("linux/amd64"), .before = older, .after = newer, .layers = std::move(layers)};
}

app::BuiltImage image_of(std::vector<app::ImageChange> changes) {
  return {.name = "web",
          .root = {.media_type = {}, .digest = newer},
          .manifests = {},
          .changes = std::move(changes),
          .before = older};
}

std::vector<layers::Change> many(std::size_t count) {
  std::vector<layers::Change> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back({cat("f", i), What::content});
  return out;
}

}  // namespace

TEST_CASE("an explanation reports the base, each layer, and the settings as the spec names them") {
  auto change = change_of({{.layer = "app", .status = Status::reused},
                           {.layer = "site",
                            .status = Status::rebuilt,
                            .reasons = {"SOURCE_DATE_EPOCH was 0 and is 7"},
                            .changes = {{"www/a", What::mode}, {"www/b", What::removed}}},
                           {.layer = "more", .status = Status::added}});
  change.base_before = "scratch";
  change.base_after = "sha256:1";
  change.reasons = {"layer old was removed"};
  change.config = {"Env", "Healthcheck", "WorkingDir", "annotations", "created"};
  CHECK(plan_report(image_of({change})) == cat("web: ", older.text(), " -> ", newer.text(), R"(
  base: scratch -> sha256:1
  layer old was removed
  layer app: unchanged
  layer site: rebuilt: SOURCE_DATE_EPOCH was 0 and is 7; 2 changed paths
    /www/a: mode
    /www/b: removed
  layer more: new
  changed settings: Healthcheck, SOURCE_DATE_EPOCH, annotations, env, workdir)"));
}

TEST_CASE("an unchanged image and a new image are one line") {
  auto same = image_of({change_of({})}), first = same;
  same.before = same.changes[0].before = newer;
  first.before.reset();
  first.changes[0].before.reset();
  CHECK(plan_report(same) == cat("web: unchanged ", newer.text()));
  CHECK(plan_report(first) == cat("web: new ", newer.text()));
}

TEST_CASE("ten changes are listed, the rest is counted, and JSON has them all") {
  const auto [count, last] = GENERATE(table<std::size_t, std::string>({{1, "    /f0: content"},
                                                                       {10, "    /f9: content"},
                                                                       {11, "    ... and 1 more"},
                                                                       {1234, "    ... and 1224 more"}}));
  const auto image = image_of({change_of({{.layer = "site", .status = Status::rebuilt, .changes = many(count)}})});
  const auto lines = split(plan_report(image), '\n');
  CHECK(lines.size() == 2 + std::min<std::size_t>(count, 11));
  CHECK(lines.at(1) == cat("  layer site: rebuilt: ", count_of(count, "changed path")));
  CHECK(lines.back() == last);
  const auto json = plan_json(image);
  CHECK(json["platforms"][0]["layers"][0]["changes"].size() == count);
  CHECK(json["platforms"][0]["layers"][0]["fate"] == "rebuilt");
}

TEST_CASE("paths cannot move a terminal, and stay apart in JSON") {
  const std::vector<layers::Change> changes{{"a\x1b[2J\nb", What::added}, {"c\xff", What::added}};
  const auto image = image_of({change_of({{.layer = "site", .status = Status::rebuilt, .changes = changes}})});
  const auto lines = split(plan_report(image), '\n');
  CHECK(lines.at(2) == "    /a\\x1b[2J\\x0ab: added");
  CHECK(lines.at(3) == "    /c\\xff: added");
  CHECK(plan_json(image)["platforms"][0]["layers"][0]["changes"][1]["path"] == "/c\\xff");
}

TEST_CASE("a layer that was rebuilt for an unknown reason says so") {
  const auto text = plan_report(image_of({change_of({{.layer = "site", .status = Status::rebuilt}})}));
  CHECK(text.ends_with("  layer site: rebuilt: cause unknown"));
}

TEST_CASE("an image whose digest changed though all that is known is unchanged says so") {
  const auto image = image_of({change_of({{.layer = "site", .status = Status::reused}})});
  CHECK(plan_report(image).ends_with("\n  layer site: unchanged\n  cause unknown"));
}

TEST_CASE("each platform is reported, and removed platforms") {
  auto amd = change_of({}), arm = amd;
  amd.before = newer;
  arm.platform = oci::Platform::parse("linux/arm64");
  arm.before.reset();
  auto image = image_of({amd, arm});
  image.platforms_gone = {oci::Platform::parse("linux/s390x")};
  CHECK(plan_report(image) == cat("web: ", older.text(), " -> ", newer.text(), "\nweb linux/amd64: unchanged ",
                                  newer.text(), "\nweb linux/arm64: new ", newer.text(),
                                  "\n  removed platforms: linux/s390x"));
  const auto json = plan_json(image);
  CHECK(json["platforms"][1]["platform"] == "linux/arm64");
  CHECK(json["platforms"][1]["before"].is_null());
  CHECK(json["platformsGone"].dump() == R"(["linux/s390x"])");
}

TEST_CASE("the result of a build has its explanation only if one was asked for") {
  CHECK(json_of(image_of({change_of({})}))["explanation"]["before"] == older.text());
  auto plain = image_of({});
  plain.before.reset();
  CHECK_FALSE(json_of(plain).contains("explanation"));
}
