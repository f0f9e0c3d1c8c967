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
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "print.hpp"

namespace lapstrake::cli {
namespace {

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

[[noreturn]] void run_command(const Printer& printer, const std::vector<std::string>& command,
                              const sandbox::Sandbox& box, const Runtime& runtime) {
  if (runtime.inherited) restore(*runtime.inherited);
  for (const auto& name : box.unset_variables()) ::unsetenv(name.c_str());
  for (const auto& [name, value] : box.environment()) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  // `lapstrake sandbox -- lapstrake ...` works before the program is on the PATH.
  if (errno == ENOENT && command.front() == "lapstrake") ::execv("/proc/self/exe", words.data());
  printer.message(cat("error: cannot run `", command.front(), "`: ", reason(errno), "\n"));
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

int serve(const Printer& printer, const sandbox::Sandbox& box, const Runtime& runtime, bool json) {
  if (json) {
    printer.json_result(pretty_json({{"environment", box.environment()}, {"unset", box.unset_variables()}}) + "\n");
    while (!runtime.stop.stop_requested()) ::usleep(50'000);
    return 0;
  }

  std::string lines;
  for (const auto& name : box.unset_variables()) lines += cat("unset ", name, "\n");
  for (const auto& [name, value] : box.environment()) lines += cat("export ", name, "=", quoted(value), "\n");
  printer.result(lines);
  while (!runtime.stop.stop_requested()) ::usleep(50'000);
  return 0;
}

}  // namespace

int run_sandbox(const Options& options, const Runtime& runtime) {
  if (options.account.size() != 12 || options.account.find_first_not_of("0123456789") != std::string::npos)
    throw Error(ErrorKind::usage,
                cat("invalid value `--account ", options.account, "`: an AWS account ID has 12 digits"));
  const Printer printer(runtime);
  const DataFolder data(options.data);
  sandbox::Sandbox box(
      {.folder = data.path(),
       .account = options.account,
       .region = options.region.value_or("us-east-1"),
       .port = options.port,
       .proxy_port = options.proxy_port,
       .faults = options.faults.empty() ? "" : read_file(options.faults, 1 << 20),
       .create_repositories = !options.no_create,
       .immutable_tags = options.immutable_tags,
       .log = options.verbose > 0
                  ? [printer](const std::string& line) { printer.message(cat("sandbox: ", line, "\n")); }
                  : std::function<void(const std::string&)>()});
  if (!options.quiet)
    printer.message(cat("sandbox: ECR, ECS and STS for account ", options.account, " on https://127.0.0.1:", box.port(),
                        ", proxy http://127.0.0.1:", box.proxy_port(), "\n"));
  if (options.child.empty()) return serve(printer, box, runtime, options.json);
  const pid_t child = ::fork();
  if (child < 0) throw Error(ErrorKind::input, cat("cannot start a process: ", reason(errno)));
  if (child == 0) run_command(printer, options.child, box, runtime);
  return wait_for(child, runtime);
}

}  // namespace lapstrake::cli
