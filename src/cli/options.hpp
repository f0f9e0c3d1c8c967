// Parses the command line into a value.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::cli {

enum class ProgressStyle { automatic, bar, plain, none };

struct Options {
  std::string command;             // "push"; "store check" for a subcommand
  std::vector<std::string> names;  // IMAGE..., TASK..., REF

  // Global.
  std::string file = "lapstrake.yaml";
  std::string folder;  // -C
  std::optional<std::string> environment, store, profile, region;
  std::vector<std::string> set, image, platform;
  unsigned jobs = 0;                      // 0: as many as there are processors
  bool files = false, referrers = false;  // inspect
  bool allow_outside = false, no_cache = false, json = false, quiet = false;
  bool locked = false, offline = false;
  std::optional<std::string> vendored;
  int verbose = 0;
  ProgressStyle progress = ProgressStyle::automatic;
  bool help = false;

  // build
  std::vector<std::string> outputs;
  bool watch = false, push = false, explain = false;
  // build, push, register
  std::vector<std::string> cache_from;
  std::optional<std::string> cache_to;
  // push, register, copy
  bool create_repository = false, dry_run = false;
  // verify
  bool rebuild = false;
  // lock
  bool update = false, prune = false;
  // sandbox
  std::uint16_t port = 0, proxy_port = 0;
  std::string faults, data, account = "123456789012";
  bool no_create = false, immutable_tags = false;
  std::vector<std::string> child;  // after "--"
};

// Error{usage} for an unknown option or command (suggesting the closest name), a missing value or a value of the wrong
// type.
Options parse(const std::vector<std::string>& arguments);

// All option names that the parser accepts for a command ("" for the global options): a test compares them with the
// help page.
std::vector<std::string> option_names(const std::string& command);

}  // namespace lapstrake::cli
