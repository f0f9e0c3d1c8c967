// `lapstrake sandbox`: emulates ECR, ECS and STS for one command.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/inherited.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/sandbox.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

struct SandboxOptions {
  std::uint16_t port = 0, proxy_port = 0;  // 0: a free port
  std::string faults{}, data{}, account = "123456789012";
  bool no_create = false, immutable_tags = false;
};

// A private folder for one run, unless the user named one to keep.
class DataFolder {
 public:
  explicit DataFolder(const std::string& kept) {
    if (!kept.empty()) {
      path_ = std::filesystem::absolute(kept);
      make_folder(path_, 0700);
      return;
    }
    std::error_code failure;
    const auto folder = std::filesystem::temp_directory_path(failure);
    if (failure)
      throw Error(ErrorKind::input, "temporary folder not found (TMPDIR)",
                  "set TMPDIR, or name a folder with `--data DIR`");
    std::string name = (folder / "lapstrake-sandbox-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw Error(ErrorKind::input, cat("cannot create folder `", name, "`: ", reason(errno)));
    path_ = name;
    remove_ = true;
  }
  ~DataFolder() {
    std::error_code ignored;
    if (remove_) std::filesystem::remove_all(path_, ignored);
  }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool remove_ = false;
};

[[noreturn]] void exec_program(const CommandContext& command, const sandbox::Sandbox& box) {
  if (command.runtime().inherited) restore(*command.runtime().inherited);
  const auto& program = command.program();
  for (const auto& name : box.unset_variables()) ::unsetenv(name.c_str());
  for (const auto& [name, value] : box.environment()) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const auto& word : program) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  // `lapstrake sandbox -- lapstrake ...` works before the program is on the PATH.
  if (errno == ENOENT && program.front() == "lapstrake") ::execv("/proc/self/exe", words.data());
  command.printer().error(Error(ErrorKind::input, cat("cannot run `", program.front(), "`: ", reason(errno))));
  ::_exit(127);
}

// Waits for the child; a stop is passed on to it, and after 1.5 s it is killed.
int wait_for(pid_t child, const Runtime& runtime) {
  int waited = 0;
  bool is_stopping = false;
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended < 0 && errno != EINTR)
      throw Error(ErrorKind::internal, cat("cannot wait for the command: ", reason(errno)));
    if (runtime.stop.stop_requested()) {
      if (!is_stopping) ::kill(child, SIGTERM);
      is_stopping = true;
      if (waited++ == 75) ::kill(child, SIGKILL);
    }
    ::usleep(20'000);
  }
}

std::string quoted(const std::string& text) { return cat("'", replace_all(text, "'", "'\\''"), "'"); }

int serve(const CommandContext& command, const sandbox::Sandbox& box) {
  if (command.options().json) {
    print_json(command.printer(), {{"environment", box.environment()}, {"unset", box.unset_variables()}});
  } else {
    std::string lines;
    for (const auto& name : box.unset_variables()) lines += cat("unset ", name, "\n");
    for (const auto& [name, value] : box.environment()) lines += cat("export ", name, "=", quoted(value), "\n");
    command.printer().result(lines);
  }
  while (!command.runtime().stop.stop_requested()) ::usleep(50'000);
  return 0;
}

sandbox::Options settings_of(const CommandContext& command, const SandboxOptions& options,
                             const std::filesystem::path& folder) {
  const auto log = [printer = command.printer()](const std::string& line) {
    printer.message(cat("sandbox: ", line, "\n"));
  };
  return {.folder = folder,
          .account = options.account,
          .region = command.options().region.value_or("us-east-1"),
          .port = options.port,
          .proxy_port = options.proxy_port,
          .faults = options.faults.empty() ? "" : read_file(options.faults, 1 << 20),
          .create_repositories = !options.no_create,
          .immutable_tags = options.immutable_tags,
          .log = command.options().verbose ? log : std::function<void(const std::string&)>()};
}

int run_sandbox(const CommandContext& command, const SandboxOptions& options) {
  if (options.account.size() != 12 || options.account.find_first_not_of("0123456789") != std::string::npos)
    throw Error(ErrorKind::usage,
                cat("invalid value `--account ", options.account, "`: an AWS account ID has 12 digits"));
  const DataFolder data(options.data);
  const sandbox::Sandbox box(settings_of(command, options, data.path()));
  if (!command.options().quiet)
    command.printer().message(cat("sandbox: ECR, ECS and STS for account ", options.account, " on https://127.0.0.1:",
                                  box.port(), ", proxy http://127.0.0.1:", box.proxy_port(), "\n"));
  if (command.program().empty()) return serve(command, box);
  const pid_t child = ::fork();
  if (child < 0) throw Error(ErrorKind::input, cat("cannot start a process: ", reason(errno)));
  if (child == 0) exec_program(command, box);
  return wait_for(child, command.runtime());
}

Option port_option(std::string name, std::string text, std::uint16_t& to) {
  return number(std::move(name), "N", std::move(text), 0, 65535,
                [&to](std::int64_t port) { to = static_cast<std::uint16_t>(port); });
}

}  // namespace

Command sandbox_command() {
  const auto options = std::make_shared<SandboxOptions>();
  return {
      .name = "sandbox",
      .summary = "run a local emulation of ECR, ECS and STS",
      .usage = "[-- COMMAND...]",
      .examples = R"(  lapstrake sandbox -- lapstrake register
  lapstrake sandbox -- aws ecs list-task-definitions
  lapstrake sandbox -- bash             # a shell that uses the sandbox
)",
      .description = R"(Simulates ECR, ECS and STS on 127.0.0.1, with TLS and signature checks, and runs
COMMAND with an environment that points to it. Without COMMAND, prints `export`
lines and serves until interrupted. State is discarded on exit unless `--data`
is given.
)",
      .options = {port_option("--port", "the TLS port (default: a free port)", options->port),
                  port_option("--proxy-port", "the port of the proxy (default: a free port)", options->proxy_port),
                  option("--account", "ID", "the AWS account to simulate (default: 123456789012)", options->account),
                  option("--data", "DIR", "keep blobs, state and the CA in DIR", options->data),
                  option("--faults", "FILE", "inject the faults in FILE (docs/reference/sandbox.md)", options->faults),
                  flag("--no-create", "do not create repositories on push", options->no_create),
                  flag("--immutable-tags", "refuse to overwrite tags", options->immutable_tags)},
      .accepts_program = true,
      .run = [options](CommandContext& command) { return run_sandbox(command, *options); },
  };
}

}  // namespace lapstrake::cli
