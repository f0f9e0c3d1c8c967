#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

TEST_CASE("a full disk's cure is more space there, or what the caller knows better") {
  const FileDescriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto help = [&](const std::string& cure) {
    try {
      write_fully(full.get(), as_bytes("x"), "/out/a.tar", cure);
      return std::string("it was written");
    } catch (const Error& error) {
      CHECK_THAT(error.summary(), Contains("cannot write `/out/a.tar`: No space left"));
      return error.help();
    }
  };
  CHECK(help({}) == "free some space on the file system of `/out`");
  CHECK(help("move it") == "move it");
}

TEST_CASE("an unnamed file can be written and read, and no name of it stays") {
  const TempDir dir;
  const auto file = unnamed_file(dir.path());
  write_fully(file.get(), as_bytes("text"), dir.path());
  std::string back(4, ' ');
  CHECK(::pread(file.get(), back.data(), back.size(), 0) == 4);
  CHECK(back == "text");
  CHECK(std::filesystem::is_empty(dir.path()));
  CHECK_THROWS_WITH(unnamed_file(dir / "absent"), Contains("cannot make a file in `" + (dir / "absent").string()));
}

TEST_CASE("reading says what is wrong with a path") {
  const TempDir dir;
  CHECK_THROWS_WITH(read_file(dir / "absent"), Contains("No such file or directory"));
  CHECK_THROWS_WITH(read_file(dir.path()), Contains("not a regular file"));
  dir.write("long", "12345");
  CHECK_THROWS_WITH(read_file(dir / "long", 4), Contains("longer than 4 B"));
}
