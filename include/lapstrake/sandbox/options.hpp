// The options of a sandbox.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace lapstrake::sandbox {

struct Options {
  std::filesystem::path folder = {};  // blobs, CA, clients' configuration; created if missing, not removed
  std::string account = "123456789012";
  std::string region = "us-east-1";
  std::uint16_t port = 0, proxy_port = 0;  // 0: any free one
  std::string faults = {};                 // a script of rules, JSON text (docs/reference/sandbox.md); empty: none
  bool create_repositories = true;         // false: closes the connection of a push to a missing repository, as ECR
  bool immutable_tags = false;
  std::function<void(const std::string&)> log =
      nullptr;  // one line per request; called from many threads, one at a time
  std::string access_key_id = {}, secret_access_key = {};  // empty: generated
  std::size_t most_connections = 256;                      // at a time; further ones are closed at once
  std::chrono::milliseconds rollout_step{500};             // each step of a rollout of ECS
  std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;
  std::chrono::milliseconds idle_timeout{60'000};  // before an idle connection is closed
};

}  // namespace lapstrake::sandbox
