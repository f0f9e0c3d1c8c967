#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/inherited.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/program.hpp>
#include <lapstrake/base/text.hpp>
#include <optional>

extern char** environ;

namespace lapstrake {
namespace {

using MonotonicClock = std::chrono::steady_clock;

[[noreturn]] void program_failed(const std::string& name, std::string_view why) {
  throw Error(ErrorKind::input, cat("the program `", printable(name, 200), "` ", why));
}

std::string path_of_program(const Runtime& runtime, const std::string& name) {
  if (name.find('/') != name.npos) return name;
  for (const auto& folder : split(runtime.environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin"), ':')) {
    if (!folder.starts_with('/')) continue;  // never relative to the current folder
    auto path = cat(folder, "/", name);
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  program_failed(name, "was not found on the PATH");
}

// Both ends close on exec.
struct Pipe {
  explicit Pipe(const std::string& name) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) program_failed(name, cat("cannot be started: ", reason(errno)));
    read = FileDescriptor(ends[0]);
    write = FileDescriptor(ends[1]);
  }
  FileDescriptor read, write;
};

// The file actions and attributes of a spawn.
struct SpawnSettings {
  SpawnSettings() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  // The program gets the caller's signal settings, except for SIGCHLD, which it needs for its own children.
  int set(int output, int errors, const Inherited* caller) {
    sigset_t blocked, defaults;
    sigemptyset(&blocked);
    sigemptyset(&defaults);
    if (caller != nullptr) blocked = caller->blocked;
    for (const int one : {SIGPIPE, SIGXFSZ})
      if (caller != nullptr && sigismember(&caller->ignored, one) == 0) sigaddset(&defaults, one);
    for (const int result :
         {::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0),
          ::posix_spawn_file_actions_adddup2(&actions, output, 1),
          ::posix_spawn_file_actions_adddup2(&actions, errors, 2),
          ::posix_spawn_file_actions_addclosefrom_np(&actions, 3),  // libcurl's connections are not close-on-exec
          ::posix_spawnattr_setpgroup(&attributes, 0), ::posix_spawnattr_setsigmask(&attributes, &blocked),
          ::posix_spawnattr_setsigdefault(&attributes, &defaults),
          ::posix_spawnattr_setflags(&attributes,
                                     POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)})
      if (result != 0) return result;
    return 0;
  }

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

// The destructor kills what is left of the process group.
class RunningProgram {
 public:
  RunningProgram(const std::string& path, std::vector<std::string> words, int output, int errors,
                 const Inherited* caller) {
    SpawnSettings settings;
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int result = settings.set(output, errors, caller);
    if (result == 0)
      result = ::posix_spawn(&id_, path.c_str(), &settings.actions, &settings.attributes, arguments.data(), environ);
    if (result != 0) {
      id_ = -1;
      program_failed(words.front(), cat("cannot be started: ", reason(result)));
    }
    // posix_spawn cannot set limits. prlimit fails for a program with other privileges, which keeps our limit.
    if (caller != nullptr) (void)::prlimit(id_, RLIMIT_CORE, &caller->core, nullptr);
  }
  ~RunningProgram() {
    if (id_ > 0) (void)end();
  }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  bool has_ended() const {
    siginfo_t ended{};
    const int result = ::waitid(P_PID, static_cast<id_t>(id_), &ended, WEXITED | WNOWAIT | WNOHANG);
    return result == 0 ? ended.si_pid != 0 : errno != EINTR;
  }
  // Kills the group: the id stays valid until the program is reaped.
  int end() {
    ::kill(-id_, SIGKILL);
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t id_ = -1;
};

// Reads what is there; false at the end of the stream.
bool read_available(int fd, std::string& into, std::size_t most) {
  std::array<char, 4096> room;
  const auto size = ::read(fd, room.data(), room.size());
  if (size < 0) return errno == EINTR || errno == EAGAIN;
  into.append(room.data(), std::min(static_cast<std::size_t>(size), most - std::min(most, into.size())));
  return size > 0;
}

// Until both streams have ended, or the program has, and nothing is left in them: a grandchild may keep them open.
void read_streams(const Runtime& runtime, const RunningProgram& program, const std::string& name,
                  const ProgramLimits& limits, std::array<FileDescriptor, 2>& streams, ProgramResult& result) {
  const auto deadline = MonotonicClock::now() + limits.time;
  std::array<pollfd, 2> ready{pollfd{streams[0].get(), POLLIN, 0}, pollfd{streams[1].get(), POLLIN, 0}};
  for (;;) {
    stop_point(runtime.stop);
    if (MonotonicClock::now() >= deadline)
      program_failed(name,
                     cat("did not end within ", std::chrono::ceil<std::chrono::seconds>(limits.time).count(), " s"));
    const bool ended = program.has_ended();
    const int count = ::poll(ready.data(), ready.size(), 20);
    if (count == 0 && ended) return;
    if (count <= 0) continue;
    // One byte more than is allowed, to know of it.
    if (ready[0].revents != 0 && !read_available(ready[0].fd, result.output, limits.output + 1)) ready[0].fd = -1;
    if (ready[1].revents != 0 && !read_available(ready[1].fd, result.errors, limits.errors)) ready[1].fd = -1;
    if (result.output.size() > limits.output)
      program_failed(name, cat("printed more than ", human_size(limits.output)));
  }
}

}  // namespace

ProgramResult run_program(const Runtime& runtime, const std::vector<std::string>& words, const ProgramLimits& limits) {
  if (words.empty() || words.front().empty()) throw Error(ErrorKind::input, "no program is named");
  const auto path = path_of_program(runtime, words.front());
  Pipe output(words.front()), errors(words.front());
  RunningProgram program(path, words, output.write.get(), errors.write.get(), runtime.inherited.get());
  output.write.reset();
  errors.write.reset();
  std::array<FileDescriptor, 2> streams{std::move(output.read), std::move(errors.read)};
  ProgramResult result;
  read_streams(runtime, program, words.front(), limits, streams, result);
  result.status = program.end();
  return result;
}

}  // namespace lapstrake
