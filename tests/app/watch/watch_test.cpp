// Real files, the real inotify: each test waits for an outcome, never for a time.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <lapstrake/app/watch/watch.hpp>
#include <mutex>
#include <thread>

#include "journey.hpp"
#include "watched_folders.hpp"
#include "watched_sources.hpp"

using namespace lapstrake;
using namespace std::chrono_literals;

namespace {

constexpr const char* small_spec = R"(images:
  web: { layers: [ { name: site, copy: [ { from: public/, to: /www/, exclude: [ "*.tmp" ] } ] } ] }
  job: { layers: [ { name: code, copy: [ { from: code/, to: /code/ } ] } ] }
)";

// A watch at work on a thread of its own.
struct Watching {
  Journey journey;
  std::mutex mutex;
  std::condition_variable happened;
  std::deque<std::string> results;  // "web sha256:..."
  std::deque<std::string> failures;
  std::atomic<unsigned> builds = 0;
  std::function<void()> at_result = [] {};
  std::optional<Error> end;
  bool interrupted = false;
  std::jthread thread;

  explicit Watching(const std::string& spec = small_spec) {
    journey.dir.write("lapstrake.yaml", spec);
    journey.dir.write("code/main.py", "print()\n");
  }

  std::optional<spec::Project> read() {
    spec::ReadOptions options;
    options.file = journey.dir / "lapstrake.yaml";
    auto result = spec::read(options);
    if (!result.project) put(failures, "spec");
    return std::move(result.project);
  }

  void put(std::deque<std::string>& list, const std::string& text) {
    const std::lock_guard lock(mutex);
    list.push_back(text);
    happened.notify_all();
  }

  void start(const app::WatchSettings& settings = {}) {
    thread = std::jthread([this, settings] {
      auto context = journey.context();
      context.report.log = nullptr;
      context.report.progress = [this](const app::Event& event) {
        builds += event.kind == app::Event::Kind::finished || event.kind == app::Event::Kind::reused;
      };
      const app::WatchReports reports{
          .built =
              [this](const auto& built) { at_result(), put(results, cat(built.name, " ", built.root.digest.text())); },
          .pushed = [this](const auto& pushed) { put(results, pushed.references.front().text()); },
          .failed = [this](const auto& error) { put(failures, report(error)); }};
      try {
        app::watch(
            context, journey.dir / "lapstrake.yaml", [this] { return read(); }, settings, reports);
      } catch (const Interrupted&) {
        interrupted = true;
      } catch (const Error& error) {
        end = error;
      }
      put(failures, "the watch ended");
    });
  }

  ~Watching() { stop(); }
  void stop() {
    journey.stop.request_stop();
    if (thread.joinable()) thread.join();
  }

  std::string next(std::deque<std::string>& list) {
    std::unique_lock lock(mutex);
    const bool came = happened.wait_for(lock, 30s, [&] { return !list.empty(); });
    for (const auto& failure : failures) UNSCOPED_INFO(failure);
    REQUIRE(came);
    const auto first = list.front();
    list.pop_front();
    return first;
  }
  std::string result() { return next(results); }
  std::string failure() { return next(failures); }

  // What a build that has never seen anything makes of the files now.
  std::string fresh(const std::string& name) {
    auto context = journey.context();
    context.store_root = journey.dir / "fresh";
    context.build.no_cache = true;
    context.report.progress = [](const app::Event&) {};
    return cat(name, " ", app::build(context, *read(), {name}, {}).at(0).root.digest.text());
  }

  // The last result is what stands on the disk, however many came before.
  void settle(const std::string& name) {
    const auto wanted = fresh(name);
    while (result() != wanted) continue;
  }
};

}  // namespace

TEST_CASE("an edit is a new digest, of the images that it concerns") {
  Watching w;
  w.start();
  CHECK(w.result() == w.fresh("web"));
  CHECK(w.result() == w.fresh("job"));
  w.journey.dir.write("public/index.html", "edited\n");
  CHECK(w.result() == w.fresh("web"));
  w.journey.dir.write("code/main.py", "print(1)\n");
  CHECK(w.result() == w.fresh("job"));
  w.stop();
  CHECK(w.results.empty());
  CHECK(w.interrupted);
}

