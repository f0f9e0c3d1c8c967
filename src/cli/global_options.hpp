// The options that every command accepts.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "option.hpp"

namespace lapstrake::cli {

enum class ProgressStyle { automatic, bar, plain, none };

struct GlobalOptions {
  std::string file = "lapstrake.yaml";
  std::string folder;  // -C
  std::optional<std::string> environment, store, vendored, profile, region;
  std::vector<std::string> set, image, platform;
  unsigned jobs = 0;  // 0: as many as there are processors
  bool locked = false, offline = false, no_cache = false, allow_outside = false;
  bool json = false, quiet = false, verbose = false, help = false;
  ProgressStyle progress = ProgressStyle::automatic;
};

// In the order of the help page. They write to `to`.
std::vector<Option> global_options(GlobalOptions& to);

}  // namespace lapstrake::cli
