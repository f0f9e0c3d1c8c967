#include "core_files.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace lapstrake::cli {

void forbid_core_files() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace lapstrake::cli
