// The exception class of all failures: what failed, why, in which step, and how to fix it.
#pragma once
#include <chrono>
#include <exception>
#include <lapstrake/base/styled_text.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake {

// The values are the process's exit codes, a contract that scripts depend on (docs/reference/exit-codes.md).
enum class ErrorKind {
  internal = 1,    // a bug in lapstrake or anything else
  usage = 2,       // usage or spec
  input = 3,       // an input is missing or unreadable, or the disk is full
  network = 4,     // registry or network
  access = 5,      // credentials or permission
  integrity = 6,   // a wrong digest, or invalid data from outside
  deployment = 7,  // the deployment failed or was rolled back
  timeout = 8,     // timed out, still in progress
  approval = 9     // waiting for an approval
};

// Names a failure that some caller handles, so that nobody has to read its text. Set where the Error is thrown.
enum class ErrorCode {
  none,
  connection_closed,   // by the server, before the first byte of a reply
  timed_out,           // no reply in time
  throttled,           // the server asks for fewer requests: neither the request nor the connection failed
  missing_repository,  // of a registry that does not create repositories on push
  missing_content,     // a registry lacks a blob or child manifest of a manifest (even if it reported it before)
  no_credentials,      // no AWS credentials are configured
  unusable_profile     // an AWS profile has no credentials that lapstrake can use (SSO, a role)
};

// The error of an AWS service, as it arrived: "RepositoryNotFoundException" and its text.
struct ServiceError {
  std::string code = {}, message = {};
};

// A stop was requested (SIGINT, SIGTERM). Not an Error, so that no handler of failures takes it for one.
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override { return "interrupted"; }
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
  // The opposite: no retry.
  Error& permanent();
  Error& with_code(ErrorCode code);
  Error& from_service(ServiceError error);

  ErrorKind kind() const noexcept { return kind_; }
  ErrorCode code() const noexcept { return code_; }
  const ServiceError& service() const noexcept { return service_; }
  const std::string& summary() const noexcept { return what_; }
  const std::string& reason() const noexcept { return because_; }
  const std::vector<std::string>& steps() const noexcept { return steps_; }
  const std::string& help() const noexcept { return help_; }
  std::string line() const;  // "SUMMARY: REASON"
  bool is_transient() const noexcept { return transient_; }
  std::optional<std::chrono::milliseconds> wait_floor() const noexcept { return wait_floor_; }
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  ErrorKind kind_;
  ErrorCode code_ = ErrorCode::none;
  ServiceError service_;
  std::string what_, because_, help_;
  std::vector<std::string> steps_;
  bool transient_ = false;
  std::optional<std::chrono::milliseconds> wait_floor_;
};

// The error as printed text ("error: ...", "  because: ...", "  while: ...", "  help: ..."), with a final newline.
std::string report(const Error& error);
StyledText styled_report(const Error& error);

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