TEST_CASE("whatever is done to the files of an image is seen") {
  Watching w;
  const auto dir = w.journey.dir.path();
  w.journey.dir.write("public/deep/er/page.html", "1");
  w.journey.dir.write("elsewhere/moved/in/page.html", "1");
  const struct {
    std::string what;
    std::function<void()> act;
  } acts[] = {
      {"a save by rename",
       [&] {
         w.journey.dir.write("public/.index.html.swp", "saved\n");
         std::filesystem::rename(dir / "public/.index.html.swp", dir / "public/index.html");
       }},
      {"a file far below", [&] { w.journey.dir.write("public/deep/er/page.html", "22"); }},
      {"new folders at once", [&] { w.journey.dir.write("public/new/and/newer/page.html", "3"); }},
      {"a file in a new folder", [&] { w.journey.dir.write("public/new/and/newer/page.html", "44"); }},
      {"an empty folder", [&] { std::filesystem::create_directory(dir / "public/empty"); }},
      {"another mode", [&] { REQUIRE(::chmod((dir / "public/index.html").c_str(), 0755) == 0); }},
      {"a link", [&] { std::filesystem::create_symlink("index.html", dir / "public/link"); }},
      {"a folder renamed", [&] { std::filesystem::rename(dir / "public/new", dir / "public/old"); }},
      {"a file in it", [&] { w.journey.dir.write("public/old/and/newer/page.html", "555"); }},
      {"a folder moved in", [&] { std::filesystem::rename(dir / "elsewhere/moved", dir / "public/moved"); }},
      {"a file of what came", [&] { w.journey.dir.write("public/moved/in/page.html", "666"); }},
      {"a folder moved out", [&] { std::filesystem::rename(dir / "public/moved", dir / "elsewhere/again"); }},
      {"a folder deleted", [&] { std::filesystem::remove_all(dir / "public/deep"); }},
      {"all of it replaced",
       [&] {
         w.journey.dir.write("next/index.html", "next\n");
         std::filesystem::rename(dir / "public", dir / "before");
         std::filesystem::rename(dir / "next", dir / "public");
       }},
      {"a file in what replaced it", [&] { w.journey.dir.write("public/index.html", "last\n"); }},
      {"another spec", [&] { w.journey.dir.write("lapstrake.yaml", replace_all(small_spec, "/www/", "/srv/")); }},
      {"an ignore file",
       [&] {
         w.journey.dir.write("public/log.txt", "");
         w.journey.dir.write(".lapstrakeignore", "public/*.html\n");
       }},
  };
  w.start({.names = {"web"}});
  w.settle("web");
  for (const auto& [what, act] : acts) {
    INFO(what);
    act();
    w.settle("web");
  }
}

TEST_CASE("what is left out, and a change that makes no difference, give no digest") {
  Watching w;
  w.start({.names = {"web"}});
  w.settle("web");
  w.journey.dir.write("public/scratch.tmp", "left out");
  REQUIRE(::utimensat(AT_FDCWD, (w.journey.dir / "public/index.html").c_str(), nullptr, 0) == 0);
  w.journey.dir.write("public/index.html", "hello\n");
  w.journey.dir.write("public/other.html", "now it does\n");
  CHECK(w.result() == w.fresh("web"));
}

TEST_CASE("a broken spec, and a source that is gone, are told; mended they are built") {
  Watching w;
  w.start({.names = {"web"}});
  w.settle("web");
  w.journey.dir.write("lapstrake.yaml", "imges: {}\n");
  CHECK(w.failure() == "spec");
  w.journey.dir.write("lapstrake.yaml", std::string(small_spec) + "vars: {}\n");
  std::filesystem::rename(w.journey.dir / "public", w.journey.dir / "gone");
  CHECK_THAT(w.failure(), Contains("`public` does not exist"));
  w.journey.dir.write("public/index.html", "back\n");
  w.settle("web");
}

TEST_CASE("a spec that is broken from the start is awaited") {
  Watching w("images: [\n");
  w.start();
  CHECK(w.failure() == "spec");
  w.journey.dir.write("lapstrake.yaml", small_spec);
  CHECK(w.result() == w.fresh("web"));
}

TEST_CASE("a mistake of the command line ends the watch at once") {
  Watching w;
  w.start({.names = {"wbe"}});
  CHECK(w.failure() == "the watch ended");
  REQUIRE(w.end);
  CHECK(w.end->kind() == ErrorKind::usage);
  CHECK(w.end->help() == "did you mean `web`?");
}

