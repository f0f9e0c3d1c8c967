#include <algorithm>
#include <lapstrake/app/images/base_name.hpp>
#include <lapstrake/app/pin/lock.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/lock_folder.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/image_files.hpp>
#include <set>

#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/app/images/references.hpp>
#include <lapstrake/app/images/registry_base.hpp>
#include <lapstrake/app/packages/layer_packages.hpp>
#include "package_changes.hpp"

namespace lapstrake::app {
namespace {

using Bases = std::map<std::string, oci::Reference>;  // by their names in the lock

// The bases, and the images of `from:` steps, that the images to build need. An image given with `--image` needs none.
Bases bases_of(const Context& context, const spec::Project& project) {
  Bases bases;
  for (const auto& image : project.images) {
    if (context.images.prebuilt.contains(image.name)) continue;
    for_each_reference(image, [&](const oci::Reference& reference, const auto&) {
      if (auto name = lock_name(project.folder, reference)) bases.emplace(std::move(*name), reference);
    });
  }
  return bases;
}

std::set<std::string> names_of_all_environments(const spec::Project& project) {
  std::set<std::string> names;
  for (const auto& base : project.bases)
    if (auto name = lock_name(project.folder, base)) names.insert(std::move(*name));
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += cat(out.empty() ? "" : ", ", "`", name, "`");
  return out;
}

std::string command(const spec::Project& project) {
  return project.environment.empty() ? "lapstrake lock" : cat("lapstrake lock -e ", project.environment);
}

// Sets the digests of the image's base and of the images of its `from:` steps, as far as the lock has them.
void pin(spec::Image& image, const spec::Project& project, const Lock& lock) {
  for_each_reference(image, [&](const oci::Reference& reference, std::optional<oci::Digest>& digest) {
    const auto name = lock_name(project.folder, reference);
    const auto found = name ? lock.images.find(*name) : lock.images.end();
    if (found != lock.images.end()) digest = found->second;
  });
}

class Locking {
 public:
  Locking(const Context& context, const spec::Project& project)
      : context_(context), project_(project), network_(context, project.registries) {
    const auto found = read_lock(project, context.build.allow_outside);
    if (found) lock_ = *found;
    wanted_ = bases_of(context, project);
  }

  std::vector<LockChange> run(const LockSettings& settings) {
    const auto moving = chosen(settings);
    for (const auto& [name, base] : wanted_)
      if (!lock_.images.contains(name) || moving.contains(name)) resolve(name, base);
    if (settings.prune) prune();
    prunes_packages_ = settings.prune && knows_all_packages();
    lock_packages(settings);
    return std::move(changes_);
  }

  // Of this environment; nothing if no image has packages.
  const std::optional<packages::LockedPackages>& packages() const { return packages_; }
  // Whether packages() are all that the lock needs.
  bool prunes_packages() const { return prunes_packages_; }
  // Whether the file is to be written even if no digest changed.
  bool is_outdated() const { return lock_.is_version_1 || has_new_packages_; }

 private:
  std::set<std::string> chosen(const LockSettings& settings) const {
    std::set<std::string> names;
    if (settings.update && settings.names.empty())
      for (const auto& [name, base] : wanted_) names.insert(name);
    for (const auto& name : settings.names)
      if (!has_package(lock_.packages, name)) names.insert(base_called(name));
    return names;
  }

  // Not those of other environments, of platforms that were not chosen, and of images that are not built.
  bool knows_all_packages() const {
    return !project_.has_other_packages && context_.images.platforms.empty() && context_.images.prebuilt.empty();
  }

  void lock_packages(const LockSettings& settings) {
    if (std::ranges::none_of(project_.images, has_locked_steps) && !prunes_packages_) return;
    auto project = project_;
    for (auto& image : project.images) pin(image, project, lock_);
    const PackageRun run(context_, project, store::Store::open(context_.store_root));
    packages_ = app::lock_packages(run, lock_.packages, {.is_wanted = settings.update, .names = settings.names});
    for (auto& change : changed_files(lock_.packages, *packages_, prunes_packages_))
      changes_.push_back(std::move(change));
    for (const auto& [name, install] : packages_->installs) {
      const auto known = lock_.packages.installs.find(name);
      has_new_packages_ = has_new_packages_ || known == lock_.packages.installs.end() || known->second != install;
    }
  }

  std::string base_called(const std::string& text) const {
    for (const auto& image : project_.images)
      if (image.name == text) return base_of(image);
    try {
      const auto name = lock_name(project_.folder, whole(oci::parse_reference(text)));
      if (name && wanted_.contains(*name)) return *name;
    } catch (const Error&) {
      // No reference either.
    }
    std::vector<std::string> known;
    for (const auto& image : project_.images) known.push_back(image.name);
    for (const auto& [name, base] : wanted_) known.push_back(name);
    for (const auto& [name, install] : lock_.packages.installs)
      for (const auto& file : install.files) known.push_back(file.package);
    const auto near = nearest(text, known);
    throw Error(
        ErrorKind::usage,
        cat("`", printable(text, 200), "` is not a base, an image or a package of `", project_.file.string(), "`"),
        near              ? cat("did you mean `", *near, "`?")
        : wanted_.empty() ? "no image uses a base by tag or from disk"
                          : cat("the bases are: ", join(names(), ", ")));
  }
  std::string base_of(const spec::Image& image) const {
    const auto name = image.base ? lock_name(project_.folder, *image.base) : std::nullopt;
    if (name && wanted_.contains(*name)) return *name;
    throw Error(ErrorKind::usage, cat("image `", image.name, "` has no base by tag or from disk"),
                wanted_.empty() ? "" : cat("the bases are: ", join(names(), ", ")));
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, base] : wanted_) names.push_back(name);
    return names;
  }
  // As the spec's reader makes the paths of bases whole.
  oci::Reference whole(oci::Reference reference) const {
    if (auto* disk = std::get_if<oci::DiskReference>(&reference))
      disk->path = (project_.folder / disk->path).lexically_normal();
    return reference;
  }

