#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
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
  CHECK_THROWS_WITH(unnamed_file(dir / "absent"), Contains("cannot create a file in `" + (dir / "absent").string()));
}

TEST_CASE("reading says what is wrong with a path") {
  const TempDir dir;
  CHECK_THROWS_WITH(read_file(dir / "absent"), Contains("No such file or directory"));
  CHECK_THROWS_WITH(read_file(dir.path()), Contains("not a regular file"));
  dir.write("long", "12345");
  CHECK_THROWS_WITH(read_file(dir / "long", 4), Contains("longer than 4 B"));
}

TEST_CASE("temporary names are known by their pattern") {
  CHECK(is_temporary_name(".lapstrake-tmp-aZ09xy"));
  CHECK_FALSE(is_temporary_name(".lapstrake-tmp-aZ09x"));
  CHECK_FALSE(is_temporary_name(".lapstrake-tmp-aZ09xyz"));
  CHECK_FALSE(is_temporary_name(".lapstrake-tmp-aZ09x/"));
  CHECK_FALSE(is_temporary_name("lapstrake-tmp-aZ09xy"));
}

TEST_CASE("a file replaces another one, and the temporary name is gone") {
  const TempDir dir;
  for (const std::string text : {"first", "second"}) {
    write_file(dir / "a", text);
    CHECK(dir.read("a") == text);
  }
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);
}

TEST_CASE("a write removes what a killed process left, and not what a live one is writing") {
  const TempDir dir;
  dir.write(".lapstrake-tmp-killed", "half");
  const auto live = dir.write(".lapstrake-tmp-living", "half");
  dir.write(".lapstrake-tmp-", "not ours");
  const FileDescriptor writer(::open(live.c_str(), O_RDWR | O_CLOEXEC));
  REQUIRE(::flock(writer.get(), LOCK_EX) == 0);
  write_file(dir / "a", "text");
  CHECK_FALSE(std::filesystem::exists(dir / ".lapstrake-tmp-killed"));
  CHECK(std::filesystem::exists(live));
  CHECK(std::filesystem::exists(dir / ".lapstrake-tmp-"));
}

TEST_CASE("a process that is not dumpable, or has no /proc, writes files all the same") {
  const TempDir dir;
  std::filesystem::permissions(dir.path(), std::filesystem::perms::all);
  const bool has_proc = GENERATE(true, false);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::filesystem::path folder = dir.path();
    if (!has_proc) {
      if (::chroot(dir.path().c_str()) != 0 || ::chdir("/") != 0) ::_exit(77);  // not root
      folder = "/";
    }
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(78);
    ::prctl(PR_SET_DUMPABLE, 0);
    try {
      for (const auto* text : {"first", "second"}) write_file(folder / "a", text);
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (!has_proc && WIFEXITED(status) && WEXITSTATUS(status) == 77) return;
  CHECK(status == 0);
  CHECK(dir.read("a") == "second");
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);
}
