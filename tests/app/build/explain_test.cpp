// What `plan` and `build --explain` report about an image, from real builds.
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <lapstrake/app/build/explain.hpp>

#include "journey.hpp"

using namespace lapstrake;

namespace {

using Texts = std::vector<std::string>;
using Status = app::LayerChange::Status;

// All parts of an explanation, one line each; nothing for unchanged ones.
Texts lines_of(const app::ImageChange& image) {
  Texts out;
  if (image.base_before) out.push_back("base");
  for (const auto& reason : image.reasons) out.push_back(reason);
  for (const auto& layer : image.layers) {
    if (layer.status == Status::added) out.push_back(layer.layer + ": new");
    for (const auto& reason : layer.reasons) out.push_back(layer.layer + ": " + reason);
    for (const auto& change : layer.changes)
      out.push_back(cat(layer.layer, ": ", layers::name_of(change.what), " ", change.path));
    if (layer.status == Status::rebuilt && layer.reasons.empty() && layer.changes.empty())
      out.push_back(layer.layer + "?");
  }
  for (const auto& member : image.config) out.push_back("config " + member);
  return out;
}

struct Workshop : Journey {
  std::int64_t epoch = 0;

  Workshop() { dir.write("public/style.css", "h1 {}\n"); }

  app::BuiltImage made(bool dry_run, const std::string& name = "web") {
    auto context = this->context();
    context.build.explain = true;
    context.build.dry_run = dry_run;
    context.build.epoch = epoch;
    return app::build(context, project(), {name}, {}).at(0);
  }
  app::BuiltImage built(const std::string& name = "web") { return made(false, name); }
  app::BuiltImage planned() { return made(true); }
  Texts changes(const std::string& name = "web") { return lines_of(built(name).changes.at(0)); }

  std::filesystem::path page() const { return dir / "public/index.html"; }
  // Changes the spec in one place.
  void respell(const std::string& from, const std::string& to) {
    const auto spec = dir.read("lapstrake.yaml");
    REQUIRE(spec.find(from) != std::string::npos);
    dir.write("lapstrake.yaml", replace_all(spec, from, to));
  }
  void export_image(const std::string& name, const std::string& folder) {
    auto context = this->context();
    app::build(context, project(), {name}, {{.where = oci::parse_disk_reference("oci:" + (dir / folder).string())}});
  }
};

}  // namespace

TEST_CASE("of a first build all is new; of the next, nothing") {
  Workshop shop;
  const auto first = shop.built();
  CHECK_FALSE(first.before);
  CHECK_FALSE(first.changes.at(0).before);
  CHECK(lines_of(first.changes.at(0)) == Texts{"site: new", "settings: new"});
  const auto again = shop.built();
  CHECK(again.before == first.root.digest);
  CHECK(again.root.digest == first.root.digest);
  CHECK(again.changes.at(0).before == again.changes.at(0).after);
  CHECK(lines_of(again.changes.at(0)).empty());
}

