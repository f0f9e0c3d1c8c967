// Secrets must not land in a core file.
#pragma once

namespace lapstrake::cli {

// Forbids core files of this process: by RLIMIT_CORE, and by PR_SET_DUMPABLE, since a core_pattern with a pipe gets the
// core whatever the limit is. The process still reads its own /proc/self.
void forbid_core_files();

}  // namespace lapstrake::cli
