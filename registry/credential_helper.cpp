#include "credential_helper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/inherited.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

extern char** environ;

namespace lapstrake::registry {
namespace {

using Steady = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& name, std::string_view why, std::string help = {}) {
  throw Error(ErrorKind::access, cat("the credential helper `docker-credential-", printable(name, 64), "` ", why),
              std::move(help));
}

bool is_name(std::string_view name) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !name.empty() && name.find_first_not_of(allowed) == name.npos;
}

std::optional<std::string> on_path(const Runtime& runtime, const std::string& program) {
  for (const auto& folder : split(runtime.environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin"), ':')) {
    if (!folder.starts_with('/')) continue;  // never relative to the current folder
    auto path = cat(folder, "/", program);
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return std::nullopt;
}

// A child in a process group of its own, with one socket as its stdin and stdout. The destructor kills what is
// left of the group.
class Child {
 public:
  Child(const std::string& path, const std::string& name, const Inherited* caller) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
      fail(name, cat("cannot be run: ", reason(errno)));
    ours_ = FileDescriptor(pair[0]);
    const FileDescriptor theirs(pair[1]);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int result = ::posix_spawn_file_actions_init(&actions);
    if (result != 0) fail(name, cat("cannot be run: ", reason(result)));
    result = ::posix_spawnattr_init(&attributes);
    if (result == 0) {
      result = spawn(path, actions, attributes, theirs.get(), caller);
      ::posix_spawnattr_destroy(&attributes);
    }
    ::posix_spawn_file_actions_destroy(&actions);
    if (result != 0) fail(name, cat("cannot be run: ", reason(result)));
  }
  ~Child() {
    if (id_ <= 0) return;
    ::kill(-id_, SIGKILL);
    while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int socket() const { return ours_.get(); }
  // Nothing when the child closed its output but still runs at `deadline`.
  std::optional<int> exit_status(Steady::time_point deadline, const std::stop_token& stop) {
    siginfo_t ended{};
    for (;;) {
      ended.si_pid = 0;
      const int result = ::waitid(P_PID, static_cast<id_t>(id_), &ended, WEXITED | WNOWAIT | WNOHANG);
      if (result == 0 ? ended.si_pid != 0 : errno != EINTR) break;
      stop_point(stop);
      if (Steady::now() >= deadline) return std::nullopt;
      ::poll(nullptr, 0, 5);
    }
    ::kill(-id_, SIGKILL);  // the rest of its group; the id stays valid until the child is reaped
    int status = 0;
    pid_t waited = 0;
    do {
      waited = ::waitpid(id_, &status, 0);
    } while (waited < 0 && errno == EINTR);
    id_ = -1;
    return waited > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  }

 private:
  // The child gets the caller's signal settings and core limit, except for SIGCHLD, which it needs for its own
  // children.
  int spawn(const std::string& path, posix_spawn_file_actions_t& actions, posix_spawnattr_t& attributes, int end,
            const Inherited* caller) {
    std::string program = path, verb = "get";
    char* const arguments[] = {program.data(), verb.data(), nullptr};
    sigset_t blocked, defaults;
    sigemptyset(&blocked);
    sigemptyset(&defaults);
    if (caller != nullptr) blocked = caller->blocked;
    for (const int one : {SIGPIPE, SIGXFSZ})
      if (caller != nullptr && sigismember(&caller->ignored, one) == 0) sigaddset(&defaults, one);
    for (const int result :
         {::posix_spawn_file_actions_adddup2(&actions, end, 0), ::posix_spawn_file_actions_adddup2(&actions, end, 1),
          ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0),
          ::posix_spawn_file_actions_addclosefrom_np(&actions, 3),  // libcurl's connections are not close-on-exec
          ::posix_spawnattr_setpgroup(&attributes, 0), ::posix_spawnattr_setsigmask(&attributes, &blocked),
          ::posix_spawnattr_setsigdefault(&attributes, &defaults),
          ::posix_spawnattr_setflags(&attributes,
                                     POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)})
      if (result != 0) return result;
    const int result = ::posix_spawn(&id_, path.c_str(), &actions, &attributes, arguments, environ);
    // posix_spawn cannot set limits. prlimit fails for a helper with other privileges, which keeps our limit.
    if (result == 0 && caller != nullptr) (void)::prlimit(id_, RLIMIT_CORE, &caller->core, nullptr);
    return result;
  }

  FileDescriptor ours_;
  pid_t id_ = -1;
};

[[noreturn]] void too_slow(const std::string& name, const HelperLimits& limits) {
  fail(name, cat("did not answer within ", std::chrono::ceil<std::chrono::seconds>(limits.time).count(), " s"));
}

std::string reply_of(const Runtime& runtime, Child& child, const std::string& name, const HelperLimits& limits,
                     Steady::time_point deadline) {
  std::string reply;
  for (;;) {
    stop_point(runtime.stop);
    if (Steady::now() >= deadline) too_slow(name, limits);
    pollfd ready{child.socket(), POLLIN, 0};
    const int count = ::poll(&ready, 1, 100);
    if (count < 0 && errno != EINTR) fail(name, cat("has unreadable output: ", reason(errno)));
    if (count <= 0) continue;
    std::array<char, 4096> room;
    const auto size = ::recv(child.socket(), room.data(), room.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return reply;
    reply.append(room.data(), static_cast<std::size_t>(size));
    if (reply.size() > limits.reply) fail(name, cat("printed more than ", human_size(limits.reply)));
  }
}

}  // namespace

std::optional<Login> run_credential_helper(const Runtime& runtime, const std::string& name, const std::string& server,
                                           const HelperLimits& limits) {
  if (!is_name(name)) fail(name, "has an invalid name", "use only letters, digits, `.`, `_` and `-`");
  const auto path = on_path(runtime, cat("docker-credential-", name));
  if (!path)
    fail(name, "was not found on the PATH",
         "install it, or remove it from `credHelpers` or `credsStore` in docker's config.json");
  const auto deadline = Steady::now() + limits.time;
  Child child(*path, name, runtime.inherited.get());
  // Fits into any socket buffer; a helper that does not read it will not answer either.
  if (::send(child.socket(), server.data(), server.size(), MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
    fail(name, cat("does not accept input: ", reason(errno)));
  ::shutdown(child.socket(), SHUT_WR);
  const auto reply = reply_of(runtime, child, name, limits, deadline);
  const auto status = child.exit_status(deadline, runtime.stop);
  if (!status) too_slow(name, limits);
  if (*status != 0) {
    if (lower(reply).find("credentials not found") != std::string::npos) return std::nullopt;
    // Its output is not quoted: it may contain the secret.
    fail(name, cat("failed (exit status ", *status, ")"),
         cat("see its output: `echo ", printable(server, 256), " | docker-credential-", name, " get`"));
  }
  Login login{.source = cat("docker-credential-", name)};
  try {
    const auto answer = parse_json(reply, "the answer");
    login.username = answer.at("Username").get<std::string>();
    login.password = answer.at("Secret").get<std::string>();
  } catch (const std::exception&) {
    // Its output is not quoted: it may contain the secret.
    fail(name, "did not print JSON with `Username` and `Secret`");
  }
  login.identity_token = login.username == "<token>";
  if (login.password.empty()) return std::nullopt;
  return login;
}

}  // namespace lapstrake::registry
