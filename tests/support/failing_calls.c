// Preloaded into a program: the FAIL_AT-th call that opens, reads, writes, renames, links, syncs or truncates something
// below the folder FAIL_BELOW fails, with one of the errors that such a call may have: FAIL_TURN says which. FAIL_LOG
// gets a line on it, and at the end the number of such calls.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long seen;

// By the kernel itself, so that nothing here is counted.
static void note(const char* what, const char* path) {
  const char* log = getenv("FAIL_LOG");
  char line[PATH_MAX + 64];
  if (log == NULL) return;
  const int saved = errno;
  const int fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int size = snprintf(line, sizeof line, "%s %s\n", what, path);
  if (fd >= 0 && size > 0) syscall(SYS_write, fd, line, (size_t)size);
  if (fd >= 0) syscall(SYS_close, fd);
  errno = saved;
}

// EINTR is a matter of calls that may wait; of the others the disk's, the quota's, the owner's and the process's own
// limits.
static const struct {
  const char* what;
  int errors[4];
} errors_of[] = {
    {"open", {EIO, EACCES, EMFILE, ENOSPC}},  {"read", {EIO, EINTR, EIO, EINTR}},
    {"pread", {EIO, EINTR, EIO, EINTR}},      {"write", {EIO, ENOSPC, EINTR, EDQUOT}},
    {"pwrite", {EIO, ENOSPC, EINTR, EDQUOT}}, {"f", {EIO, ENOSPC, EINTR, EDQUOT}},
    {"rename", {EIO, EACCES, ENOSPC, EROFS}}, {"link", {EIO, EACCES, ENOSPC, EMLINK}},
    {"mkdir", {EIO, EACCES, ENOSPC, EDQUOT}},
};

static int error_of(const char* what) {
  const char* turn = getenv("FAIL_TURN");
  for (size_t i = 0; i < sizeof errors_of / sizeof errors_of[0]; ++i)
    if (strncmp(what, errors_of[i].what, strlen(errors_of[i].what)) == 0)
      return errors_of[i].errors[turn == NULL ? 0 : atol(turn) % 4];
  return EIO;
}

static int fails_at(const char* what, const char* path) {
  const char *below = getenv("FAIL_BELOW"), *at = getenv("FAIL_AT");
  if (below == NULL || strncmp(path, below, strlen(below)) != 0) return 0;
  const long number = atomic_fetch_add(&seen, 1) + 1;
  if (at == NULL || number != atol(at)) return 0;
  const int error = error_of(what);
  char told[128];
  snprintf(told, sizeof told, "%s: %s", strerror(error), what);
  note(told, path);
  errno = error;
  return 1;
}

static int fails_fd(const char* what, int fd) {
  char link[64], path[PATH_MAX];
  const int saved = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const long size = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  errno = saved;
  if (size <= 0) return 0;
  path[size] = 0;
  return fails_at(what, path);
}

static int fails_path(const char* what, int folder, const char* name) {
  if (name == NULL) return 0;
  if (name[0] == '/') return fails_at(what, name);
  if (folder != AT_FDCWD) return fails_fd(what, folder);
  char path[PATH_MAX];
  if (syscall(SYS_getcwd, path, sizeof path) <= 0) return 0;
  return fails_at(what, path);
}

__attribute__((destructor)) static void tell(void) {
  char number[32];
  snprintf(number, sizeof number, "%ld", atomic_load(&seen));
  note("calls", number);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MODE(flags)                                          \
  mode_t mode = 0;                                           \
  if ((flags)&O_CREAT || ((flags)&O_TMPFILE) == O_TMPFILE) { \
    va_list rest;                                            \
    va_start(rest, flags);                                   \
    mode = va_arg(rest, mode_t);                             \
    va_end(rest);                                            \
  }

int open(const char* path, int flags, ...) {
  MODE(flags)
  return fails_path("open", AT_FDCWD, path) ? -1 : REAL(open)(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  MODE(flags)
  return fails_path("open", AT_FDCWD, path) ? -1 : REAL(open64)(path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  MODE(flags)
  return fails_path("openat", folder, path) ? -1 : REAL(openat)(folder, path, flags, mode);
}
int openat64(int folder, const char* path, int flags, ...) {
  MODE(flags)
  return fails_path("openat", folder, path) ? -1 : REAL(openat64)(folder, path, flags, mode);
}
ssize_t read(int fd, void* room, size_t size) { return fails_fd("read", fd) ? -1 : REAL(read)(fd, room, size); }
ssize_t pread(int fd, void* room, size_t size, off_t at) {
  return fails_fd("pread", fd) ? -1 : REAL(pread)(fd, room, size, at);
}
ssize_t pread64(int fd, void* room, size_t size, off64_t at) {
  return fails_fd("pread", fd) ? -1 : REAL(pread64)(fd, room, size, at);
}
ssize_t write(int fd, const void* bytes, size_t size) {
  return fails_fd("write", fd) ? -1 : REAL(write)(fd, bytes, size);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  return fails_fd("pwrite", fd) ? -1 : REAL(pwrite64)(fd, bytes, size, at);
}
int fsync(int fd) { return fails_fd("fsync", fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fails_fd("fdatasync", fd) ? -1 : REAL(fdatasync)(fd); }
int ftruncate64(int fd, off64_t size) { return fails_fd("ftruncate", fd) ? -1 : REAL(ftruncate64)(fd, size); }
int rename(const char* from, const char* to) {
  return fails_path("rename", AT_FDCWD, to) ? -1 : REAL(rename)(from, to);
}
int renameat(int of, const char* from, int in, const char* to) {
  return fails_path("renameat", in, to) ? -1 : REAL(renameat)(of, from, in, to);
}
int linkat(int of, const char* from, int in, const char* to, int flags) {
  return fails_path("linkat", in, to) ? -1 : REAL(linkat)(of, from, in, to, flags);
}
int mkdir(const char* path, mode_t mode) { return fails_path("mkdir", AT_FDCWD, path) ? -1 : REAL(mkdir)(path, mode); }

// openat2(2) has no function of its own in glibc.
long syscall(long number, ...) {
  static long (*real)(long, ...);
  long a[6];
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; ++i) a[i] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_openat2 && fails_path("openat2", (int)a[0], (const char*)a[1])) return -1;
  if (real == NULL) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
