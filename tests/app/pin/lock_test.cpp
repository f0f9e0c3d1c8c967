// Bases that are pinned, vendored, and read without a network.
#include <algorithm>
#include <lapstrake/app/check/check.hpp>
#include <lapstrake/app/images/base_name.hpp>
#include <lapstrake/app/inspect/verify.hpp>
#include <lapstrake/app/pin/lock.hpp>
#include <lapstrake/app/pin/vendor.hpp>
#include <lapstrake/app/publish/copy.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/oci/image.hpp>

#include "journey.hpp"

using namespace lapstrake;
using Kind = app::LockChange::Kind;

namespace {

const std::string some_digest = "sha256:" + std::string(64, '1');

// A registry with `base:v1` for two platforms, and a project whose `app` is built on it.
struct Pinning : Journey {
  oci::PinnedReference first = push_base("one");

  Pinning() { lay("v1"); }

  oci::PinnedReference push_base(const std::string& text, const std::string& tag = "v1") {
    dir.write("base/lapstrake.yaml",
              cat("images:\n  base:\n    repository: ", box->registry_host(), "/base\n    tags: [", tag,
                  "]\n    platforms: [linux/amd64, linux/arm64]\n    layers:\n      - name: root\n        files: [ { "
                  "path: /etc/base, text: ",
                  text, " } ]\n"));
    auto context = this->context();
    context.store_root = dir / "another-store";
    return app::push(context, read("base/lapstrake.yaml"), {}, {}).at(0).references.at(0);
  }

  void lay(const std::string& tag, const std::string& more = "") {
    dir.write("lapstrake.yaml",
              cat("images:\n  app:\n    repository: ", box->registry_host(),
                  "/app\n    platforms: [linux/amd64, linux/arm64]\n    base: ", name(tag),
                  "\n    layers: [ { name: own, files: [ { path: /etc/own, text: mine } ] } ]\n", more));
  }

  std::string name(const std::string& tag) const { return cat(box->registry_host(), "/base:", tag); }
  spec::Project read(const char* file) const {
    spec::ReadOptions options;
    options.file = dir / file;
    options.environment = environment;
    options.environment_variables = [](std::string_view) { return std::nullopt; };
    auto result = spec::read(options);
    REQUIRE(result.project);
    return std::move(*result.project);
  }
  // As the program reads it.
  spec::Project pinned(const app::Context& context) {
    auto project = read("lapstrake.yaml");
    app::pin_bases(context, project);
    return project;
  }
  std::vector<app::LockChange> lock(const app::LockSettings& settings = {}) {
    return app::lock(context(), read("lapstrake.yaml"), settings);
  }
  std::string lock_text() const { return read_file(dir / "lapstrake.lock"); }

  oci::Digest built(const app::Context& context) {
    return app::build(context, pinned(context), {}, {}).at(0).root.digest;
  }
  oci::Digest built() { return built(context()); }
  std::size_t asked_for_tags() const { return count("HEAD", "/v2/base/manifests/v") + count("GET", "/manifests/v"); }

  // As on another host, with the project's folder and nothing else.
  app::Context isolated() {
    auto context = this->context();
    context.store_root = dir / "isolated-store";
    context.bases.vendor_folder = dir / "vendored";
    context.connection.offline = context.bases.locked = true;
    return context;
  }
  void vendor() { app::vendor(context(), read("lapstrake.yaml"), dir / "vendored"); }
};

}  // namespace

TEST_CASE("a lock is written one entry a line, sorted, and read as the same") {
  const app::Lock lock{.images = {{"r.example/b:v1", *oci::Digest::parse(some_digest)},
                                  {"oci:../a:v1", *oci::Digest::parse(some_digest)}}};
  const auto text = app::render(lock);
  CHECK(text == cat("{\n  \"version\": 2,\n  \"images\": {\n    \"oci:../a:v1\": \"", some_digest,
                    "\",\n    \"r.example/b:v1\": \"", some_digest, "\"\n  }\n}\n"));
  CHECK(app::parse_lock(text, "it") == lock);
}

