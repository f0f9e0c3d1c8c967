// sandbox_run FOLDER COMMAND...: runs a command in a sandbox's environment, for the tests with clients that are not
// ours. Its log goes to FOLDER/log.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <lapstrake/base/error.hpp>
#include <lapstrake/sandbox/sandbox.hpp>

using namespace lapstrake;

int main(int count, char** words) try {
  if (count < 3) return 2;
  std::filesystem::create_directories(words[1]);
  std::ofstream log(std::filesystem::path(words[1]) / "log");
  const sandbox::Sandbox box({.folder = words[1],
                              .log = [&](const std::string& line) { log << line << std::endl; },
                              .rollout_step = std::chrono::milliseconds(100)});
  const pid_t child = ::fork();
  if (child == 0) {
    for (const auto& name : box.unset_variables()) ::unsetenv(name.c_str());
    for (const auto& [name, value] : box.environment()) ::setenv(name.c_str(), value.c_str(), 1);
    ::execvp(words[2], words + 2);
    ::_exit(127);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return 1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
} catch (const Error& error) {
  std::cerr << report(error);
  return 1;
}
