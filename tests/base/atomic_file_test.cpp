#include <sys/stat.h>

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;

TEST_CASE("a file that is not published leaves nothing behind") {
  const TempDir dir;
  {
    AtomicFile file(dir.path());
    file.write(as_bytes("half"));
  }
  CHECK(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("a published file has the mode asked for, whatever the umask") {
  const TempDir dir;
  const auto old = ::umask(077);
  write_file(dir / "a", "text", 0644);
  ::umask(old);
  struct stat status {};
  REQUIRE(::stat((dir / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0644);
  CHECK(dir.read("a") == "text");
}

TEST_CASE("reading says what is wrong with a path") {
  const TempDir dir;
  CHECK_THROWS_WITH(read_file(dir / "absent"), Contains("No such file or directory"));
  CHECK_THROWS_WITH(read_file(dir.path()), Contains("not a regular file"));
  dir.write("long", "12345");
  CHECK_THROWS_WITH(read_file(dir / "long", 4), Contains("longer than 4 B"));
}
