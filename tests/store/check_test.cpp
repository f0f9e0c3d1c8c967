#include <sys/stat.h>

#include <fstream>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/store.hpp>
#include <string>

#include "store/samples.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using store::Store;

namespace {

void flip_a_byte(const std::filesystem::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto at = static_cast<std::streamoff>(std::filesystem::file_size(path) / 2);
  file.seekg(at);
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(at);
  file.put(byte);
}

std::string problems_of(const Store& store) { return join(store.check({}).problems, "\n"); }

}  // namespace

TEST_CASE("check finds nothing in a whole store, and counts it") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  store.set_ref("web", samples::put_image(store, {"one", "two"}).root);
  store.set_ref("all", samples::put_index(store, {"amd64", "arm64"}));
  dir.write("s/tmp/.new-killed", "what a killed process left");
  const auto report = store.check({});
  CHECK(report.problems.empty());
  CHECK(report.blobs == 4 + 6 + 1);
  CHECK(report.bytes > 1000);
}

TEST_CASE("a byte flipped in any blob is found (S21)") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  for (int i = 0; i < 50; ++i) store.put(cat("blob ", i), "text/plain");
  for (const auto& entry : std::filesystem::directory_iterator(dir / "s/blobs/sha256")) {
    flip_a_byte(entry.path());
    CAPTURE(entry.path());
    CHECK_THAT(problems_of(store),
               Contains("blob sha256:" + entry.path().filename().string() + ": its content has the digest sha256:"));
    flip_a_byte(entry.path());
  }
  CHECK(problems_of(store).empty());
}

TEST_CASE("each part of an image that is missing is named with its ref") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  const auto sample = samples::put_image(store, {"one", "two"});
  store.set_ref("web", sample.root);
  auto parts = sample.parts;
  parts.push_back(sample.root);
  for (const auto& part : parts) {
    const auto path = store.blob_path(part.digest);
    std::filesystem::rename(path, dir / "away");
    CHECK(problems_of(store) == "ref `web`: blob " + part.digest.text() + " is missing");
    std::filesystem::rename(dir / "away", path);
  }
  CHECK(problems_of(store).empty());
}

TEST_CASE("an image in an index is followed too") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  store.set_ref("all", samples::put_index(store, {"amd64", "arm64"}));
  const auto layer = samples::put_image(store, {"arm64"}, oci::Platform::parse("arm64")).parts[0];
  std::filesystem::remove(store.blob_path(layer.digest));
  CHECK(problems_of(store) == "ref `all`: blob " + layer.digest.text() + " is missing");
}

TEST_CASE("check and gc follow indexes as deep as the limit, and report deeper ones") {
  TempDir dir;
  const auto root = dir / "s";
  const auto nested = [&](std::uint64_t levels) {
    const auto store = Store::open(root);
    auto top = samples::put_image(store, {"one"}).root;
    for (std::uint64_t i = 0; i < levels; ++i)
      top = store.put(render(oci::Index{.media_type = std::string(oci::media_type::index), .manifests = {top}}),
                      oci::media_type::index);
    store.set_ref("web", top);
    return problems_of(store);
  };
  CHECK(nested(limits::nested_indexes) == "");
  CHECK(Store::gc(root, {}).kept == limits::nested_indexes + 3);
  CHECK_THAT(nested(limits::nested_indexes + 1), Contains("nested deeper than 4"));
  CHECK_THROWS_WITH(Store::gc(root, {}), Contains("nested deeper than 4"));
}

TEST_CASE("a damaged layout is a problem that people understand") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  store.set_ref("web", samples::put_image(store, {"one"}).root);
  const auto [file, text, why] = GENERATE(table<std::string, std::string, std::string>(
      {{"s/index.json", "", "index.json` is not valid JSON"},
       {"s/index.json", "{\"schemaVersion\":2,\"mani", "index.json` is not valid JSON"},
       {"s/index.json", std::string(4096, '\0'), "index.json` is not valid JSON"},
       {"s/index.json", "[]", "index.json` is not a JSON object"},
       {"s/index.json", R"({"schemaVersion":2,"manifests":[{"mediaType":"a/b","digest":"sha256:x","size":-1}]})",
        "has the digest `sha256:x`"},
       {"s/oci-layout", "{}", "oci-layout` has no `"},
       {"s/blobs/sha256/README", "x", "README` is not a blob"}}));
  dir.write(file, text);
  CAPTURE(file, text);
  CHECK_THAT(problems_of(store), Contains(why));
}

