// Bases that lie in a registry.
#include <algorithm>
#include <lapstrake/app/check/check.hpp>
#include <lapstrake/app/inspect/inspect.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>

#include "journey.hpp"

using namespace lapstrake;

namespace {

// A registry with an image `base:v1`, usr-merged and with a user of its own, and a project built on that.
struct OnBase : Journey {
  oci::PinnedReference pinned = push_base("");

  explicit OnBase(const std::string& platforms = "[linux/amd64]") { lay("v1", platforms); }

  oci::PinnedReference push_base(const std::string& more, const std::string& platforms = "[linux/amd64, linux/arm64]") {
    dir.write("lapstrake.yaml", cat("images:\n  base:\n    repository: ", box->registry_host(), R"(/base
    tags: [v1]
    platforms: )",
                                    platforms, R"(
    users: [ { name: alice, uid: 1500 } ]
    env: { FROM: base }
    layers:
      - name: root
        directories: [ { path: /usr/bin } ]
        symlinks: [ { path: /bin, target: usr/bin } ]
        files: [ { path: /usr/bin/sh, text: "#!", mode: "0755" })",
                                    more, " ]\n"));
    auto context = this->context();
    context.store_root = dir / "another-store";
    return app::push(context, project(), {}, {}).at(0).references.at(0);
  }

  // `base`: "v1" or "@sha256:...".
  void lay(const std::string& base, const std::string& platforms = "[linux/amd64]") {
    dir.write("lapstrake.yaml",
              cat("images:\n  app:\n    repository: ", box->registry_host(), "/app\n    tags: [v1]\n    platforms: ",
                  platforms, "\n    base: ", box->registry_host(), "/base", base.starts_with('@') ? "" : ":", base, R"(
    layers:
      - name: program
        files: [ { path: /bin/run, text: "run", mode: "0755", owner: alice } ]
)"));
  }

  std::string text_of(const char* name) const { return read_file(dir / name); }
  app::BuiltImage built(app::Context context) { return app::build(context, project(), {}, {}).at(0); }
  app::BuiltImage built() { return built(context()); }
  oci::LoadedImage loaded(const app::BuiltImage& image, const char* platform = "linux/amd64") {
    const auto store = store::Store::open(dir / "store");
    return oci::load(store.reader("app", image.root), oci::Platform::parse(platform));
  }
};

}  // namespace

TEST_CASE("an image is built on a base in a registry: config, layers, users and folder links are the base's") {
  OnBase journey;
  const auto image = journey.loaded(journey.built());
  CHECK(image.config.env == std::vector<std::string>{"FROM=base"});
  REQUIRE(image.manifest.layers.size() == 3);
  const auto host = journey.box->registry_host();
  CHECK(image.manifest.annotations.at(std::string(oci::base_name_annotation)) == cat(host, "/base:v1"));
  CHECK(image.manifest.annotations.contains(std::string(oci::base_digest_annotation)));
  app::Inspection looked =
      app::inspect(journey.context(), nullptr, cat(journey.push().references.at(0).text()), {.files = true});
  const auto& files = looked.images.at(0).layers.at(2).files;
  const auto run = std::ranges::find(files, "usr/bin/run", &app::InspectedFile::path);
  REQUIRE(run != files.end());
  CHECK(run->uid == 1500);
}

TEST_CASE("a base's tag is asked for once a run, whatever the number of platforms (S12)") {
  OnBase journey("[linux/amd64, linux/arm64]");
  const auto before = journey.count("HEAD", "/v2/base/manifests/v1");
  journey.built();
  CHECK(journey.count("HEAD", "/v2/base/manifests/v1") == before + 1);
  CHECK(journey.count("GET", "/v2/base/manifests/v1") == 0);
}

TEST_CASE("a base that the store has, named by its digest, is built on without a network") {
  OnBase journey;
  journey.lay(cat("@", journey.pinned.digest.text()));
  const auto first = journey.built();
  const auto asked = journey.box->records().size();
  const auto second = journey.built();
  CHECK(second.root.digest == first.root.digest);
  CHECK(journey.box->records().size() == asked);
}

TEST_CASE("nothing of a base is fetched twice") {
  OnBase journey;
  journey.built();
  const auto fetched = journey.count("GET", "/v2/base/");
  journey.built();
  CHECK(journey.count("GET", "/v2/base/") == fetched);
}

TEST_CASE("a tag that moved is followed in the next run, and the digest says so") {
  OnBase journey;
  const auto first = journey.built();
  journey.push_base(R"(, { path: /etc/new, text: "new" })");
  journey.lay("v1");
  CHECK(journey.loaded(journey.built()).manifest.layers.at(1).digest !=
        journey.loaded(first).manifest.layers.at(1).digest);
}