TEST_CASE("a rebuilt layer is reported with its changes") {
  const struct {
    std::string what;
    Texts messages;
    std::function<void(Workshop&)> act;
  } cases[] = {
      {"nothing", {}, [](auto&) {}},
      {"a touch", {}, [](auto& shop) { shop.dir.write("public/index.html", "hello\n"); }},
      {"an edit", {"site: content www/index.html"}, [](auto& shop) { shop.dir.write("public/index.html", "HELLO\n"); }},
      {"a mode", {"site: mode www/index.html"}, [](auto& shop) { ::chmod(shop.page().c_str(), 0755); }},
      {"an owner",
       {"site: owner www", "site: owner www/index.html", "site: owner www/style.css"},
       [](auto& shop) { shop.respell("to: /www/", "to: /www/, owner: \"33:33\""); }},
      {"a new file", {"site: added www/new"}, [](auto& shop) { shop.dir.write("public/new", ""); }},
      {"a removed file", {"site: removed www/index.html"}, [](auto& shop) { std::filesystem::remove(shop.page()); }},
      {"a renamed file",
       {"site: added www/home.html", "site: removed www/index.html"},
       [](auto& shop) { std::filesystem::rename(shop.page(), shop.dir / "public/home.html"); }},
      {"a hard link that comes later",
       {"site: added www/twin"},
       [](auto& shop) { std::filesystem::create_hard_link(shop.page(), shop.dir / "public/twin"); }},
      {"a hard link that comes earlier",
       {"site: added www/a", "site: kind www/index.html"},
       [](auto& shop) { std::filesystem::create_hard_link(shop.page(), shop.dir / "public/a"); }},
      {"a link in a file's place",
       {"site: kind www/index.html"},
       [](auto& shop) {
         std::filesystem::remove(shop.page());
         std::filesystem::create_symlink("style.css", shop.page());
       }},
      {"a text of the spec", {"settings: content etc/web.ini"}, [](auto& shop) { shop.respell("debug=0", "debug=1"); }},
      {"another codec",
       {"site: compression was gzip 1 and is none", "settings: compression was gzip 1 and is none"},
       [](auto& shop) { shop.respell("    layers:", "    compression: none\n    layers:"); }},
      {"an epoch",
       {"site: SOURCE_DATE_EPOCH was 0 and is 7", "settings: SOURCE_DATE_EPOCH was 0 and is 7", "config created"},
       [](auto& shop) { shop.epoch = 7; }},
      {"settings",
       {"config Entrypoint", "config Env", "config User"},
       [](auto& shop) { shop.respell("[ /bin/web ]", "[ /bin/shop ]\n    env: { A: b }\n    user: www"); }},
      {"an annotation",
       {"config annotations"},
       [](auto& shop) { shop.respell("[ /bin/web ]", "[ /bin/web ]\n    annotations: { a.b: c }"); }},
      {"a new layer",
       {"more: new"},
       [](auto& shop) {
         shop.respell("    entrypoint", "      - { name: more, files: [ { path: /a, text: a } ] }\n    entrypoint");
       }},
      {"a layer's name",
       {"layer settings was removed", "conf: new"},
       [](auto& shop) { shop.respell("name: settings", "name: conf"); }},
  };
  for (const auto& [what, wanted, act] : cases) {
    INFO(what);
    Workshop shop;
    const auto before = shop.built().root.digest;
    act(shop);
    const auto planned = shop.planned();
    const auto built = shop.built();
    CHECK(lines_of(planned.changes.at(0)) == wanted);
    CHECK(lines_of(built.changes.at(0)) == wanted);  // a plan is no build to compare with
    CHECK(planned.root.digest == built.root.digest);
    CHECK(built.before == before);
    CHECK((built.root.digest == before) == wanted.empty());
    CHECK(shop.changes().empty());
  }
}

TEST_CASE("the layers' order is told") {
  Workshop shop;
  shop.built();
  shop.respell("name: site", "name: aside");
  shop.respell("name: settings", "name: site");
  shop.respell("name: aside", "name: settings");
  const auto change = shop.changes();
  REQUIRE_FALSE(change.empty());
  CHECK(change.at(0) == "the order of the layers changed");
}

TEST_CASE("a plan gives no name, and a second one says the same") {
  Workshop shop;
  const auto first = shop.planned(), second = shop.planned();
  CHECK(lines_of(first.changes.at(0)) == lines_of(second.changes.at(0)));
  CHECK_FALSE(second.before);
  CHECK(store::Store::open(shop.dir / "store").refs().empty());
  shop.built();
  shop.dir.write("public/index.html", "edited\n");
  const auto once = shop.planned(), twice = shop.planned();
  CHECK(lines_of(once.changes.at(0)) == Texts{"site: content www/index.html"});
  CHECK(lines_of(once.changes.at(0)) == lines_of(twice.changes.at(0)));
}

