// What every job of lapstrake is handed: the world, where things lie, and whom to tell.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/base/world.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/registry/pace.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

// One thing that happened. Tests collect them, the CLI draws them.
struct Event {
  enum class Kind {
    started,   // `subject` of `image` begins; `total` bytes if known
    progress,  // `done` bytes of `total`
    finished,  // `text` says how it ended: "12.3 MiB, sha256:..."
    reused,    // nothing had to be done: "already there"
    note,      // `text` alone
    warning    // `text` alone
  } kind = Kind::note;
  std::string image{};    // "php-fpm"
  std::string subject{};  // "layer app", "upload of layer app", "manifest"
  std::uint64_t done = 0, total = 0;
  std::string text{};
};
// Called from several threads: it locks what it needs, and so does Context::log.
using Progress = std::function<void(const Event&)>;

class EcrLogins;

// What one run knows of the registries, however many platforms and images ask for it.
struct Run {
  std::mutex mutex{};
  std::map<std::string, oci::Descriptor> roots{};  // what names were found to be: one name is one image
  std::shared_ptr<registry::Pace> pace = std::make_shared<registry::Pace>();
  std::shared_ptr<EcrLogins> logins{};  // made when they are first asked for
};

struct Context {
  World world{};
  std::filesystem::path store_root{};
  unsigned jobs = 1;
  bool allow_outside = false;                            // --allow-outside
  bool no_cache = false;                                 // --no-cache: believe nothing that was noted before
  bool explain = false;                                  // --explain: say why layers are built anew
  bool is_trial = false;                                 // plan: gives no names, is not remembered as the last build
  std::int64_t epoch = 0;                                // SOURCE_DATE_EPOCH: seconds
  std::vector<oci::Platform> platforms{};                // --platform: instead of the spec's
  std::map<std::string, oci::Reference> given_images{};  // --image NAME=REFERENCE
  std::vector<oci::RegistryReference> cache_from{};      // --cache-from: layers are looked for there ...
  std::optional<oci::RegistryReference> cache_to{};      // --cache-to: ... and kept there; no tag: one for each image
  std::optional<std::string> profile{}, region{};        // --profile, --region
  bool locked = false;                                   // --locked: each base has its entry in `lapstrake.lock`
  bool offline = false;                                  // --offline: no connection is made
  std::optional<std::filesystem::path> vendored{};       // --vendored: bases that lie there are read from there
  std::uint64_t parts_from = 64u << 20;  // blobs of so many bytes go up in parts when a PUT of all failed twice
  std::shared_ptr<Run> run = std::make_shared<Run>();
  Progress progress = [](const Event&) {};
  std::function<void(const std::string&)> log = nullptr;  // -v
};

}  // namespace lapstrake::app
