// package-lock.json: places and names stay below the project, and each choice of packages is consistent.
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/packages/npm/select.hpp>
#include <lapstrake/packages/npm/tarball_source.hpp>
#include <lapstrake/packages/npm/tree.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::npm;

namespace {

bool is_below(std::string_view path) {
  return !path.empty() && !path.starts_with('/') && cat("/", path, "/").find("/../") == std::string::npos;
}

void hold_selection(const LockFile& lock, const SelectOptions& options) {
  const auto chosen = attempt(ErrorKind::usage, [&] { return select(lock, options); });
  if (!chosen) return;
  std::vector<InstalledPackage> packages;
  for (const auto& package : chosen->packages) {
    hold(lock.find(package.place) != nullptr && package.is_in_node_modules(), "a chosen package is in the lock file");
    hold(!(package.dev && options.omit_dev), "no development package is chosen");
    hold(package.in_bundle || admits(package, options.target), "a chosen package supports the target");
    const auto source = attempt(ErrorKind::usage, [&] { return tarball_source(package); });
    hold(!source || source->kind != TarballSource::Kind::file || is_below(source->location),
         "a file is in the project");
    packages.push_back({.package = package});
  }
  for (const auto& skipped : chosen->skipped)
    hold(chosen->find(skipped.place) == nullptr, "nothing is chosen and skipped");
  for (const auto& entry : tree(packages, {.into = "app/node_modules"})) {
    hold(is_below(entry.path) && entry.path.starts_with("app/"), "an entry is in the project");
    hold(entry.kind != layers::Kind::symlink || is_below(clean_path(joined(parent_of(entry.path), *entry.target))),
         "a link leads into the image");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto lock = attempt(ErrorKind::usage, [&] { return parse_lock_file(text_of(data, size), "the lock file"); });
  if (!lock) return 0;
  for (const auto& package : lock->packages) {
    hold(package.place.empty() || is_below(package.place), "a place is in the project");
    hold(lock->find(package.place) == &package, "a place is found");
  }
  hold_selection(*lock, {.target = {.cpu = "x64"}});
  hold_selection(*lock, {.target = {.cpu = "arm64", .libc = "musl"}, .omit_dev = false, .omit_optional = true});
  return 0;
}
