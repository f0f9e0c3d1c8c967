// Hostile images in a layout, through all commands that read one: each ends with an integrity error that names a limit,
// and none runs for ever.
#include <lapstrake/app/inspect/diff.hpp>
#include <lapstrake/app/inspect/inspect.hpp>
#include <lapstrake/app/inspect/verify.hpp>
#include <lapstrake/app/publish/copy.hpp>
#include <lapstrake/store/bases.hpp>

#include "journey.hpp"
#include "layers/entries.hpp"
#include "layout.hpp"

using namespace lapstrake;

namespace {

struct Hostile : HandMade {
  std::string messages;

  app::Context context() {
    app::Context context;
    context.runtime = process_runtime();
    context.store_root = dir / "store";
    context.jobs = 1;
    context.report.progress = [this](const app::Event& event) { messages += event.text + "\n"; };
    return context;
  }
  spec::Project project(const std::string& more = "") {
    dir.write("lapstrake.yaml", cat("images: { app: { base: \"", reference(),
                                    "\", layers: [ { name: a, files: [ { path: /x, text: x } ] } ]", more, " } }\n"));
    spec::ReadOptions options;
    options.file = dir / "lapstrake.yaml";
    options.environment_variables = [](std::string_view) { return std::nullopt; };
    auto result = spec::read(options);
    for (const auto& finding : result.findings) UNSCOPED_INFO(report(finding));
    REQUIRE(result.project);
    return std::move(*result.project);
  }
  app::BuiltImage built(const std::string& more = "") { return app::build(context(), project(more), {}, {}).at(0); }

  Json sound_layer() {
    const auto [bytes, diff_id] = layer({layers::file("f", "text")});
    diff_ids = {diff_id};
    return blob(bytes, oci::media_type::layer_gzip);
  }
  Json sound() {
    const auto one = sound_layer();
    return blob(manifest(config(diff_ids), {one}).dump(), oci::media_type::manifest);
  }
  std::vector<std::string> diff_ids;
};

template <class Act>
std::string refusal(Act act) {
  try {
    act();
    return "no failure";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    return report(error);
  }
}

}  // namespace

TEST_CASE("indexes that name one another many times are walked in no time by every command (S14)") {
  Hostile made;
  auto next = made.sound();
  next["platform"] = {{"os", "linux"}, {"architecture", "amd64"}};
  for (int level = 0; level < 4; ++level) {
    std::vector<HandMade::Json> children;
    for (int i = 0; i < 300; ++i) {
      next["annotations"] = {{"n", std::to_string(i)}};
      children.push_back(next);
    }
    const auto text = HandMade::index(children).dump();
    next = level < 3 ? made.blob(text, oci::media_type::index) : made.root(text, oci::media_type::index);
  }
  const auto context = made.context();
  const auto name = made.reference();
  const auto looked = app::inspect(context, nullptr, name, {.files = true});
  CHECK(looked.images.size() == 1);
  CHECK(app::verify(context, nullptr, name, {}).problems.empty());
  app::copy(context, nullptr, name, oci::parse_reference(cat("oci:", (made.dir / "copy").string())), {});
  CHECK(app::diff(context, nullptr, name, cat("oci:", (made.dir / "copy").string())).same());
  CHECK(made.built().manifests.size() == 1);
}

