#include <lapstrake/app/inspect/diff.hpp>

#include "journey.hpp"
#include "layers/entries.hpp"
#include "layout.hpp"

using namespace lapstrake;
using layers::Entry;
using layers::Kind;
using Json = HandMade::Json;

namespace {

struct Image {
  HandMade made;
  Json descriptor;
  explicit Image(const std::vector<std::vector<Entry>>& all, Json config = Json::object()) {
    std::vector<Json> blobs;
    std::vector<std::string> diff_ids;
    for (const auto& entries : all) {
      auto [bytes, diff_id] = made.layer(entries);
      blobs.push_back(made.blob(bytes, oci::media_type::layer_gzip));
      diff_ids.push_back(diff_id);
    }
    auto whole = made.config(diff_ids);
    whole["config"] = std::move(config);
    descriptor = made.root(made.manifest(whole, blobs).dump());
  }
};

app::ImageDiff difference(const Image& before, const Image& after) {
  app::Context context;
  context.runtime = process_runtime();
  context.store_root = before.made.dir / "store";
  return app::diff(context, nullptr, before.made.reference(), after.made.reference());
}

// "~ etc/conf mode owner"
std::vector<std::string> changes(const app::ImageDiff& difference) {
  std::vector<std::string> out;
  for (const auto& file : difference.platforms.at(0).files)
    out.push_back(cat(!file.before  ? "+ "
                      : !file.after ? "- "
                                    : "~ ",
                      file.path, file.what.empty() ? "" : " ", join(file.what, " ")));
  return out;
}
using Lines = std::vector<std::string>;

Entry with(Entry entry, std::uint32_t mode, std::uint32_t uid = 0) {
  entry.mode = mode;
  entry.uid = uid;
  return entry;
}

}  // namespace

TEST_CASE("an image does not differ from itself") {
  const Image image({{layers::file("a", "1")}});
  const auto found = difference(image, image);
  CHECK(found.same());
}

TEST_CASE("each way that a file may differ is named") {
  const Image before({{layers::folder("etc"), layers::file("etc/bytes", "one"), layers::file("etc/gone", "x"),
                       layers::file("etc/mode", "m"), layers::file("etc/owner", "o"), layers::file("etc/same", "s"),
                       layers::file("etc/type", "t"), layers::link(Kind::symlink, "etc/link", "a")}});
  const Image after(
      {{layers::folder("etc"), layers::file("etc/bytes", "two"), with(layers::file("etc/mode", "m"), 0600),
        layers::file("etc/new", "n"), with(layers::file("etc/owner", "o"), 0644, 33), layers::file("etc/same", "s"),
        layers::folder("etc/type"), layers::link(Kind::symlink, "etc/link", "b")}});
  CHECK(changes(difference(before, after)) == Lines{"~ etc/bytes content", "- etc/gone", "~ etc/link target",
                                                    "~ etc/mode mode", "+ etc/new", "~ etc/owner owner",
                                                    "~ etc/type type mode"});
}

TEST_CASE("files are those of the merged tree, whatever the layers") {
  const std::vector<Entry> base = {layers::folder("d"), layers::file("d/a", "1"), layers::file("d/b", "2"),
                                   layers::file("e", "3")};
  const Image flat({{layers::folder("d"), layers::file("d/b", "2")}});
  CHECK(changes(difference(flat, Image({base, {layers::file("d/.wh.a"), layers::file(".wh.e")}}))).empty());
  CHECK(changes(difference(flat, Image({base,
                                        {layers::folder("d"), layers::file("d/.wh..wh..opq"), layers::file("d/b", "2"),
                                         layers::file(".wh.e")}})))
            .empty());
  CHECK(changes(difference(Image({base}), Image({base, {layers::file("d", "a file now")}}))) ==
        Lines{"~ d type mode", "- d/a", "- d/b"});
}

TEST_CASE("a link on the way is followed, and a hard link has what its target has") {
  const std::vector<Entry> base = {layers::folder("usr"), layers::folder("usr/bin"), layers::file("usr/bin/sh", "#"),
                                   layers::link(Kind::symlink, "bin", "usr/bin")};
  const Image before({base});
  CHECK(changes(difference(before, Image({base, {layers::file("bin/new", "n")}}))) == Lines{"+ usr/bin/new"});
  const Image linked({base, {layers::file("a", "#"), layers::link(Kind::hardlink, "b", "a")}});
  CHECK(changes(difference(linked, Image({base, {layers::file("a", "#"), layers::file("b", "#")}}))).empty());
}

TEST_CASE("config members are compared one by one") {
  const Image before({{layers::file("a")}}, {{"Env", {"A=1", "B=2"}}, {"User", "web"}, {"Labels", {{"x", "1"}}}});
  const Image after({{layers::file("a")}}, {{"Env", {"A=1", "B=3"}}, {"Cmd", {"run"}}, {"Labels", {{"x", "2"}}}});
  Lines lines;
  const auto found = difference(before, after);
  for (const auto& one : found.platforms.at(0).members)
    lines.push_back(cat(one.name, ": ", one.before.value_or("-"), " ", one.after.value_or("-")));
  CHECK(lines == Lines{R"(config.Cmd: - ["run"])", R"(config.Env B: "2" "3")", R"(config.Labels x: "1" "2")",
                       R"(config.User: "web" -)"});
}

TEST_CASE("a layer that leads out of the image, or round in a circle, is refused") {
  const Image good({{layers::file("a", "1")}});
  const Image bad(GENERATE(
      std::vector<std::vector<Entry>>{{layers::link(Kind::hardlink, "b", "nowhere")}},
      std::vector<std::vector<Entry>>{{layers::link(Kind::symlink, "x", "y"), layers::link(Kind::symlink, "y", "x")},
                                      {layers::file("x/file", "1")}}));
  CHECK(failure_of([&] { difference(good, bad); }).kind() == ErrorKind::integrity);
}
