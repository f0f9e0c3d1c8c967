// Images that we write and read ourselves, and what is wrong with those of others.
#include <sys/stat.h>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/store/image_files.hpp>
#include <string>
#include <thread>

#include "store/samples.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using store::Store;

namespace {

struct Scene {
  TempDir dir;
  Store store = Store::open(dir / "s");
  samples::Sample image = samples::put_image(store, {"one", "two"});

  oci::ImageReader open(const std::string& form, const std::string& file, const std::string& tag = {}) const {
    return store::open_image(
        oci::parse_disk_reference(form + ":" + (dir / file).string() + (tag.empty() ? "" : ":" + tag)));
  }
};

// Every blob of the image read to its end.
std::size_t read_through(const oci::ImageReader& reader, const oci::LoadedImage& image) {
  std::size_t total = 0;
  for (const auto& layer : image.manifest.layers) total += drain(reader.open(layer), [](Bytes) {});
  return total;
}

template <class Act>
void refused(Act&& act, ErrorKind kind, const std::string& what, const std::string& why = {}) {
  try {
    act();
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    CHECK_THAT(error.summary(), Contains(what));
    CHECK_THAT(error.reason(), Contains(why));
  }
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) out.push_back(entry.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("an image keeps its digest in every form") {
  Scene scene;
  store::write_layout(scene.store, scene.image.root, scene.dir / "out", "v1");
  store::write_oci_archive(scene.store, scene.image.root, scene.dir / "o.tar", "v1", {});
  store::write_docker_archive(scene.store, scene.image.root, scene.dir / "d.tar", {"r.example/web:v1"});
  const auto [form, file, tag] =
      GENERATE(table<std::string, std::string, std::string>({{"oci", "out", "v1"},
                                                             {"oci", "out", ""},
                                                             {"oci-archive", "o.tar", "v1"},
                                                             {"oci-archive", "o.tar", ""},
                                                             {"docker-archive", "d.tar", "r.example/web:v1"},
                                                             {"docker-archive", "d.tar", ""}}));
  CAPTURE(form, tag);
  const auto reader = scene.open(form, file, tag);
  const auto loaded = oci::load(reader, {});
  CHECK(reader.root().digest == scene.image.root.digest);
  CHECK(loaded.config.diff_ids.size() == 2);
  CHECK(read_through(reader, loaded) == scene.image.parts[0].size + scene.image.parts[1].size);
}

TEST_CASE("a multi-platform image keeps its digest in the forms that can hold it") {
  Scene scene;
  const auto index = samples::put_index(scene.store, {"amd64", "arm64"});
  store::write_layout(scene.store, index, scene.dir / "out", "v1");
  store::write_oci_archive(scene.store, index, scene.dir / "o.tar", "", {"r.example/web:v1"});
  CHECK(scene.open("oci", "out").root() == index);
  const auto reader = scene.open("oci-archive", "o.tar", "r.example/web:v1");
  CHECK(reader.root() == index);
  CHECK(oci::load(reader, oci::Platform::parse("arm64")).config.platform.architecture == "arm64");
  refused([&] { store::write_docker_archive(scene.store, index, scene.dir / "d.tar", {}); }, ErrorKind::usage,
          "multi-platform image");
  CHECK_FALSE(std::filesystem::exists(scene.dir / "d.tar"));
}

TEST_CASE("a layout gains a tag, replaces one, and keeps the rest") {
  Scene scene;
  const auto other = samples::put_image(scene.store, {"three"}).root;
  store::write_layout(scene.store, scene.image.root, scene.dir / "out", "v1");
  store::write_layout(scene.store, scene.image.root, scene.dir / "out", "v2");
  store::write_layout(scene.store, other, scene.dir / "out", "v2");
  CHECK(scene.open("oci", "out", "v1").root().digest == scene.image.root.digest);
  CHECK(scene.open("oci", "out", "v2").root().digest == other.digest);
  refused([&] { scene.open("oci", "out"); }, ErrorKind::input, "has more than one image", "its tags are `v1`, `v2`");
  refused([&] { scene.open("oci", "out", "v3"); }, ErrorKind::input, "has no image `v3`", "its tags are `v1`, `v2`");
  CHECK(names_in(scene.dir / "out") == std::vector<std::string>{"blobs", "index.json", "oci-layout"});
}

TEST_CASE("a damaged blob of a layout is replaced, a whole one is not written again") {
  Scene scene;
  store::write_layout(scene.store, scene.image.root, scene.dir / "out", "v1");
  const auto path = [&](std::size_t part) {
    return "out/blobs/sha256/" + std::string(scene.image.parts[part].digest.hex());
  };
  struct stat before {
  }, after{};
  REQUIRE(::stat((scene.dir / path(1)).c_str(), &before) == 0);
  auto bytes = scene.dir.read(path(0));
  bytes[20] ^= 1;
  scene.dir.write(path(0), bytes);
  store::write_layout(scene.store, scene.image.root, scene.dir / "out", "v1");
  const auto reader = scene.open("oci", "out");
  CHECK(read_through(reader, oci::load(reader, {})) > 0);
  REQUIRE(::stat((scene.dir / path(1)).c_str(), &after) == 0);
  CHECK(before.st_ino == after.st_ino);
}

TEST_CASE("a layout is not written into a folder of other things") {
  Scene scene;
  scene.dir.write("home/.bashrc", "x");
  refused([&] { store::write_layout(scene.store, scene.image.root, scene.dir / "home", "v1"); }, ErrorKind::input,
          "it contains other files");
  scene.dir.write("old/oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  refused([&] { store::write_layout(scene.store, scene.image.root, scene.dir / "old", "v1"); }, ErrorKind::integrity,
          "has no `\"imageLayoutVersion");
  CHECK(names_in(scene.dir / "home") == std::vector<std::string>{".bashrc"});
}

TEST_CASE("two writers of one layout lose no tag") {
  Scene scene;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i)
      threads.emplace_back(
          [&scene, i] { store::write_layout(scene.store, scene.image.root, scene.dir / "out", cat("v", i)); });
  }
  for (int i = 0; i < 6; ++i) CHECK(scene.open("oci", "out", cat("v", i)).root().digest == scene.image.root.digest);
}

