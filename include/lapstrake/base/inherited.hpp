// Process state inherited from the caller and restored in child processes: ignored and blocked signals, and the limit
// for core files.
#pragma once
#include <sys/resource.h>

#include <csignal>

namespace lapstrake {

struct Inherited {
  sigset_t ignored{}, blocked{};
  rlimit core{};

  // True when the caller ignores or blocks `signal` (nohup, background jobs of a shell): it must not end this process.
  bool is_ignored_or_blocked(int signal) const;
};

// The state of this process now. Call it first in main.
Inherited inherited_state();

// SIGPIPE and SIGXFSZ are ignored, so that write(2) fails instead; SIGCHLD is not, so that waitpid(2) works. No core
// files: they would hold secrets.
void use_own_state();

// In a child, between fork and exec: undoes use_own_state() and unblocks signals that were blocked since.
void restore(const Inherited& caller);

}  // namespace lapstrake
