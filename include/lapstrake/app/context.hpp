// What every function of app runs with: the environment, the settings from the command line, divided by purpose, the
// state that one run shares, and where progress goes. A value: code that outlives the call keeps a copy of the
// parts that it needs.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/app/progress.hpp>
#include <lapstrake/aws/retry_quota.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <lapstrake/registry/rate_limiter.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {
class LiveCredentials;
}

namespace lapstrake::app {

class EcrLogins;
struct BuiltImage;

// State of one run that all images and platforms share.
struct Run {
  std::mutex mutex{};
  std::map<std::string, oci::Descriptor> roots{};                    // resolved base names: one name stays one image
  std::map<std::string, std::shared_ptr<const BuiltImage>> built{};  // images of the spec, by name: each is built once
  std::shared_ptr<registry::RateLimiter> rate_limiter = std::make_shared<registry::RateLimiter>();
  std::shared_ptr<EcrLogins> logins{};                  // created on first use
  std::shared_ptr<aws::LiveCredentials> credentials{};  // likewise
  std::shared_ptr<aws::RetryQuota> aws_retries = std::make_shared<aws::RetryQuota>();
  packages::LockedPackages packages{};  // of `lapstrake.lock`
};

// Blobs that are fetched or sent at a time.
inline constexpr unsigned most_transfers = 4;

// Which images and platforms.
struct ImageSelection {
  std::vector<oci::Platform> platforms{};            // --platform: instead of the platforms in the spec
  std::map<std::string, oci::Reference> prebuilt{};  // --image NAME=REFERENCE
};

struct BuildSettings {
  bool allow_outside = false;  // --allow-outside
  bool no_cache = false;       // --no-cache: ignore cached layers and notes
  bool explain = false;        // --explain: report why layers are rebuilt
  bool dry_run = false;        // plan: sets no refs, does not count as the last build
  std::int64_t epoch = 0;      // SOURCE_DATE_EPOCH: seconds
};

struct BaseSettings {
  bool locked = false;                                   // --locked: every base must have an entry in `lapstrake.lock`
  std::optional<std::filesystem::path> vendor_folder{};  // --vendored: folder with vendored bases
};

// Caches of layers in registries.
struct CacheSettings {
  std::vector<oci::RegistryReference> from{};  // --cache-from: look for layers there
  std::optional<oci::RegistryReference> to{};  // --cache-to: save layers there; without a tag, one tag per image
};

struct ConnectionSettings {
  bool offline = false;                            // --offline: open no connection
  std::optional<std::string> profile{}, region{};  // --profile, --region
  std::uint64_t parts_from = 64u << 20;  // blobs of at least this size are uploaded in parts after two failed PUTs
};

struct Reporting {
  Progress progress{};
  std::function<void(const std::string&)> log = nullptr;  // -v; must be thread-safe
};

struct Context {
  Runtime runtime{};
  std::filesystem::path store_root{};
  unsigned jobs = 1;
  ImageSelection images{};
  BuildSettings build{};
  BaseSettings bases{};
  CacheSettings cache{};
  ConnectionSettings connection{};
  Reporting report{};
  std::shared_ptr<Run> run = std::make_shared<Run>();
};

// The folder where a command that builds nothing spools archives: the store's scratch folder if there is a store.
std::filesystem::path scratch(const Context& context);

}  // namespace lapstrake::app