TEST_CASE("the same image makes the same archive, byte for byte, anywhere") {
  Scene here;
  Scene there;
  ::umask(077);
  store::write_oci_archive(here.store, here.image.root, here.dir / "o.tar", "v1", {"r.example/web:v1"});
  store::write_docker_archive(here.store, here.image.root, here.dir / "d.tar", {"r.example/web:v1"});
  ::umask(022);
  samples::put_image(there.store, {"something else"});
  store::write_oci_archive(there.store, there.image.root, there.dir / "o.tar", "v1", {"r.example/web:v1"});
  store::write_docker_archive(there.store, there.image.root, there.dir / "d.tar", {"r.example/web:v1"});
  CHECK(here.dir.read("o.tar") == there.dir.read("o.tar"));
  CHECK(here.dir.read("d.tar") == there.dir.read("d.tar"));
  CHECK(here.dir.read("o.tar") != here.dir.read("d.tar"));
}

TEST_CASE("an archive that cannot be finished leaves what was there") {
  Scene scene;
  scene.dir.write("x/o.tar", "the old one");
  std::filesystem::remove(scene.store.blob_path(scene.image.parts[1].digest));
  refused([&] { store::write_oci_archive(scene.store, scene.image.root, scene.dir / "x/o.tar", "v1", {}); },
          ErrorKind::input, "has no blob");
  CHECK(scene.dir.read("x/o.tar") == "the old one");
  CHECK(names_in(scene.dir / "x") == std::vector<std::string>{"o.tar"});
}

TEST_CASE("an archive is not put into the place of a device or a folder") {
  Scene scene;
  refused([&] { store::write_oci_archive(scene.store, scene.image.root, "/dev/null", "v1", {}); }, ErrorKind::input,
          "not a regular file");
  refused([&] { store::write_docker_archive(scene.store, scene.image.root, scene.dir.path(), {}); }, ErrorKind::input,
          "not a regular file");
}

