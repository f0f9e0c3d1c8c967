// The surroundings of a search for credentials, passed in so that tests can replace them.
#pragma once
#include <functional>
#include <lapstrake/base/program.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/http/retry.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

struct Lookup {
  Runtime runtime;
  http::Transport transport;           // plain: neither signing nor retrying
  std::optional<std::string> profile;  // --profile
  std::optional<std::string> region;   // --region
  http::RetryNotice notice = nullptr;
  // Runs a `credential_process`; null: as a process of this machine.
  std::function<ProgramResult(const std::vector<std::string>& words, const ProgramLimits& limits)> run = nullptr;
};

}  // namespace lapstrake::aws