  void resolve(const std::string& name, const oci::Reference& base) {
    const auto now = step(cat("looking up the base `", name, "`"), [&] { return root_of(base).digest; });
    const auto known = lock_.images.find(name);
    if (known == lock_.images.end()) {
      changes_.push_back({.kind = LockChange::Kind::added, .name = name, .after = now});
    } else if (known->second != now) {
      changes_.push_back({.kind = LockChange::Kind::moved, .name = name, .before = known->second, .after = now});
    }
    lock_.images.insert_or_assign(name, now);
  }
  oci::Descriptor root_of(const oci::Reference& base) const {
    if (const auto* remote = std::get_if<oci::RegistryReference>(&base))
      return registry::image_reader(network_.reading(remote->host, remote->repository), *remote).root();
    return store::open_image(std::get<oci::DiskReference>(base), scratch(context_), context_.runtime.stop).root();
  }

  void prune() {
    const auto used = names_of_all_environments(project_);
    std::vector<std::string> unused;
    for (const auto& [name, digest] : lock_.images)
      if (!used.contains(name) && !wanted_.contains(name)) unused.push_back(name);
    if (project_.has_unknown_bases) return keep_for_unknown(unused);
    for (const auto& name : unused) {
      const auto entry = lock_.images.extract(name);
      changes_.push_back({.kind = LockChange::Kind::removed, .name = name, .before = entry.mapped()});
    }
  }
  // They may be another environment's, whose variables are not set here.
  void keep_for_unknown(const std::vector<std::string>& unused) const {
    if (unused.empty()) return;
    context_.report.progress(
        {.kind = Event::Kind::note,
         .text = cat("kept in `", lock_file(project_).string(), "`: ", listed(unused),
                     "; they may still be needed, because a base contains a variable that is not set")});
  }

  const Context& context_;
  const spec::Project& project_;
  Network network_;
  Lock lock_;
  Bases wanted_;
  std::optional<packages::LockedPackages> packages_;
  bool has_new_packages_ = false, prunes_packages_ = false;
  std::vector<LockChange> changes_;
};

}  // namespace

void pin_bases(const Context& context, spec::Project& project) {
  const auto lock = read_lock(project, context.build.allow_outside);
  const auto wanted = bases_of(context, project);
  std::vector<std::string> missing;
  for (const auto& [name, base] : wanted)
    if (!lock || !lock->images.contains(name)) missing.push_back(name);
  if (context.bases.locked && !missing.empty()) {
    const auto file = lock_file(project).string();
    throw Error(ErrorKind::usage,
                lock ? cat("`", file, "` has no entry for ", listed(missing)) : cat("`", file, "` not found"),
                cat("run `", command(project), "`"))
        .because(lock ? "" : cat("`--locked` needs it for the digests of ", listed(missing)));
  }
  if (!lock) return;
  if (!missing.empty())
    context.report.progress({.kind = Event::Kind::note,
                             .text = cat("missing from `", lock_file(project).string(), "`: ", listed(missing),
                                         "; run `", command(project), "` to add them")});
  for (auto& image : project.images) pin(image, project, *lock);
  context.run->packages = lock->packages;
}

namespace {

// To the file as it is by now: registries are slow, and another process may have written it meanwhile.
void write_changes(const spec::Project& project, const std::vector<LockChange>& changes,
                   const std::optional<packages::LockedPackages>& packages, bool prune, bool allow_outside) {
  const auto folder_lock = lock_folder(lock_file(project).parent_path());
  auto now = read_lock(project, allow_outside).value_or(Lock());
  for (const auto& change : changes) {
    if (change.entry != LockChange::Entry::image) continue;
    if (change.after)
      now.images.insert_or_assign(change.name, *change.after);
    else if (const auto known = now.images.find(change.name);
             known != now.images.end() && known->second == change.before)
      now.images.erase(known);
  }
  if (packages && prune) now.packages = {};
  if (packages) {
    for (const auto& [name, install] : packages->installs) now.packages.installs.insert_or_assign(name, install);
    for (const auto& [url, file] : packages->fetched) now.packages.fetched.insert_or_assign(url, file);
    for (const auto& [name, digest] : packages->edited) now.packages.edited.insert_or_assign(name, digest);
  }
  write_file(lock_file(project), render(now));
}

}  // namespace

std::vector<LockChange> lock(const Context& context, const spec::Project& project, const LockSettings& settings) {
  Locking locking(context, project);
  auto changes = locking.run(settings);
  if (!changes.empty() || locking.is_outdated())
    write_changes(project, changes, locking.packages(), locking.prunes_packages(), context.build.allow_outside);
  return changes;
}

std::vector<LockChange> lock_drift(const Context& context, const spec::Project& project) {
  return Locking(context, project).run({.update = true, .prune = true});
}

}  // namespace lapstrake::app