TEST_CASE("each name of an archive finds the image") {
  Scene scene;
  store::write_oci_archive(scene.store, scene.image.root, scene.dir / "o.tar", "v1",
                           {"r.example:5000/web:latest", "r.example:5000/web:v1", "r.example:5000/web:v1"});
  const auto name =
      GENERATE(as<std::string>{}, "v1", "latest", "r.example:5000/web:latest", "r.example:5000/web:v1", "");
  CAPTURE(name);
  CHECK(scene.open("oci-archive", "o.tar", name).root().digest == scene.image.root.digest);
}

TEST_CASE("a docker-archive is asked for an image by any spelling of its name") {
  Scene scene;
  store::write_docker_archive(scene.store, scene.image.root, scene.dir / "d.tar",
                              {"docker.io/library/web:v1", "r.example/web:v2"});
  const auto name =
      GENERATE(as<std::string>{}, "web:v1", "docker.io/library/web:v1", "library/web:v1", "r.example/web:v2");
  CHECK(scene.open("docker-archive", "d.tar", name).root().digest == scene.image.root.digest);
  refused([&] { scene.open("docker-archive", "d.tar", "web:v2"); }, ErrorKind::input, "has no image `web:v2`",
          "its images are `docker.io/library/web:v1`, `r.example/web:v2`");
}

TEST_CASE("a name without a tag names nothing in a docker-archive") {
  Scene scene;
  refused([&] { store::write_docker_archive(scene.store, scene.image.root, scene.dir / "d.tar", {"r.example/web"}); },
          ErrorKind::usage, "use NAME:TAG");
}

TEST_CASE("a gzipped archive is read, and its spool has no name") {
  Scene scene;
  store::write_oci_archive(scene.store, scene.image.root, scene.dir / "o.tar", "v1", {});
  scene.dir.write("o.tar.gz", samples::gzip_of(scene.dir.read("o.tar")));
  std::filesystem::create_directory(scene.dir / "scratch");
  const auto reader = store::open_image(oci::parse_disk_reference("oci-archive:" + (scene.dir / "o.tar.gz").string()),
                                        scene.dir / "scratch");
  CHECK(read_through(reader, oci::load(reader, {})) > 0);
  CHECK(names_in(scene.dir / "scratch").empty());
  scene.dir.write("cut.tar.gz", scene.dir.read("o.tar.gz").substr(0, 300));
  refused([&] { scene.open("oci-archive", "cut.tar.gz"); }, ErrorKind::integrity, "cannot decompress");
}

TEST_CASE("a scratch folder that is given is the only one") {
  Scene scene;
  store::write_oci_archive(scene.store, scene.image.root, scene.dir / "o.tar", "v1", {});
  scene.dir.write("o.tar.gz", samples::gzip_of(scene.dir.read("o.tar")));
  const auto reference = oci::parse_disk_reference("oci-archive:" + (scene.dir / "o.tar.gz").string());
  refused([&] { store::open_image(reference, scene.dir / "absent"); }, ErrorKind::input,
          "cannot create a file in `" + (scene.dir / "absent").string());
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(store::open_image(reference, scene.dir.path(), stop.get_token()), Interrupted);
}

TEST_CASE("a byte flipped in an archive is noticed when it is read") {
  Scene scene;
  store::write_oci_archive(scene.store, scene.image.root, scene.dir / "o.tar", "v1", {});
  auto bytes = scene.dir.read("o.tar");
  const auto layer = read_all(scene.store.open_blob(scene.image.parts[0]), 1 << 20, "it");
  bytes[bytes.find(layer) + layer.size() / 2] ^= 1;
  scene.dir.write("o.tar", bytes);
  const auto reader = scene.open("oci-archive", "o.tar");
  const auto loaded = oci::load(reader, {});
  refused([&] { read_through(reader, loaded); }, ErrorKind::integrity, "has the wrong digest");
}

