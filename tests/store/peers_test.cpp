// skopeo, umoci, tar: do they read what we write, and do we read what they write?

#include <lapstrake/base/text.hpp>
#include <lapstrake/store/image_files.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "store/samples.hpp"
#include "support/catch.hpp"
#include "support/command.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using store::Store;

namespace {

bool absent(const std::string& tool) {
  if (have(tool)) return false;
  WARN("not run: there is no `" + tool + "` here");
  return true;
}

struct PeerScene {
  TempDir dir;
  Store store = Store::open(dir / "s");
  samples::Sample image = samples::put_image(store, {"one", "two"});
  std::string manifest = read_all(store.open_blob(image.root), 1 << 20, "it");

  std::string at(const std::string& form, const std::string& file, const std::string& tag = {}) const {
    return form + ":" + (dir / file).string() + (tag.empty() ? "" : ":" + tag);
  }
  Outcome skopeo(std::vector<std::string> words) const {
    words.insert(words.begin(), {"skopeo", "--insecure-policy", "--tmpdir", dir.path().string()});
    return run(words);
  }
  void copy(const std::string& from, const std::string& to) const {
    const auto outcome = skopeo({"copy", "-q", from, to});
    CAPTURE(from, to, outcome.output);
    REQUIRE(outcome.status == 0);
  }
  // Reads all of the image and gives its diff_ids.
  std::vector<oci::Digest> read(const std::string& reference) const {
    const auto reader = store::open_image(oci::parse_disk_reference(reference), dir.path());
    const auto loaded = oci::load(reader, {});
    for (const auto& layer : loaded.manifest.layers) drain(reader.open(layer), [](Bytes) {});
    return loaded.config.diff_ids;
  }
};

}  // namespace

TEST_CASE("skopeo reads each form that we write, with the same manifest") {
  if (absent("skopeo")) return;
  PeerScene scene;
  store::write_layout(scene.store, scene.image.root, scene.dir / "out", "v1");
  store::write_oci_archive(scene.store, scene.image.root, scene.dir / "o.tar", "v1", {"r.example/web:v1"});
  store::write_docker_archive(scene.store, scene.image.root, scene.dir / "d.tar",
                              {"r.example/web:v1", "r.example/web:latest"});
  const auto [form, file, tag] = GENERATE(table<std::string, std::string, std::string>(
      {{"oci", "out", "v1"}, {"oci-archive", "o.tar", "v1"}, {"oci-archive", "o.tar", ""}}));
  const auto source = scene.at(form, file, tag);
  CAPTURE(source);
  CHECK(scene.skopeo({"inspect", "--raw", source}).output == scene.manifest);
  const auto inspected = nlohmann::json::parse(scene.skopeo({"inspect", source}).output);
  CHECK(inspected["Digest"] == scene.image.root.digest.text());
  CHECK(inspected["Architecture"] == "amd64");
  scene.copy(source, "dir:" + (scene.dir / "copied").string());
  CHECK(scene.dir.read("copied/manifest.json") == scene.manifest);
}

TEST_CASE("skopeo reads our docker-archive, under each of its names") {
  if (absent("skopeo")) return;
  PeerScene scene;
  store::write_docker_archive(scene.store, scene.image.root, scene.dir / "d.tar",
                              {"r.example/web:v1", "r.example/web:latest"});
  const auto name = GENERATE(as<std::string>{}, "", "r.example/web:v1", "r.example/web:latest");
  const auto source = scene.at("docker-archive", "d.tar", name);
  const auto inspected = scene.skopeo({"inspect", "--config", source});
  CAPTURE(source, inspected.output);
  CHECK(nlohmann::json::parse(inspected.output)["rootfs"]["diff_ids"].size() == 2);
  scene.copy(source, scene.at("oci", "back", "v1"));
  const auto reader = store::open_image(oci::parse_disk_reference(scene.at("oci", "back", "v1")));
  CHECK(oci::load(reader, {}).config_text == read_all(scene.store.open_blob(scene.image.parts[2]), 1 << 20, "it"));
  CHECK(scene.read(scene.at("oci", "back", "v1")) == scene.read(scene.at("docker-archive", "d.tar")));
}

TEST_CASE("the docker-archive is a layout for those who look for one") {
  if (absent("skopeo")) return;
  PeerScene scene;
  store::write_docker_archive(scene.store, scene.image.root, scene.dir / "d.tar", {"r.example/web:v1"});
  CHECK(scene.skopeo({"inspect", "--raw", scene.at("oci-archive", "d.tar", "r.example/web:v1")}).output ==
        scene.manifest);
}

