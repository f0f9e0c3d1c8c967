#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <support/catch.hpp>
#include <support/temp_dir.hpp>

using namespace lapstrake;
using namespace lapstrake::packages;
using layers::Kind;

namespace {

std::string sample() {
  std::string file;
  UnpackedArchiveWriter writer([&](Bytes bytes) { file += as_text(bytes); });
  const auto b = writer.add_file({.path = "b/run", .mode = 0755});
  b(as_bytes("#!/bin/"));
  b(as_bytes("sh\n"));
  writer.add({.path = "a", .kind = Kind::symlink, .mode = 0777, .target = "b/run"});
  writer.add_file({.path = "b/empty"});
  writer.add_file({.path = "c", .uid = 33, .gid = 34})(as_bytes("text"));
  writer.finish();
  return file;
}

}  // namespace

TEST_CASE("an unpacked archive has the members that were written, sorted, with their content") {
  TempDir folder;
  write_file(folder.path() / "unpacked", sample());
  const auto archive = UnpackedArchive::open(folder.path() / "unpacked", "the wheel `x.whl`", "x");
  REQUIRE(archive);
  std::vector<std::string> names;
  for (const auto& member : archive->members()) names.push_back(member.path);
  CHECK(names == std::vector<std::string>{"a", "b/empty", "b/run", "c"});
  const auto* run = archive->find("b/run");
  REQUIRE(run != nullptr);
  CHECK(archive->text(*run) == "#!/bin/sh\n");
  CHECK_THROWS_AS(archive->text(*run, 3), Error);
  CHECK(archive->head(*run, 2) == "#!");
  CHECK(archive->head(*run, 100) == "#!/bin/sh\n");
  CHECK(archive->text(*archive->find("b/empty")).empty());
  CHECK(archive->find("b") == nullptr);
  const auto entry = archive->entry(*archive->find("c"), "opt/c");
  CHECK(entry.path == "opt/c");
  CHECK(entry.uid == 33);
  CHECK(entry.gid == 34);
  CHECK(entry.size == 4);
  CHECK(std::get<layers::Spooled>(entry.content).file->identity == "x");
  CHECK(*archive->entry(*archive->find("a"), "a").target == "b/run");
}

TEST_CASE("of several members with one path, an unpacked archive has the last one") {
  TempDir folder;
  std::string file;
  UnpackedArchiveWriter writer([&](Bytes bytes) { file += as_text(bytes); });
  writer.add_file({.path = "b"})(as_bytes("first"));
  writer.add_file({.path = "a"})(as_bytes("other"));
  writer.add_file({.path = "b", .mode = 0755})(as_bytes("last"));
  writer.finish();
  write_file(folder.path() / "unpacked", file);
  const auto archive = UnpackedArchive::open(folder.path() / "unpacked", "x", "x");
  REQUIRE(archive);
  REQUIRE(archive->members().size() == 2);
  CHECK(archive->text(*archive->find("a")) == "other");
  CHECK(archive->text(*archive->find("b")) == "last");
  CHECK(archive->find("b")->mode == 0755);
}

TEST_CASE("a file that is cut, changed in its list or of another kind is no unpacked archive") {
  TempDir folder;
  const std::string whole = sample();
  const auto is_archive = [&](const std::string& text) {
    write_file(folder.path() / "unpacked", text);
    return UnpackedArchive::open(folder.path() / "unpacked", "x", "x").has_value();
  };
  CHECK(is_archive(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(is_archive(whole.substr(0, size)));
  for (std::size_t at = 14; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_FALSE(is_archive(changed));
  }
  CHECK_FALSE(UnpackedArchive::open(folder.path() / "absent", "x", "x"));
  CHECK_FALSE(UnpackedArchive::open(folder.path(), "x", "x"));
}