TEST_CASE("images side by side in one index.json, unnamed, are one image of several platforms") {
  Scene scene;
  auto amd64 = samples::put_image(scene.store, {"a"}, oci::Platform::parse("amd64")).root;
  auto arm64 = samples::put_image(scene.store, {"b"}, oci::Platform::parse("arm64")).root;
  amd64.platform = oci::Platform::parse("amd64");
  arm64.platform = oci::Platform::parse("arm64");
  store::write_layout(scene.store, amd64, scene.dir / "out", "x");
  store::write_layout(scene.store, arm64, scene.dir / "out", "y");
  const std::string index =
      render(oci::Index{.media_type = std::string(oci::media_type::index), .manifests = {amd64, arm64}});
  scene.dir.write("out/index.json", index);
  const auto reader = scene.open("oci", "out");
  CHECK(oci::load(reader, oci::Platform::parse("arm64")).manifest_descriptor == arm64);
  CHECK(reader.root().digest == oci::Digest::of(index));
  CHECK(read_all(reader.open(reader.root()), 1 << 20, "it") == index);
}

TEST_CASE("what cannot be opened says why") {
  Scene scene;
  scene.dir.write("empty.tar", "");
  scene.dir.write("text", "this is no archive, and long enough to be looked at as one");
  scene.dir.write("other.tar", samples::tar_of("hello", "x"));
  scene.dir.write("twice.tar", samples::tar_of({{"index.json", "{}"}, {"./index.json", "{}"}}));
  scene.dir.write("old.tar", samples::tar_of({{"manifest.json", "{}"}}));
  scene.dir.write("lost.tar", samples::tar_of({{"manifest.json", R"([{"Config":"c.json","Layers":[]}])"}}));
  scene.dir.write("none.tar", samples::tar_of({{"manifest.json", "[]"}}));
  std::filesystem::create_directory(scene.dir / "folder");
  store::write_oci_archive(scene.store, scene.image.root, scene.dir / "o.tar", "v1", {});
  scene.dir.write("cut.tar", scene.dir.read("o.tar").substr(0, 4500));
  const auto whole = scene.dir.read("o.tar");
  scene.dir.write("end.tar", whole.substr(0, whole.size() - 1024 - 500));
  const auto [form, file, kind, why] = GENERATE(table<std::string, std::string, ErrorKind, std::string>(
      {{"oci", "absent", ErrorKind::input, "does not exist"},
       {"oci", "folder", ErrorKind::input, "is not an OCI image layout"},
       {"oci", "other.tar", ErrorKind::input, "is not a folder"},
       {"oci-archive", "absent", ErrorKind::input, "No such file or directory"},
       {"oci-archive", "folder", ErrorKind::input, "not a regular file"},
       {"oci-archive", "text", ErrorKind::input, "as a tar archive"},
       {"oci-archive", "empty.tar", ErrorKind::input, "empty.tar` "},
       {"oci-archive", "other.tar", ErrorKind::input, "is not an OCI image layout"},
       {"oci-archive", "twice.tar", ErrorKind::integrity, "a duplicate member `index.json`"},
       {"oci-archive", "cut.tar", ErrorKind::integrity, "is damaged or truncated"},
       {"oci-archive", "end.tar", ErrorKind::integrity, "is truncated in its member"},
       {"docker-archive", "other.tar", ErrorKind::input, "is not an archive of `docker save`"},
       {"docker-archive", "old.tar", ErrorKind::integrity, "is not a list"},
       {"docker-archive", "lost.tar", ErrorKind::integrity, "refers to `c.json`, which is missing"},
       {"docker-archive", "none.tar", ErrorKind::input, "has no image"}}));
  CAPTURE(form, file);
  refused([&, &a = form, &b = file] { scene.open(a, b); }, kind, why);
}