TEST_CASE("skopeo finds both platforms of an index that we write") {
  if (absent("skopeo")) return;
  PeerScene scene;
  const auto index = samples::put_index(scene.store, {"amd64", "arm64"});
  store::write_oci_archive(scene.store, index, scene.dir / "o.tar", "v1", {});
  for (const auto* architecture : {"amd64", "arm64"}) {
    const auto outcome =
        scene.skopeo({"--override-arch", architecture, "inspect", "--config", scene.at("oci-archive", "o.tar", "v1")});
    CHECK_THAT(outcome.output, Contains(cat("\"architecture\": \"", architecture, "\"")));
  }
}

TEST_CASE("we read each form that skopeo writes") {
  if (absent("skopeo")) return;
  PeerScene scene;
  store::write_layout(scene.store, scene.image.root, scene.dir / "out", "v1");
  const auto ours = scene.at("oci", "out", "v1");
  const auto [form, file, tag] =
      GENERATE(table<std::string, std::string, std::string>({{"oci", "theirs", "v1"},
                                                             {"oci", "theirs", ""},
                                                             {"oci", "theirs", "r.example:5000/web:v1"},
                                                             {"oci-archive", "t.tar", "v1"},
                                                             {"oci-archive", "t.tar", ""},
                                                             {"docker-archive", "t.tar", "web:v1"},
                                                             {"docker-archive", "t.tar", ""}}));
  const auto theirs = scene.at(form, file, tag);
  CAPTURE(theirs);
  scene.copy(ours, theirs);
  CHECK(scene.read(theirs) == scene.read(ours));
  CHECK_FALSE(scene.read(ours).empty());
}

TEST_CASE("a tag added to skopeo's layout leaves skopeo's tags as they were") {
  if (absent("skopeo")) return;
  PeerScene scene;
  store::write_layout(scene.store, scene.image.root, scene.dir / "ours", "v1");
  scene.copy(scene.at("oci", "ours", "v1"), scene.at("oci", "theirs", "first"));
  store::write_layout(scene.store, samples::put_image(scene.store, {"three"}).root, scene.dir / "theirs", "second");
  CHECK(scene.skopeo({"inspect", "--raw", scene.at("oci", "theirs", "first")}).output == scene.manifest);
  CHECK(scene.skopeo({"inspect", scene.at("oci", "theirs", "second")}).status == 0);
}

TEST_CASE("umoci unpacks what we write, and we read what umoci makes") {
  if (absent("umoci")) return;
  PeerScene scene;
  store::write_layout(scene.store, scene.image.root, scene.dir / "out", "v1");
  const auto unpacked = run({"umoci", "unpack", "--rootless", "--image", (scene.dir / "out").string() + ":v1",
                             (scene.dir / "bundle").string()});
  CAPTURE(unpacked.output);
  REQUIRE(unpacked.status == 0);
  CHECK(scene.dir.read("bundle/rootfs/hello") == "two");

  const auto theirs = (scene.dir / "theirs").string();
  scene.dir.write("file", "from umoci");
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"umoci", "init", "--layout", theirs},
           {"umoci", "new", "--image", theirs + ":v1"},
           {"umoci", "config", "--architecture", "amd64", "--os", "linux", "--image", theirs + ":v1"},
           {"umoci", "insert", "--rootless", "--image", theirs + ":v1", (scene.dir / "file").string(), "/file"}}) {
    const auto outcome = run(words);
    CAPTURE(outcome.output);
    REQUIRE(outcome.status == 0);
  }
  CHECK(scene.read("oci:" + theirs + ":v1").size() == 1);
  store::write_layout(scene.store, scene.image.root, theirs, "v2");
  const auto listed = run({"umoci", "ls", "--layout", theirs});
  CHECK_THAT(listed.output, Contains("v1") && Contains("v2"));
}

TEST_CASE("archives of any tar are read in place, whatever its dialect and compression") {
  if (absent("tar")) return;
  PeerScene scene;
  store::write_layout(scene.store, scene.image.root, scene.dir / "out", "v1");
  const auto [dialect, program] = GENERATE(table<std::string, std::string>({{"gnu", ""},
                                                                            {"pax", ""},
                                                                            {"ustar", ""},
                                                                            {"oldgnu", ""},
                                                                            {"v7", ""},
                                                                            {"gnu", "gzip"},
                                                                            {"pax", "zstd"},
                                                                            {"gnu", "xz"},
                                                                            {"gnu", "bzip2"}}));
  if (!program.empty() && absent(program)) return;
  std::vector<std::string> words{"tar", "--format=" + dialect,      "-C", (scene.dir / "out").string(),
                                 "-cf", (scene.dir / "t").string(), "."};
  if (!program.empty()) words.push_back("--use-compress-program=" + program);
  const auto outcome = run(words);
  CAPTURE(dialect, program, outcome.output);
  REQUIRE(outcome.status == 0);
  CHECK(scene.read(scene.at("oci-archive", "t", "v1")) == scene.read(scene.at("oci", "out")));
}