TEST_CASE("a plan's layers are not built again") {
  Workshop shop;
  ::usleep(80'000);  // else the files are too fresh to be known again by their looks
  shop.planned();
  shop.messages.clear();
  shop.built();
  CHECK(shop.messages.find("layer site: unchanged") != std::string::npos);
  CHECK(shop.messages.find("layer settings: unchanged") != std::string::npos);
}

TEST_CASE("a build that failed half-way is not what the next one is compared with") {
  Workshop shop;
  shop.built();
  shop.dir.write("public/index.html", "edited\n");
  shop.respell("debug=0", "debug=1");
  auto context = shop.context();
  context.report.progress = [](const app::Event& event) {
    if (event.subject == "layer settings") throw Error(ErrorKind::input, "the disk is full");
  };
  CHECK(failure_of([&] { app::build(context, shop.project(), {"web"}, {}); }).summary() == "the disk is full");
  CHECK(shop.changes() == Texts{"site: content www/index.html", "settings: content etc/web.ini"});
}

TEST_CASE("without the cache it is known whether a layer changed, and not what of it") {
  Workshop shop;
  shop.built();
  const auto cache = shop.dir / "store/cache";
  const bool is_damaged = GENERATE(true, false);
  const auto forget = [&] {
    if (!is_damaged) std::filesystem::remove_all(cache);
    if (is_damaged)
      for (const auto& file : std::filesystem::directory_iterator(cache / "inventories"))
        std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  };
  forget();
  CHECK(shop.changes().empty());
  forget();
  shop.dir.write("public/index.html", "HELLO\n");
  CHECK(shop.changes() == Texts{"site: previous contents unknown"});
  shop.dir.write("public/index.html", "hello\n");
  CHECK(shop.changes() == Texts{"site: content www/index.html"});  // from then on it is
}

TEST_CASE("a last build whose blobs are gone is no help, and no failure") {
  Workshop shop;
  const auto digest = shop.built().root.digest;
  std::filesystem::remove(shop.dir / "store/blobs/sha256" / std::string(digest.hex()));
  shop.respell("debug=0", "debug=1");
  CHECK(shop.changes() == Texts{"site: new", "settings: new"});
}

TEST_CASE("a base that changed is messages, and its layers are not taken for the image's own") {
  Workshop shop;
  const auto spec = [&](const std::string& text, const std::string& more) {
    return cat("images:\n  base:\n    layers:\n      - { name: site, files: [ { path: /a, text: \"", text, "\" } ] }\n",
               more, "  web:\n    base: oci:base\n    layers:\n",
               "      - { name: site, copy: [ { from: public/, to: /www/ } ] }\n");
  };
  shop.dir.write("lapstrake.yaml", spec("1", "      - { name: old, files: [ { path: /b, text: b } ] }\n"));
  shop.export_image("base", "base");
  shop.built();
  CHECK(shop.changes().empty());
  std::filesystem::remove_all(shop.dir / "base");
  shop.dir.write("lapstrake.yaml", spec("2", ""));
  shop.export_image("base", "base");
  const auto changed = shop.planned().changes.at(0);
  CHECK(lines_of(changed) == Texts{"base"});
  CHECK(changed.base_before->starts_with("sha256:"));
  CHECK(changed.base_before != changed.base_after);
  shop.dir.write("public/index.html", "HELLO\n");
  CHECK(shop.changes() == Texts{"base", "site: content www/index.html"});
  shop.respell("    base: oci:base\n", "");
  const auto none = shop.built().changes.at(0);
  CHECK(lines_of(none) == Texts{"base"});
  CHECK(none.base_after == "scratch");
}

TEST_CASE("platforms are messages one by one, and those that are gone") {
  Workshop shop;
  shop.respell("    tags", "    platforms: [ linux/amd64, linux/arm64 ]\n    tags");
  shop.built();
  shop.respell("linux/arm64 ]", "linux/s390x ]");
  const auto other = shop.built();
  REQUIRE(other.changes.size() == 2);
  CHECK(lines_of(other.changes[0]).empty());
  CHECK(lines_of(other.changes[1]) == Texts{"site: new", "settings: new"});
  CHECK(other.platforms_gone == std::vector{oci::Platform::parse("linux/arm64")});
  shop.respell("linux/amd64, linux/s390x", "linux/amd64");
  const auto one = shop.built();
  CHECK(one.before == other.root.digest);
  CHECK(one.before != one.root.digest);
  CHECK(lines_of(one.changes.at(0)).empty());
  CHECK(one.platforms_gone == std::vector{oci::Platform::parse("linux/s390x")});
}

TEST_CASE("a layer that another image built first has other tags: sizes are compared, contents are not") {
  Workshop shop;
  shop.dir.write("code/index.html", "HELLO\n");
  shop.dir.write("code/style.css", "h1 { color: teal }\n");
  shop.dir.write("lapstrake.yaml", R"(images:
  web: { layers: [ { name: site, copy: [ { from: public/, to: /www/ } ] } ] }
  job: { layers: [ { name: site, copy: [ { from: code/, to: /www/ } ] } ] }
)");
  ::usleep(80'000);  // else the files are too fresh to be known again by their looks
  shop.built("web");
  shop.built("job");
  shop.respell("from: code/", "from: public/");
  CHECK(shop.changes("job") ==
        Texts{"site: files of the same size could not be compared", "site: content www/style.css"});
}

TEST_CASE("an image that is given has no explanation, and a plan with it gives no name") {
  Workshop shop;
  shop.export_image("web", "given");
  const auto last = shop.built().root.digest;
  shop.dir.write("public/index.html", "edited\n");
  const auto edited = shop.built().root.digest;
  auto context = shop.context();
  context.build.explain = true;
  context.images.prebuilt.emplace("web", oci::parse_reference("oci:" + (shop.dir / "given").string()));
  const auto with = [&](bool dry_run) {
    context.build.dry_run = dry_run;
    return app::build(context, shop.project(), {"web"}, {}).at(0);
  };
  const auto planned = with(true);
  CHECK(planned.changes.empty());
  CHECK(planned.root.digest == last);
  CHECK(planned.before == edited);
  CHECK(with(false).before == edited);
  CHECK(with(false).before == last);
}