TEST_CASE("a burst of edits is few builds") {
  Watching w;
  w.start({.names = {"web"}, .quiet = 100ms, .patience = 10s});
  w.settle("web");
  const unsigned before = w.builds;
  for (int i = 0; i < 100; ++i) w.journey.dir.write(cat("public/", i % 7, ".html"), std::to_string(i));
  w.settle("web");
  w.stop();
  CHECK(w.builds - before <= 5);
}

TEST_CASE("edits that never rest are built all the same") {
  Watching w;
  w.start({.names = {"web"}, .quiet = 1h, .patience = 50ms});
  w.settle("web");
  w.journey.dir.write("public/index.html", "edited\n");
  CHECK(w.result() == w.fresh("web"));
}

TEST_CASE("a change during a build leads to one more") {
  Watching w;
  bool done = false;
  w.at_result = [&] {
    if (std::exchange(done, true)) return;
    w.journey.dir.write("public/index.html", "while it was told\n");
  };
  w.start({.names = {"web"}});
  w.result();
  CHECK(w.result() == w.fresh("web"));
}

TEST_CASE("when the kernel lost count, everything is looked at again") {
  Watching w;
  bool done = false;
  w.at_result = [&] {  // nothing reads the events meanwhile
    if (std::exchange(done, true)) return;
    const auto a = w.journey.dir.write("public/a", ""), b = w.journey.dir.write("public/b", "");
    const auto most = std::stoul("0" + read_file("/proc/sys/fs/inotify/max_queued_events"));
    for (std::size_t i = 0; i < most; ++i)
      REQUIRE(::utimensat(AT_FDCWD, (i % 2 == 0 ? a : b).c_str(), nullptr, 0) == 0);
    w.journey.dir.write("public/unseen/page.html", "1");
  };
  w.start({.names = {"web"}});
  w.result();
  w.settle("web");
  w.journey.dir.write("public/unseen/page.html", "22");
  w.settle("web");
}

TEST_CASE("the store and the outputs may lie among the sources") {
  Watching w(replace_all(small_spec, "public/", "."));
  w.journey.dir.write(".lapstrakeignore", "out\nout.tar\nstore\nfresh\nsandbox\n");
  const auto output = [&](const std::string& text) { return app::Output{.where = oci::parse_disk_reference(text)}; };
  w.start({.names = {"web"},
           .outputs = {output(cat("oci:", (w.journey.dir / "out").string(), ":v1")),
                       output(cat("oci-archive:", (w.journey.dir / "out.tar").string()))}});
  w.settle("web");
  w.journey.dir.write("public/index.html", "edited\n");
  w.settle("web");
  const unsigned before = w.builds;
  w.journey.dir.write("out/index.json.note", "not ours, but in what is");
  w.journey.dir.write("public/index.html", "edited again\n");
  w.settle("web");
  w.stop();
  CHECK(w.builds - before <= 2);
}

TEST_CASE("a base on disk is watched") {
  Watching w(cat(small_spec, "  app: { base: \"oci:base:v1\" }\n"));
  auto base = [&](const std::string& text) {
    w.journey.dir.write("code/main.py", text);
    auto context = w.journey.context();
    context.report.progress = [](const app::Event&) {};
    app::build(context, *w.read(), {"job"},
               {{.where = oci::parse_disk_reference(cat("oci:", (w.journey.dir / "base").string(), ":v1"))}});
  };
  base("1");
  w.start({.names = {"app"}});
  w.settle("app");
  base("22");
  w.settle("app");
}

TEST_CASE("links are followed as far as the copy follows them") {
  Watching w(
      "images: { web: { layers: [ { name: site, copy: [ { from: site/, to: /www/, symlinks: follow } ] } ] } }\n");
  const auto dir = w.journey.dir.path();
  w.journey.dir.write("shared/one/page.html", "1");
  w.journey.dir.write("shared/two/page.html", "22");
  w.journey.dir.write("releases/first/index.html", "first");
  std::filesystem::create_directory_symlink("../../shared/one", dir / "releases/first/shared");
  std::filesystem::create_directory_symlink("releases/first", dir / "site");
  w.start();
  w.settle("web");
  w.journey.dir.write("shared/one/page.html", "333");
  w.settle("web");
  std::filesystem::remove(dir / "releases/first/shared");
  std::filesystem::create_directory_symlink("../../shared/two", dir / "releases/first/shared");
  w.settle("web");
  w.journey.dir.write("shared/two/page.html", "4444");
  w.settle("web");
  w.journey.dir.write("releases/second/index.html", "second");
  std::filesystem::create_directory_symlink("releases/second", dir / "site.new");
  std::filesystem::rename(dir / "site.new", dir / "site");
  w.settle("web");
  w.journey.dir.write("releases/second/index.html", "second, edited");
  w.settle("web");
}

