#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "../../src/cli/diff_report.hpp"
#include "../../src/cli/inspect_report.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;
using Json = nlohmann::ordered_json;

namespace {

const auto old_digest = oci::Digest::of("old"), new_digest = oci::Digest::of("new");

app::ImageDiff difference_of(std::vector<app::FileChange> files) {
  return {.before_name = "a",
          .after_name = "b",
          .before = {.media_type = {}, .digest = old_digest},
          .after = {.media_type = {}, .digest = new_digest},
          .platforms = {{.platform = "linux/amd64", .files = std::move(files)}}};
}

}  // namespace

TEST_CASE("the report of two equal images is empty") {
  auto difference = difference_of({});
  difference.after = difference.before;
  CHECK(diff_report(difference).empty());
  CHECK(diff_json(difference)["same"] == true);
}

TEST_CASE("a diff names each change of a file") {
  const app::FileFacts plain{.mode = 0644}, strict{.mode = 0600, .uid = 33, .gid = 33};
  const auto text =
      diff_report(difference_of({{.path = "etc/mode", .before = plain, .after = strict, .what = {"mode", "owner"}},
                                 {.path = "etc/new", .before = {}, .after = plain},
                                 {.path = "etc/gone", .before = plain, .after = {}}}));
  CHECK_THAT(text, Contains("  ~ /etc/mode  mode 0644 -> 0600, owner 0:0 -> 33:33\n") &&
                       Contains("  + /etc/new  -0644 0:0 0 B\n") && Contains("  - /etc/gone  -0644 0:0 0 B\n") &&
                       Contains("files: 1 added, 1 removed, 1 changed"));
}

TEST_CASE("scripts get the values and digests of a diff") {
  auto difference = difference_of({{.path = "a",
                                    .before = app::FileFacts{.content = old_digest},
                                    .after = app::FileFacts{.content = new_digest},
                                    .what = {"content"}}});
  difference.platforms[0].members = {{.name = "config.User", .before = "\"web\"", .after = "\"app\""}};
  const auto json = diff_json(difference);
  CHECK(json["same"] == false);
  CHECK(json["platforms"][0]["members"][0] == Json{{"name", "config.User"}, {"before", "web"}, {"after", "app"}});
  const auto file = json["platforms"][0]["files"][0];
  CHECK(file["what"] == Json{"content"});
  CHECK(file["after"]["content"] == new_digest.text());
}

TEST_CASE("an inspection lists the largest paths, in text and JSON") {
  const app::Inspection inspection{.name = "web",
                                   .root = {.media_type = {}, .digest = new_digest},
                                   .images = {{.manifest = {.media_type = {}, .digest = new_digest},
                                               .annotations = {},
                                               .config = {},
                                               .config_text = "{}",
                                               .layers = {},
                                               .largest = {{"usr/lib/big", 6000}}}}};
  CHECK_THAT(inspect_report(inspection), Contains("5.9 KiB  /usr/lib/big\n"));
  CHECK(inspect_json(inspection)["images"][0]["largest"][0] == Json{{"path", "usr/lib/big"}, {"bytes", 6000}});
}
