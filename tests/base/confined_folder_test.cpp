#include <sys/stat.h>

#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& folder, const std::string& from, bool allow_outside = false) {
  return read_all_of(open_named_file(folder, from, allow_outside), 1000);
}

}  // namespace

TEST_CASE("a named file is read through links that stay in the folder") {
  const TempDir dir;
  dir.write("p/real/a", "text");
  fs::create_symlink("real", dir / "p/link");
  fs::create_symlink("../link/a", dir / "p/real/b");
  CHECK(content(dir / "p", "real/a") == "text");
  CHECK(content(dir / "p", "./link/../real/b") == "text");
}

TEST_CASE("no way leads out of the folder of the spec (S45)") {
  const TempDir dir;
  dir.write("ext/a", "secret");
  fs::create_directories(dir / "p/sub");
  fs::create_symlink("../ext", dir / "p/folder");
  fs::create_symlink("../../ext/a", dir / "p/sub/file");
  fs::create_symlink((dir / "ext/a").string(), dir / "p/absolute");
  const auto from = GENERATE("folder/a", "sub/file", "absolute", "../ext/a", "sub/../../ext/a");
  CAPTURE(from);
  CHECK_THROWS_WITH(content(dir / "p", from), Contains("the folder of the spec"));
  CHECK_THROWS_WITH(content(dir / "p", (dir / "ext/a").string()), Contains("is outside the folder of the spec"));
  CHECK(content(dir / "p", from, true) == "secret");
  CHECK(content(dir / "p", (dir / "ext/a").string(), true) == "secret");
}

TEST_CASE("an absolute link that leads into the folder of the spec is followed") {
  const TempDir dir;
  dir.write("p/out/sbom.json", "bom");
  fs::create_symlink((dir / "p/out/sbom.json").string(), dir / "p/sbom.json");
  fs::create_symlink((dir / "p/out").string(), dir / "p/folder");
  CHECK(content(dir / "p", GENERATE("sbom.json", "folder/sbom.json")) == "bom");
}

// The moment between the look at where a path leads, and the opening of it.
TEST_CASE("a link that appears after a path was resolved is not followed") {
  const TempDir dir;
  dir.write("p/sub/a", "text");
  dir.write("ext/a", "secret");
  const ConfinedFolder folder(dir / "p");
  const auto place = folder.resolve("sub/a", ConfinedFolder::Links::follow);
  REQUIRE(place == "sub/a");
  SECTION("in place of the folder") {
    fs::rename(dir / "p/sub", dir / "p/old");
    fs::create_symlink("../ext", dir / "p/sub");
  }
  SECTION("in place of the file") {
    fs::remove(dir / "p/sub/a");
    fs::create_symlink("../../ext/a", dir / "p/sub/a");
  }
  CHECK_FALSE(folder.open(*place));
}

TEST_CASE("a file that is open stays the one that was checked") {
  const TempDir dir;
  dir.write("p/sub/a", "text");
  dir.write("ext/a", "secret");
  const auto file = open_named_file(dir / "p", "sub/a", false);
  fs::rename(dir / "p/sub", dir / "p/old");
  fs::create_symlink("../ext", dir / "p/sub");
  CHECK(file.size == 4);
  CHECK(read_all_of(file, 1000) == "text");
  CHECK(read_all_of(file, 1000) == "text");
}

TEST_CASE("what is no regular file, or too long, is refused") {
  const TempDir dir;
  fs::create_directory(dir / "folder");
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  dir.write("long", std::string(1001, 'x'));
  CHECK_THROWS_WITH(content(dir.path(), "folder"), Contains("it is not a regular file"));
  CHECK_THROWS_WITH(content(dir.path(), "fifo"), Contains("it is not a regular file"));
  CHECK_THROWS_WITH(content(dir.path(), "absent"), Contains("cannot read `absent`: No such file or directory"));
  CHECK_THROWS_WITH(content(dir.path(), "long"), Contains("`long`: it is longer than 1000 B"));
}