TEST_CASE("each new digest is pushed, and a push that failed is tried again with the next change") {
  Watching w;
  w.journey.dir.write("lapstrake.yaml", w.journey.spec());
  w.start({.push = app::PushSettings{}});
  CHECK_THAT(w.result(), Contains("/web:v1@sha256:"));
  w.journey.box->set_faults(
      R"({"rules":[{"match":{"method":"PUT","path":"/v2/*/manifests/*"},"nth":1,"do":{"status":403}}]})");
  w.journey.dir.write("public/index.html", "edited\n");
  CHECK_THAT(w.failure(), Contains("pushing image `web`"));
  w.journey.dir.write("public/index.html", "edited\n");  // the same digest: it is not there yet
  const auto pushed = w.result();
  CHECK_THAT(pushed, Contains(w.fresh("web").substr(4)));
  w.stop();
  CHECK(w.journey.count("PUT", "/manifests/v1") == 2);
}

TEST_CASE("the same image under another tag is pushed too") {
  Watching w;
  w.journey.dir.write("lapstrake.yaml", w.journey.spec());
  w.start({.push = app::PushSettings{}});
  const auto first = w.result();
  w.journey.dir.write("lapstrake.yaml", replace_all(w.journey.spec(), "[v1]", "[v2]"));
  CHECK(w.result() == replace_all(first, ":v1@", ":v2@"));
}

TEST_CASE("what stays out of every image is not watched") {
  TempDir dir;
  dir.write("src/a/b/c.txt", "");
  dir.write("src/node_modules/x/y/z.txt", "");
  dir.write("src/.git/objects/00/1", "");
  dir.write("other/d.txt", "");
  app::WatchedFolders folders(dir.path(), {});
  folders.watch({{.image = "web",
                  .path = dir / "src",
                  .depth = app::Watched::Depth::tree,
                  .exclude = Patterns({"node_modules"}),
                  .ignored = Patterns({"**/.git"}),
                  .place = "src"}});
  CHECK(folders.count() == 4);  // the spec's folder, for the name `src`; src, src/a, src/a/b
  dir.write("src/node_modules/x/new.txt", "");
  dir.write("other/new.txt", "");
  CHECK_FALSE(folders.changed());
  dir.write("src/a/b/new.txt", "");
  CHECK(folders.changed());
}

TEST_CASE("a watch does not wake for the lock and the vendor folder beside what it copies") {
  Journey journey;
  journey.dir.write("lapstrake.yaml",
                    "images: { app: { layers: [ { name: own, copy: [ { from: ./, to: /app/ } ] } ] } }\n");
  const auto project = journey.project();
  const auto sources = app::watched_sources(journey.context(), project, {&project.images.at(0)});
  REQUIRE(sources.size() == 1);
  CHECK(sources.at(0).ignored.matches("lapstrake.lock"));
  CHECK(sources.at(0).ignored.matches("lapstrake-vendor"));
  CHECK_FALSE(sources.at(0).ignored.matches("public"));
}

TEST_CASE("a watch wakes for the .deb files of the project, for each platform") {
  Journey journey;
  journey.dir.write("lapstrake.yaml",
                    "images: { app: { platforms: [linux/amd64, linux/arm64], "
                    "deb: { install: [git, \"dist/tool_${platform.arch}.deb\"] } } }\n");
  const auto project = journey.project();
  std::vector<std::string> paths;
  for (const auto& source : app::watched_sources(journey.context(), project, {&project.images.at(0)}))
    paths.push_back(source.path.lexically_relative(journey.dir.path()).string());
  CHECK(paths == std::vector<std::string>{"dist/tool_amd64.deb", "dist/tool_arm64.deb"});
}