TEST_CASE("a lock of version 1 is read, and written as version 2") {
  const auto text = cat(R"({"version":1,"bases":{"r.example/b:v1":")", some_digest, R"("}})");
  const auto lock = app::parse_lock(text, "it");
  CHECK(lock.is_version_1);
  CHECK(lock.images.size() == 1);
  CHECK_THAT(app::render(lock), Contains("\"version\": 2"));
}

TEST_CASE("packages and fetched files are entries of the lock, one a line") {
  const auto digest = *oci::Digest::parse(some_digest);
  const packages::LockedFile flask{.name = "flask-3.1.0-py3-none-any.whl",
                                   .package = "flask",
                                   .version = "3.1.0",
                                   .digest = digest,
                                   .size = 102979,
                                   .why = "requirements.txt:1"};
  const packages::LockedFile tini{.name = "https://example.com/tini", .digest = digest, .size = 3};
  const packages::LockedInstall install{
      .name = "pip requirements.txt, cpython 3.11", .inputs = digest, .files = {flask}};
  const app::Lock lock{.images = {},
                       .packages = {.installs = {{install.name, install}}, .fetched = {{tini.name, tini}}}};
  const auto text = app::render(lock);
  CHECK(app::parse_lock(text, "it") == lock);
  CHECK_THAT(text, Contains(cat(
                       "\n        \"flask-3.1.0-py3-none-any.whl\": {\"package\": \"flask\", \"version\": \"3.1.0\", ",
                       "\"sha256\": \"", digest.hex(), "\", \"size\": 102979, \"why\": \"requirements.txt:1\"}\n")));
  const auto broken = replace_all(text, "\"size\": 3", GENERATE("\"size\": -3", "\"size\": \"3\"", "\"other\": 3"));
  CHECK(failure_of([&] { app::parse_lock(broken, "it"); }).kind() == ErrorKind::usage);
}

TEST_CASE("a lock that is not one is refused as a whole, with the file's name and the cure") {
  const auto [text, why] = GENERATE(table<const char*, const char*>({
      {"", "not valid JSON"},
      {"[]", "is not a JSON object"},
      {"<<<<<<< HEAD", "not valid JSON"},
      {R"({"bases":{}})", "`version`"},
      {R"({"version":"1","bases":{}})", "`version`"},
      {R"({"version":0,"bases":{}})", "an invalid `version`"},
      {R"({"version":3,"images":{}})", "newer lapstrake"},
      {R"({"version":1,"bases":{},"packages":{}})", "newer lapstrake"},
      {R"({"version":1})", "no `bases`"},
      {R"({"version":1,"bases":{"debian:12":"sha256:00"}})", "an invalid image name"},
      {R"({"version":1,"bases":{"docker.io/library/debian":"x"}})", "an invalid image name"},
      {R"({"version":1,"bases":{"docker.io/library/debian:12":"latest"}})", "no valid digest"},
      {R"({"version":1,"bases":{"oci:../a/../b:v1":"x"}})", "an invalid image name"},
      {R"({"version":1,"bases":{},"bases":{}})", "duplicate"},
  }));
  const auto error = failure_of([&, given = text] { app::parse_lock(given, "`lapstrake.lock`"); });
  CAPTURE(text, report(error));
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(report(error), Contains(why) && Contains("lapstrake.lock"));
  CHECK_THAT(error.help(), Contains("`lapstrake lock`"));
}

