// The exception class of all failures: what failed, why, in which step, and how to fix it.
#pragma once
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake {

// The values are the process's exit codes, a contract that scripts depend on (docs/reference/exit-codes.md).
enum class ErrorKind {
  internal = 1,      // a bug in lapstrake or anything else
  usage = 2,         // usage or spec
  input = 3,         // an input is missing or unreadable, or the disk is full
  network = 4,       // registry or network
  access = 5,        // credentials or permission
  integrity = 6,     // a wrong digest, or invalid data from outside
  deployment = 7,    // the deployment failed or was rolled back
  timeout = 8,       // timed out, still in progress
  approval = 9,      // waiting for an approval
  interrupted = 130  // SIGINT
};

class Error : public std::exception {
 public:
  // `what` is one sentence without a final full stop: "cannot read `a.txt`: Permission denied".
  Error(ErrorKind kind, std::string what, std::string help = {});

  // The reason in the words of its origin (a registry's message, errno's text). Control bytes are escaped when printed.
  Error& because(std::string text);
  // Adds a step, innermost first: "starting the upload of layer 1 of 2".
  Error& during(std::string step);
  // Sets the help text unless there is one: a command to paste or a line to change.
  Error& helped_by(std::string help);
  // Marks a failure that a retry may fix, such as a lost connection (http/retry.hpp).
  // `floor`: the minimum wait that the server asked for (Retry-After).
  Error& transient(std::optional<std::chrono::milliseconds> floor = std::nullopt);

  ErrorKind kind() const noexcept { return kind_; }
  const std::string& summary() const noexcept { return what_; }
  const std::string& reason() const noexcept { return because_; }
  const std::vector<std::string>& steps() const noexcept { return steps_; }
  const std::string& help() const noexcept { return help_; }
  bool is_transient() const noexcept { return transient_; }
  std::optional<std::chrono::milliseconds> wait_floor() const noexcept { return wait_floor_; }
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  ErrorKind kind_;
  std::string what_, because_, help_;
  std::vector<std::string> steps_;
  bool transient_ = false;
  std::optional<std::chrono::milliseconds> wait_floor_;
};

// The error as printed text ("error: ...", "  because: ...", "  while: ...", "  help: ..."), with a final newline.
std::string report(const Error& error);

// errno's text, the same in every locale: "No such file or directory".
std::string reason(int error_number);

// Runs `act` and adds the step `doing` to an Error that it throws.
template <class Act>
auto step(std::string_view doing, Act&& act) {
  try {
    return act();
  } catch (Error& error) {
    error.during(std::string(doing));
    throw;
  }
}

}  // namespace lapstrake