TEST_CASE("lists that are too long for an image are refused by name (S14)") {
  Hostile made;
  const auto layer = made.sound_layer();
  auto config = made.config(made.diff_ids);
  auto manifest = made.manifest(config, {layer});
  std::string limit;
  SECTION("history") {
    config["history"] = HandMade::Json::array();
    for (int i = 0; i <= 10'000; ++i) config["history"].push_back(HandMade::Json::object());
    manifest = made.manifest(config, {layer});
    limit = "has more than 10000 members in `history`";
  }
  SECTION("layers") {
    manifest = made.manifest(config, std::vector<HandMade::Json>(1'001, layer));
    limit = "has more than 1000 members in `layers`";
  }
  SECTION("members that nobody knows") {
    config["zz"] = HandMade::Json::array();
    for (int i = 0; i <= 100'000; ++i) config["zz"].push_back(0);
    manifest = made.manifest(config, {layer});
    limit = "has more than 100000 values";
  }
  made.root(manifest.dump());
  CHECK_THAT(refusal([&] { made.built(); }), Contains(limit));
  CHECK_THAT(refusal([&] { app::inspect(made.context(), nullptr, made.reference(), {}); }), Contains(limit));
}

TEST_CASE("an image that its base brings beyond a limit is not built, rather than never read again") {
  Hostile made;
  const auto layer = made.sound_layer();
  auto config = made.config(made.diff_ids);
  std::string limit;
  SECTION("history") {
    config["history"] = HandMade::Json::array();
    for (int i = 0; i < 10'000; ++i) config["history"].push_back(HandMade::Json::object());
    made.root(made.manifest(config, {layer}).dump());
    limit = "the config of image `app` has more than 10000 members in `history`";
  }
  SECTION("layers") {
    config["rootfs"]["diff_ids"] = std::vector<std::string>(1'000, made.diff_ids.at(0));
    made.root(made.manifest(config, std::vector<HandMade::Json>(1'000, layer)).dump());
    limit = "the manifest of image `app` has more than 1000 members in `layers`";
  }
  CHECK_THAT(refusal([&] { made.built(); }), Contains(limit));
}

TEST_CASE("an index for too many platforms is refused by those who look at each") {
  Hostile made;
  auto child = made.sound();
  std::vector<HandMade::Json> children;
  for (int i = 0; i <= 100; ++i) {
    child["platform"] = {{"os", "linux"}, {"architecture", "amd64"}, {"variant", cat("v", i)}};
    children.push_back(child);
  }
  made.root(HandMade::index(children).dump(), oci::media_type::index);
  CHECK_THAT(refusal([&] { app::inspect(made.context(), nullptr, made.reference(), {}); }),
             Contains("has more than 100 platforms"));
}

TEST_CASE("names in layers end at a limit in each command that lists files (S16)") {
  Hostile made;
  const auto root_of = [&](int links) {
    std::vector<layers::Entry> entries;
    for (int i = 0; i < links; ++i)
      entries.push_back(layers::link(layers::Kind::symlink, cat("l", i), std::string(4000, 't')));
    const auto [bytes, diff_id] = made.layer(entries);
    const auto layer = made.blob(bytes, oci::media_type::layer_gzip);
    return made.root(made.manifest(made.config({diff_id}), {layer}).dump());
  };
  root_of(1);
  app::copy(made.context(), nullptr, made.reference(), oci::parse_reference(cat("oci:", (made.dir / "old").string())),
            {});
  root_of(12'000);
  const auto limit = Contains("all names, link targets and texts need more than 40.");
  CHECK_THAT(refusal([&] { made.built(); }), limit);
  CHECK_THAT(refusal([&] { app::inspect(made.context(), nullptr, made.reference(), {.files = true}); }), limit);
  CHECK_THAT(
      refusal([&] { app::diff(made.context(), nullptr, cat("oci:", (made.dir / "old").string()), made.reference()); }),
      limit);
}

TEST_CASE("a layer's size that its manifest states is compared, although the store has the layer") {
  Hostile made;
  const auto layer = made.sound_layer();
  made.root(made.manifest(made.config(made.diff_ids), {layer}).dump());
  made.built();
  for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{9'223'372'036'854'775'807}}) {
    auto wrong = layer;
    wrong["size"] = size;
    made.root(made.manifest(made.config(made.diff_ids), {wrong}).dump());
    CHECK_THAT(refusal([&] { made.built(); }), Contains("bytes"));
  }
}

TEST_CASE("more layers than Docker takes are warned of, those of the base counted") {
  Hostile made;
  const auto layer = made.sound_layer();
  const auto root_of = [&](std::size_t count) {
    const std::vector<std::string> ids(count, made.diff_ids.at(0));
    made.root(made.manifest(made.config(ids), std::vector<HandMade::Json>(count, layer)).dump());
  };
  root_of(124);
  made.built();
  CHECK_THAT(made.messages, !Contains("Docker runs"));
  root_of(125);
  made.built();
  CHECK_THAT(made.messages, Contains("has 126 layers") && Contains("Docker supports at most 125"));
}

TEST_CASE("an image for arm says the variant of its base") {
  Hostile made;
  const auto layer = made.sound_layer();
  auto config = made.config(made.diff_ids, "arm");
  const auto variant = GENERATE("v7", "");
  if (*variant != '\0') config["variant"] = variant;
  auto descriptor = made.root(made.manifest(config, {layer}).dump());
  if (*variant == '\0') {
    descriptor["platform"] = {{"os", "linux"}, {"architecture", "arm"}, {"variant", "v7"}};
    made.root(HandMade::index({descriptor}).dump(), oci::media_type::index);
  }
  const auto built = made.built(", platforms: [linux/arm]");
  CHECK(built.manifests.at(0).platform->text() == "linux/arm/v7");
  const auto store = store::Store::open(made.dir / "store");
  const auto loaded = oci::load(store.reader("app", built.root), oci::Platform::parse("linux/arm"));
  CHECK(loaded.config.platform.text() == "linux/arm/v7");
}