TEST_CASE("the plain layers of an archive are read as tars, to their ends") {
  Scene scene;
  const auto tar = samples::tar_of("hello", std::string(300 << 10, 'x'));
  const auto layer = scene.store.put(tar, oci::media_type::layer);
  oci::ImageConfig config;
  config.diff_ids = {layer.digest};
  const oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                               .config = scene.store.put(render(config), oci::media_type::config),
                               .layers = {layer}};
  const auto root = scene.store.put(render(manifest), oci::media_type::manifest);
  store::write_oci_archive(scene.store, root, scene.dir / "o.tar", "v1", {});
  store::write_docker_archive(scene.store, root, scene.dir / "d.tar", {"web:v1"});
  const auto [form, file] =
      GENERATE(table<std::string, std::string>({{"oci-archive", "o.tar"}, {"docker-archive", "d.tar"}}));
  std::string names;
  layers::read_tar(scene.open(form, file).open(layer), "the layer",
                   [&](const layers::TarEntry& entry, const Source&) { names += entry.path; });
  CHECK(names == "hello");
}

TEST_CASE("a stop leaves no half-written output") {
  Scene scene;
  std::stop_source stop;
  stop.request_stop();
  std::filesystem::create_directory(scene.dir / "x");
  const auto form = GENERATE(as<std::string>{}, "oci", "oci-archive", "docker-archive");
  const auto write = [&] {
    const auto& [store, root, token] = std::tuple(scene.store, scene.image.root, stop.get_token());
    if (form == "oci") return store::write_layout(store, root, scene.dir / "x/l", "v1", token);
    if (form == "oci-archive") return store::write_oci_archive(store, root, scene.dir / "x/o", "v1", {}, token);
    store::write_docker_archive(store, root, scene.dir / "x/d", {}, token);
  };
  CAPTURE(form);
  CHECK_THROWS_AS(write(), Interrupted);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scene.dir / "x"))
    files += entry.is_regular_file() && entry.path().filename() != "oci-layout" ? 1 : 0;
  CHECK(files == 0);
}

TEST_CASE("a docker-archive of old, with links between its layers, is an image of plain tars") {
  Scene scene;
  const std::string layer = samples::tar_of("hello", "one");
  const std::string id = oci::Digest::of(layer).text();
  const std::string config = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[")" + id +
                             R"(",")" + id + R"("]},"config":{"Healthcheck":{"Test":["NONE"]}}})";
  scene.dir.write(
      "old.tar",
      samples::tar_of(
          {{"aa/layer.tar", layer},
           {"bb/layer.tar", "->../aa/layer.tar"},
           {"c.json", config},
           {"manifest.json", R"([{"Config":"c.json","RepoTags":null,"Layers":["aa/layer.tar","bb/layer.tar"]}])"}}));
  const auto reader = scene.open("docker-archive", "old.tar");
  const auto loaded = oci::load(reader, {});
  CHECK(loaded.config_text == config);
  CHECK(loaded.manifest.layers[1].media_type == oci::media_type::layer);
  CHECK(loaded.manifest.layers[1].digest.text() == id);
  CHECK(read_through(reader, loaded) == 2 * layer.size());
  CHECK(read_all(reader.open(reader.root()), 1 << 20, "it") == loaded.manifest_text);
}

TEST_CASE("a docker-archive with other bytes than its config says is noticed") {
  Scene scene;
  const std::string config = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[")" +
                             oci::Digest::of("x").text() + R"("]}})";
  const auto write = [&](const std::string& layers) {
    scene.dir.write("d.tar", samples::tar_of({{"l.tar", samples::tar_of("hello", "one")},
                                              {"c.json", config},
                                              {"manifest.json", R"([{"Config":"c.json","Layers":)" + layers + "}]"}}));
  };
  write(R"(["l.tar"])");
  const auto reader = scene.open("docker-archive", "d.tar");
  const auto loaded = oci::load(reader, {});
  refused([&] { read_through(reader, loaded); }, ErrorKind::integrity, "has the wrong digest");
  write(R"(["l.tar","l.tar"])");
  refused([&] { scene.open("docker-archive", "d.tar"); }, ErrorKind::integrity,
          "lists 2 layers, but the config lists 1");
  write(R"(["gone.tar"])");
  refused([&] { scene.open("docker-archive", "d.tar"); }, ErrorKind::integrity,
          "refers to `gone.tar`, which is missing");
}