TEST_CASE("a lock that cannot be read is told with the cure") {
  Pinning journey;
  const auto file = journey.dir / "lapstrake.lock";
  if (GENERATE(true, false))
    std::filesystem::create_directory(file);
  else
    std::filesystem::create_symlink("nowhere", file);
  const auto error = failure_of([&] { journey.pinned(journey.context()); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(report(error), Contains("cannot read `lapstrake.lock`: ") && Contains("run `lapstrake lock`"));
}

TEST_CASE("what another process writes into the lock meanwhile stays") {
  Pinning journey;
  auto context = journey.context();
  const auto theirs = app::Lock{.images = {{"r.example/b:v1", *oci::Digest::parse(some_digest)}}};
  context.report.log = [&](const std::string&) { journey.dir.write("lapstrake.lock", render(theirs)); };
  app::lock(context, journey.read("lapstrake.yaml"));
  const auto lock = app::parse_lock(journey.lock_text(), "it");
  CHECK(lock.images.size() == 2);
  CHECK(lock.images.contains("r.example/b:v1"));
  CHECK(lock.images.contains(journey.name("v1")));
}

TEST_CASE("nothing is pruned while some base cannot be told") {
  Pinning journey;
  journey.lay("v1", "environments: { production: { images: { app: { base: \"${env.PRODUCTION_BASE}\" } } } }\n");
  journey.dir.write("lapstrake.lock", render(app::Lock{.images = {{journey.name("v1"), journey.first.digest},
                                                                  {"r.example/b:v1", journey.first.digest}}}));
  CHECK(app::lock_drift(journey.context(), journey.read("lapstrake.yaml")).empty());
  CHECK(journey.lock({.prune = true}).empty());
  CHECK_THAT(journey.messages, Contains("`r.example/b:v1`; they may still be needed"));
  CHECK_THAT(journey.lock_text(), Contains("r.example/b:v1"));
}

TEST_CASE("a base has one name in the lock, however it is written, and none when it has a digest") {
  const auto [text, name] = GENERATE(table<const char*, const char*>({
      {"debian", "docker.io/library/debian:latest"},
      {"docker.io/library/debian:12", "docker.io/library/debian:12"},
      {"R.Example:5000/a/b", "r.example:5000/a/b:latest"},
      {"debian@sha256:1111111111111111111111111111111111111111111111111111111111111111", ""},
      {"oci:/p/q/base:v1", "oci:base:v1"},
      {"oci:/p/./other:v1", "oci:../other:v1"},
      {"oci:/p/q/base/", "oci:base"},
      {"oci:/p/q/base", "oci:base"},
      {"docker-archive:/p/q/b.tar", "docker-archive:b.tar"},
  }));
  CHECK(app::lock_name("/p/q", oci::parse_reference(text)).value_or("") == name);
}

TEST_CASE("a locked base is what it was, and its tag is not asked for") {
  Pinning journey;
  const auto unlocked = journey.built();
  const auto changes = journey.lock();
  REQUIRE(changes.size() == 1);
  CHECK(changes.at(0).kind == Kind::added);
  CHECK(changes.at(0).name == journey.name("v1"));
  CHECK(changes.at(0).after == journey.first.digest);
  CHECK(journey.lock().empty());
  journey.push_base("two");
  const auto asked = journey.asked_for_tags();
  auto elsewhere = journey.context();
  elsewhere.store_root = journey.dir / "new-store";
  CHECK(journey.built(elsewhere) == unlocked);
  CHECK(journey.built() == unlocked);
  CHECK(journey.asked_for_tags() == asked);
  CHECK(app::check(journey.context(), journey.pinned(journey.context())).empty());
}

TEST_CASE("lock --update moves the entries that are named, by base or by image, and no others") {
  Pinning journey;
  journey.push_base("other", "v2");
  journey.lay("v1", cat("  more: { base: \"", journey.name("v2"), "\" }\n"));
  CHECK(journey.lock().size() == 2);
  const auto one = journey.push_base("one again"), two = journey.push_base("other again", "v2");
  const auto [name, tag] = GENERATE(table<const char*, const char*>({{"app", "v1"}, {"more", "v2"}, {"", "v2"}}));
  const auto changes = journey.lock({.update = true, .names = {*name ? name : journey.name("v2")}});
  REQUIRE(changes.size() == 1);
  CHECK(changes.at(0).kind == Kind::moved);
  CHECK(changes.at(0).name == journey.name(tag));
  CHECK(changes.at(0).after == (std::string(tag) == "v1" ? one : two).digest);
  CHECK(app::lock_drift(journey.context(), journey.read("lapstrake.yaml")).size() == 1);
  CHECK(journey.lock({.update = true}).size() == 1);
}

TEST_CASE("an unknown name is told with the nearest") {
  Pinning journey;
  const auto error = failure_of([&] { journey.lock({.update = true, .names = {"aap"}}); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.help(), Contains("did you mean `app`"));
  CHECK_FALSE(std::filesystem::exists(journey.dir / "lapstrake.lock"));
}

TEST_CASE("entries of other environments stay, and what none needs goes with --prune") {
  Pinning journey;
  journey.push_base("staging", "v2");
  journey.lay("v1", cat("environments: { staging: { images: { app: { base: \"", journey.name("v2"), "\" } } } }\n"));
  journey.lock();
  journey.environment = "staging";
  CHECK(journey.lock().at(0).name == journey.name("v2"));
  CHECK(journey.lock({.prune = true}).empty());
  CHECK(app::lock_drift(journey.context(), journey.read("lapstrake.yaml")).empty());
  journey.lay("v2", "environments: { staging: {} }\n");
  const auto drift = app::lock_drift(journey.context(), journey.read("lapstrake.yaml"));
  REQUIRE(drift.size() == 1);
  CHECK(drift.at(0).kind == Kind::removed);
  CHECK(journey.lock().empty());
  CHECK(journey.lock({.prune = true}).at(0).name == journey.name("v1"));
  CHECK(app::parse_lock(journey.lock_text(), "it").images.size() == 1);
}

TEST_CASE("--locked tells every base that is not locked, and asks no registry") {
  Pinning journey;
  journey.lay(
      "v1", cat("  more: { base: \"", journey.name("v2"), "\" }\n  plain: { base: \"", journey.first.text(), "\" }\n"));
  const bool empty = GENERATE(false, true);
  if (empty) journey.dir.write("lapstrake.lock", render(app::Lock()));
  auto context = journey.context();
  context.bases.locked = true;
  const auto asked = journey.box->records().size();
  const auto error = failure_of([&] { journey.pinned(context); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(report(error), Contains(journey.name("v1")) && Contains(journey.name("v2")) && Contains("lapstrake.lock"));
  CHECK_THAT(error.help(), Contains("`lapstrake lock`"));
  CHECK(journey.box->records().size() == asked);
}

TEST_CASE("a base on disk must be the locked one") {
  Pinning journey;
  const auto write_base = [&] {
    app::copy(journey.context(), nullptr, journey.name("v1"),
              oci::parse_reference("oci:" + (journey.dir / "b").string() + ":v1"));
  };
  write_base();
  journey.dir.write("lapstrake.yaml", "images: { app: { base: \"oci:b:v1\", platforms: [linux/arm64] } }\n");
  CHECK(journey.lock().at(0).name == "oci:b:v1");
  const auto before = journey.built();
  CHECK(before == journey.built());
  const auto moved = journey.push_base("two").digest;
  write_base();
  const auto error = failure_of([&] { journey.built(); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.reason(), Contains(journey.first.digest.text()) && Contains(moved.text()));
  CHECK_THAT(error.help(), Contains("`lapstrake lock --update oci:b:v1`"));
  CHECK(app::check(journey.context(), journey.pinned(journey.context())).size() == 1);
  CHECK(journey.lock({.update = true}).at(0).after == moved);
}

TEST_CASE("a locked digest that its registry no longer has is told with the cure") {
  Pinning journey;
  journey.dir.write("lapstrake.lock",
                    app::render({.images = {{journey.name("v1"), *oci::Digest::parse(some_digest)}}}));
  const auto error = failure_of([&] { journey.built(); });
  CHECK(error.kind() == ErrorKind::network);
  CHECK_THAT(error.summary(), Contains(some_digest) && Contains(journey.name("v1")));
  CHECK_THAT(error.help(), Contains(cat("`lapstrake lock --update ", journey.name("v1"), "`")));
}

TEST_CASE("a vendored project is built with no network and an empty store, to the same digest (S55)") {
  Pinning journey;
  journey.vendor();
  const auto online = journey.built();
  journey.push_base("two");
  const auto asked = journey.box->records().size();
  const auto context = journey.isolated();
  const auto project = journey.pinned(context);
  CHECK(app::check(context, project).empty());
  const auto out = journey.dir / "out";
  const auto built =
      app::build(context, project, {}, {{.where = oci::parse_disk_reference("oci:" + out.string() + ":v1")}});
  CHECK(built.at(0).root.digest == online);
  CHECK(app::verify(context, nullptr, "oci:" + out.string() + ":v1").problems.empty());
  CHECK(journey.box->records().size() == asked);
}

TEST_CASE("vendoring again fetches nothing, and heals what is damaged, with no help of the store") {
  Pinning journey;
  journey.vendor();
  auto context = journey.context();
  context.bases.vendor_folder = journey.dir / "vendored";  // as the program has it, beside the spec
  const auto again = [&](const char* store) {
    context.store_root = journey.dir / store;
    return app::vendor(context, journey.read("lapstrake.yaml"), journey.dir / "vendored").at(0);
  };
  const auto whole = again("second-store");
  CHECK(whole.digest == journey.first.digest);
  CHECK(whole.blobs_fetched == 0);
  CHECK(whole.blobs_present == 6);  // an index, two manifests and configs, their layer
  const bool in_index = GENERATE(false, true);
  const auto file =
      journey.dir / (in_index ? "vendored/index.json" : cat("vendored/blobs/sha256/", journey.first.digest.hex()));
  const auto text = read_file(file);
  std::filesystem::resize_file(file, text.size() - 1);
  CHECK_THAT(failure_of([&] { journey.built(journey.isolated()); }).help(), Contains("run `lapstrake vendor` again"));
  CHECK(again("third-store").blobs_fetched == (in_index ? 0 : 1));
  CHECK(read_file(file) == text);
  CHECK((journey.messages.find("recreated the damaged") != std::string::npos) == in_index);
}

TEST_CASE("a vendor folder is a layout even when there is nothing to bring") {
  Pinning journey;
  journey.dir.write("lapstrake.yaml",
                    "images: { app: { layers: [ { name: a, files: [ { path: /a, text: a } ] } ] } }\n");
  journey.vendor();
  CHECK(std::filesystem::exists(journey.dir / "vendored/oci-layout"));
  CHECK(std::filesystem::exists(journey.dir / "vendored/index.json"));
}

TEST_CASE("nothing is vendored into the store, nor into a layout of other images") {
  Pinning journey;
  journey.built();
  const auto layout = journey.dir / "layout";
  app::copy(journey.context(), nullptr, journey.name("v1"), oci::parse_reference(cat("oci:", layout.string(), ":v1")));
  const auto folder = GENERATE(true, false) ? journey.dir / "store" : layout;
  const auto before = read_file(folder / "index.json");
  const auto error = failure_of([&] { app::vendor(journey.context(), journey.read("lapstrake.yaml"), folder); });
  CHECK_THAT(report(error), Contains(cat("cannot vendor into `", folder.string(), "`")));
  CHECK_THAT(error.help(), Contains("use a new folder"));
  CHECK(read_file(folder / "index.json") == before);
  CHECK_FALSE(std::filesystem::exists(journey.dir / "lapstrake.lock"));
}

TEST_CASE("an image that copies its whole project is the same with and without its lock and vendor folder") {
  Pinning journey;
  journey.dir.write("p/page", "mine");
  journey.dir.write("p/lapstrake.yaml", cat("images: { app: { base: \"", journey.name("v1"),
                                            "\", layers: [ { name: own, copy: [ { from: ./, to: /app/ } ] } ] } }\n"));
  const auto built = [&] {
    return app::build(journey.context(), journey.read("p/lapstrake.yaml"), {}, {}).at(0).root.digest;
  };
  const auto before = built();
  app::vendor(journey.context(), journey.read("p/lapstrake.yaml"), journey.dir / "p/lapstrake-vendor");
  REQUIRE(std::filesystem::exists(journey.dir / "p/lapstrake.lock"));
  CHECK(built() == before);
  journey.dir.write("p/.lapstrakeignore", "!lapstrake.lock\n.lapstrakeignore\n");
  CHECK(built() != before);
}

TEST_CASE("vendored layers go to another registry without a word to their own") {
  Pinning journey;
  journey.vendor();
  auto context = journey.isolated();
  context.connection.offline = false;
  const auto asked = journey.count("GET", "/v2/base/") + journey.count("HEAD", "/v2/base/");
  const auto pushed = app::push(context, journey.pinned(context), {}, {}).at(0);
  CHECK(journey.count("GET", "/v2/base/") + journey.count("HEAD", "/v2/base/") == asked);
  CHECK(app::verify(journey.context(), nullptr, pushed.references.at(0).text()).problems.empty());
}

TEST_CASE("what is vendored is verified") {
  Pinning journey;
  journey.vendor();
  auto index = read_file(journey.dir / "vendored/blobs/sha256" / journey.first.digest.hex());
  std::ranges::replace(index, 'a', 'b');
  journey.dir.write(cat("vendored/blobs/sha256/", journey.first.digest.hex()).c_str(), index);
  CHECK(failure_of([&] { journey.built(journey.isolated()); }).kind() == ErrorKind::integrity);
}

TEST_CASE("what the index of a vendor folder says wrongly is not remembered") {
  Pinning journey;
  journey.vendor();
  const auto right = read_file(journey.dir / "vendored/index.json");
  auto wrong = right;
  const auto at = wrong.rfind("image.index.v1");
  REQUIRE(at != std::string::npos);
  journey.dir.write("vendored/index.json", wrong.replace(at, 14, "image.manifest.v1"));
  CHECK(failure_of([&] { journey.built(journey.isolated()); }).kind() == ErrorKind::integrity);
  journey.dir.write("vendored/index.json", right);
  CHECK(journey.built(journey.isolated()) == journey.built());
}

TEST_CASE("without a network what is missing is told, with where to get it") {
  Pinning journey;
  journey.lock();
  const auto asked = journey.box->records().size();
  auto context = journey.isolated();
  SECTION("a base that was never vendored") {
    context.bases.vendor_folder = journey.dir / "vendored/";
    const auto error = failure_of([&] { journey.built(context); });
    CHECK(error.kind() == ErrorKind::input);
    CHECK_THAT(error.summary(), Contains(journey.first.digest.text()));
    CHECK_THAT(error.help(), Contains("`lapstrake vendor`") && Contains("the folder `vendored`"));
  }
  SECTION("a registry") {
    const auto error = failure_of([&] { app::verify(context, nullptr, journey.name("v1")); });
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_THAT(report(error), Contains("--offline"));
  }
  CHECK(journey.box->records().size() == asked);
}

TEST_CASE("a store that has a base builds on it without a network") {
  Pinning journey;
  const auto online = journey.built();
  auto context = journey.context();
  context.connection.offline = true;
  const auto asked = journey.box->records().size();
  CHECK(journey.built(context) == online);
  CHECK_THAT(journey.messages, Contains("using the last known digest"));
  CHECK(journey.box->records().size() == asked);
}
