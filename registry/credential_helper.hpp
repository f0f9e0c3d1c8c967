// Runs docker-credential-NAME, a program that stores logins (docker/docker-credential-helpers).
#pragma once
#include <chrono>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/registry/login.hpp>
#include <optional>
#include <string>

namespace lapstrake::registry {

struct HelperLimits {
  std::chrono::milliseconds time{30'000};
  std::size_t reply = 64u << 10;
};

// Runs `docker-credential-NAME get` with `server` on its stdin, found on PATH's absolute folders, without a shell.
// Nothing when it prints "credentials not found". Error{access} when the name is not [A-Za-z0-9._-]+, when the program
// is missing, fails or exceeds the limits (it may close its output before it exits). Its output is never quoted,
// because it may contain secrets. It inherits the environment, as docker's helpers do, and no open file.
std::optional<Login> run_credential_helper(const Runtime& runtime, const std::string& name, const std::string& server,
                                           const HelperLimits& limits = {});

}  // namespace lapstrake::registry
