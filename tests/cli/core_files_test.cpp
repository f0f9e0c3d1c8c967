#include "../../src/cli/core_files.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"

namespace {

// The exit status of a child: what is forbidden stays forbidden. 0: all is as it must be.
int forbidden() {
  lapstrake::cli::forbid_core_files();
  rlimit limit{};
  if (::getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0) return 1;
  if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return 2;
  // Files without a name are linked by this path.
  return ::open("/proc/self/fd/2", O_PATH | O_CLOEXEC) < 0 ? 3 : 0;
}

}  // namespace

TEST_CASE("no core file is written, not even to a pipe, and the process still finds its own descriptors") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(forbidden());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
}