TEST_CASE("a base that cannot be had is told with its kind of fault and a cure") {
  OnBase journey;
  SECTION("no such tag") {
    journey.lay("v9");
    const auto error = failure_of([&] { journey.built(); });
    CHECK(error.kind() == ErrorKind::network);
    CHECK_THAT(error.summary(), Contains("has no image `v9`"));
    CHECK_FALSE(error.help().empty());
  }
  SECTION("no such platform") {
    journey.lay("v1", "[linux/riscv64]");
    const auto error = failure_of([&] { journey.built(); });
    CHECK(error.kind() == ErrorKind::input);
    CHECK_THAT(report(error), Contains("linux/amd64, linux/arm64"));
  }
  SECTION("a refused login") {
    journey.variables["AWS_SECRET_ACCESS_KEY"] = "SentinelSecretSentinelSecretSentinelSecr";
    const auto error = failure_of([&] { journey.built(); });
    CHECK(error.kind() == ErrorKind::access);
    CHECK_FALSE(error.help().empty());
    CHECK((report(error) + journey.messages).find("Sentinel") == std::string::npos);
  }
  SECTION("nobody answers, and the store has what the tag was") {
    journey.built();
    journey.box->set_faults(R"({"rules":[{"match":{"path":"/v2/*"},"from":1,"do":{"reset":"before"}}]})");
    const auto error = failure_of([&] { journey.built(); });
    CHECK(error.kind() == ErrorKind::network);
    CHECK_THAT(error.help(), Contains(cat("/base@", journey.pinned.digest.text())));
  }
}

TEST_CASE("a base layer with other bytes than its digest's is an error of integrity, and nothing is remembered of it") {
  OnBase journey;
  const auto layer = journey.loaded(journey.built()).manifest.layers.at(1).digest;
  std::filesystem::remove_all(journey.dir / "store");
  journey.box->set_faults(cat(R"({"rules":[{"match":{"method":"GET","path":"/v2/base/blobs/)", layer.text(),
                              R"("},"from":1,"do":{"status":200,"body":"something else"}}]})"));
  const auto error = failure_of([&] { journey.built(); });
  CAPTURE(report(error));
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_FALSE(std::filesystem::exists(journey.dir / "store/cache/trees"));
  CHECK(std::filesystem::is_empty(journey.dir / "store/tmp"));
}

TEST_CASE("check asks no registry: it knows a base that was built on before, and warns of one that was not") {
  OnBase journey;
  const auto asked = journey.box->records().size();
  const auto unknown = app::check(journey.context(), journey.project());
  REQUIRE(unknown.size() == 1);
  CHECK(unknown.at(0).severity == Finding::Severity::warning);
  CHECK(journey.box->records().size() == asked);
  journey.built();
  const auto after = journey.box->records().size();
  CHECK(app::check(journey.context(), journey.project()).empty());
  CHECK(journey.box->records().size() == after);
}

TEST_CASE("the files of a base are remembered, and found out again when that is damaged or not to be believed") {
  OnBase journey;
  const auto first = journey.built();
  const auto note = std::filesystem::directory_iterator(journey.dir / "store/cache/trees")->path();
  const auto fetched = [&] { return journey.count("GET", "/v2/base/blobs/"); };
  const auto before = fetched();
  CHECK(journey.built().root.digest == first.root.digest);
  CHECK(fetched() == before);
  auto distrusting = journey.context();
  distrusting.build.no_cache = true;
  CHECK(journey.built(distrusting).root.digest == first.root.digest);
  CHECK(fetched() == before + 2);
  std::filesystem::resize_file(note, std::filesystem::file_size(note) - 1);
  CHECK(journey.built().root.digest == first.root.digest);
  CHECK(fetched() == before + 4);
}

TEST_CASE("an image that lays nothing on its base reads none of its layers") {
  OnBase journey;
  journey.dir.write("lapstrake.yaml", cat("images:\n  app:\n    repository: ", journey.box->registry_host(),
                                          "/app\n    base: ", journey.pinned.text(), "\n    env: { A: b }\n"));
  journey.built();
  CHECK(journey.count("GET", "/v2/base/blobs/") == 1);  // the config
}

TEST_CASE("a build leaves the base's layers where they are, and the store tells the truth about it") {
  OnBase journey;
  const auto built = journey.built();
  const auto image = journey.loaded(built);
  {
    const auto store = store::Store::open(journey.dir / "store");
    CHECK_FALSE(store.has(image.manifest.layers.at(0).digest));
    CHECK(store.has(image.manifest.layers.at(2).digest));
    const auto checked = store.check({});
    CHECK(checked.problems.empty());
    CHECK(checked.in_registries == 2);
  }
  store::Store::gc(journey.dir / "store", journey.context().runtime);
  const auto asked = journey.box->records().size();
  CHECK(app::check(journey.context(), journey.project()).empty());  // the base's manifest and files outlive gc
  CHECK(journey.box->records().size() == asked);
  CHECK(store::Store::open(journey.dir / "store").check({}).in_registries == 2);
  const auto looked = app::inspect(journey.context(), nullptr, cat("oci:", (journey.dir / "store").string()));
  CHECK(looked.images.at(0).layers.size() == 3);
}

TEST_CASE("what is known of a base goes with the last image on it") {
  OnBase journey;
  journey.built();
  journey.dir.write("lapstrake.yaml", cat("images:\n  app:\n    repository: ", journey.box->registry_host(),
                                          "/app\n    base: scratch\n    env: { A: b }\n"));
  journey.built();
  store::Store::gc(journey.dir / "store", journey.context().runtime);
  for (const char* kind : {"bases", "trees", "origins"}) {
    CAPTURE(kind);
    CHECK(std::filesystem::is_empty(journey.dir / "store/cache" / kind));
  }
}

TEST_CASE("an output on disk holds the base's layers") {
  OnBase journey;
  const auto out = journey.dir / "out";
  const auto built = app::build(journey.context(), journey.project(), {},
                                {{{.form = oci::DiskReference::Form::layout, .path = out, .tag = "v1"}}})
                         .at(0);
  for (const auto& layer : journey.loaded(built).manifest.layers)
    CHECK(std::filesystem::file_size(out / "blobs/sha256" / layer.digest.hex()) == layer.size);
}

TEST_CASE("a mount that is promised and not done is healed") {
  OnBase journey;
  journey.built();
  journey.box->set_faults(R"({"rules":[{"match":{"method":"POST","path":"/v2/app/blobs/uploads/?mount*"},"from":1,
                              "do":{"status":201}}]})");
  const auto pushed = journey.push();
  CHECK(journey.count("POST", "from=base") >= 2);
  const auto image = app::inspect(journey.context(), nullptr, pushed.references.at(0).text(), {.files = true});
  CHECK(image.images.at(0).layers.at(1).files.size() > 1);
}

TEST_CASE("a base layer that is where the image goes is not read") {
  OnBase journey;
  journey.push();
  std::filesystem::remove_all(journey.dir / "store");
  journey.built();
  const auto fetched = journey.count("GET", "/v2/base/blobs/"), mounts = journey.count("POST", "mount=");
  journey.dir.write("lapstrake.yaml", journey.text_of("lapstrake.yaml") + "    env: { A: b }\n");
  CHECK(journey.push().blobs_sent == 1);  // the config
  CHECK(journey.count("GET", "/v2/base/blobs/") == fetched);
  CHECK(journey.count("POST", "mount=") == mounts);
}

TEST_CASE("base layers that are not given by mount are streamed to where the image goes, and not kept") {
  const char* answer = GENERATE(R"({"status":202,"headers":{"Location":"/v2/app/blobs/uploads/none"}})",
                                R"({"status":404})", R"({"status":405})", R"({"status":403})", R"({"status":500})");
  CAPTURE(answer);
  OnBase journey;
  journey.box->set_faults(cat(
      R"({"rules":[{"match":{"method":"POST","path":"/v2/app/blobs/uploads/?mount*"},"from":1,"do":)", answer, "}]}"));
  const auto pushed = journey.push();
  CHECK(pushed.blobs_sent == 4);
  CHECK(journey.count("POST", "from=base") >= 2);
  CHECK(std::filesystem::is_empty(journey.dir / "store/tmp"));
  const auto reader = app::inspect(journey.context(), nullptr, pushed.references.at(0).text(), {.files = true});
  const auto store = store::Store::open(journey.dir / "store");
  CHECK_FALSE(store.has(reader.images.at(0).layers.at(1).descriptor.digest));
  CHECK(journey.push().blobs_sent == 0);
}

TEST_CASE("where a layer lies that nobody remembers is told, and the next build heals it") {
  OnBase journey;
  const auto built = journey.built();
  std::filesystem::remove_all(journey.dir / "store/cache/origins");
  const auto checked = store::Store::open(journey.dir / "store").check({});
  CHECK(checked.problems.size() == 2);
  const auto error = failure_of([&] {
    app::inspect(journey.context(), nullptr, cat("oci:", (journey.dir / "store").string()), {.files = true});
  });
  CHECK(error.kind() == ErrorKind::input);
  journey.built();
  CHECK(store::Store::open(journey.dir / "store").check({}).problems.empty());
}