TEST_CASE("what reads a damaged index.json fails with a cure, and gc removes nothing") {
  TempDir dir;
  const auto store = [&] {
    const auto first = Store::open(dir / "s");
    first.put("kept", "text/plain");
    return first.root();
  }();
  dir.write("s/index.json", "{");
  CHECK_THROWS_AS(Store::open(store).refs(), Error);
  CHECK_THROWS_AS(Store::gc(store, process_runtime()), Error);
  CHECK(Store::open(store).has(oci::Digest::of("kept")));
  try {
    Store::open(store).refs();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(error.help(), Contains("rm '"));
  }
}

TEST_CASE("folders, symlinks and FIFOs among the blobs neither crash nor hang check") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  const auto name = [&](const char* text) { return store.blob_path(oci::Digest::of(text)); };
  std::filesystem::create_directory(name("folder"));
  std::filesystem::create_symlink("/dev/zero", name("link"));
  REQUIRE(::mkfifo(name("fifo").c_str(), 0600) == 0);
  CHECK(store.check({}).problems.size() == 3);
}

TEST_CASE("check ends when it is told to stop") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  store.put("x", "text/plain");
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(store.check(stop.get_token()), Interrupted);
}

TEST_CASE("gc removes what no ref reaches and what killed processes left, and nothing else") {
  TempDir dir;
  std::string index_before;
  {
    const auto store = Store::open(dir / "s");
    store.set_ref("web", samples::put_image(store, {"one", "two"}).root);
    store.set_ref("all", samples::put_index(store, {"amd64", "arm64"}));
    store.set_ref("cache/x", store.put("a leaf", "text/plain"));
    store.put("lost", "text/plain");
    samples::put_image(store, {"one", "three"});  // shares a layer
    dir.write("s/tmp/.new-killed", "1234567");
    dir.write("s/tmp/folder/x", "1");
  }
  const auto report = Store::gc(dir / "s", process_runtime());
  const auto store = Store::open(dir / "s");
  CHECK(report.removed == 4);  // lost; a layer, a config and a manifest
  CHECK(report.kept == 4 + 7 + 1);
  CHECK(report.freed_bytes > 11);
  CHECK(store.check({}).problems.empty());
  CHECK(store.check({}).blobs == 12);
  CHECK(std::filesystem::is_empty(store.scratch()));
}

TEST_CASE("gc removes nothing while it cannot tell what is in use") {
  TempDir dir;
  {
    const auto store = Store::open(dir / "s");
    const auto sample = samples::put_image(store, {"one"});
    store.set_ref("web", sample.root);
    store.put("lost", "text/plain");
    flip_a_byte(store.blob_path(sample.root.digest));
  }
  CHECK_THROWS_WITH(Store::gc(dir / "s", process_runtime()),
                    Contains("cannot determine which blobs are in use, so none was removed"));
  CHECK(Store::open(dir / "s").check({}).blobs == 4);
}

TEST_CASE("gc waits for a live build, and says for how long it did") {
  TempDir dir;
  const auto build = Store::open(dir / "s");
  build.put("in use by a build", "text/plain");
  int naps = 0;
  Runtime runtime = process_runtime();
  runtime.sleep = [&](std::chrono::milliseconds) { ++naps; };
  try {
    Store::gc(dir / "s", runtime, std::chrono::seconds(2));
    FAIL("it did not wait");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    CHECK_THAT(error.reason(), Contains("for 2 seconds"));
  }
  CHECK(naps == 20);
  CHECK(build.has(oci::Digest::of("in use by a build")));
}

TEST_CASE("gc of a store that is not there is no failure") {
  TempDir dir;
  CHECK(Store::gc(dir / "none", process_runtime()).removed == 0);
  CHECK_FALSE(std::filesystem::exists(dir / "none"));
}
