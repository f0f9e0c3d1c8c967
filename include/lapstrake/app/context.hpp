// The context of every command: environment, settings from the command line, shared state of the run, progress.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/registry/rate_limiter.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

// One progress event. Tests collect them, the CLI draws them.
struct Event {
  enum class Kind {
    started,   // `subject` of `image` begins; `total` bytes if known
    progress,  // `done` bytes of `total`
    finished,  // `text` is the result: "12.3 MiB, sha256:..."
    reused,    // nothing to do: `text` is "unchanged", "already in the registry"
    note,      // only `text`
    warning    // only `text`
  } kind = Kind::note;
  std::string image{};    // "php-fpm"
  std::string subject{};  // "layer app", "upload of layer app", "manifest"
  std::uint64_t done = 0, total = 0;
  std::string text{};
};
// Called from several threads, as is Context::log: both must be thread-safe.
using Progress = std::function<void(const Event&)>;

class EcrLogins;

// State of one run that all images and platforms share.
struct Run {
  std::mutex mutex{};
  std::map<std::string, oci::Descriptor> roots{};  // resolved base names: one name stays one image
  std::shared_ptr<registry::RateLimiter> rate_limiter = std::make_shared<registry::RateLimiter>();
  std::shared_ptr<EcrLogins> logins{};  // created on first use
};

// Blobs that are fetched or sent at a time.
inline constexpr unsigned most_transfers = 4;

struct Context {
  Runtime runtime{};
  std::filesystem::path store_root{};
  unsigned jobs = 1;
  bool allow_outside = false;                               // --allow-outside
  bool no_cache = false;                                    // --no-cache: ignore cached layers and notes
  bool explain = false;                                     // --explain: report why layers are rebuilt
  bool dry_run = false;                                     // plan: sets no refs, does not count as the last build
  std::int64_t epoch = 0;                                   // SOURCE_DATE_EPOCH: seconds
  std::vector<oci::Platform> platforms{};                   // --platform: instead of the platforms in the spec
  std::map<std::string, oci::Reference> prebuilt_images{};  // --image NAME=REFERENCE
  std::vector<oci::RegistryReference> cache_from{};         // --cache-from: look for layers there
  std::optional<oci::RegistryReference> cache_to{};  // --cache-to: save layers there; without a tag, one tag per image
  std::optional<std::string> profile{}, region{};    // --profile, --region
  bool locked = false;                               // --locked: every base must have an entry in `lapstrake.lock`
  bool offline = false;                              // --offline: open no connection
  std::optional<std::filesystem::path> vendor_folder{};  // --vendored: folder with vendored bases
  std::uint64_t parts_from = 64u << 20;  // blobs of at least this size are uploaded in parts after two failed PUTs
  std::shared_ptr<Run> run = std::make_shared<Run>();
  Progress progress = [](const Event&) {};
  std::function<void(const std::string&)> log = nullptr;  // -v
};

// The folder where a command that builds nothing spools archives: the store's scratch folder if there is a store.
std::filesystem::path scratch(const Context& context);

}  // namespace lapstrake::app
