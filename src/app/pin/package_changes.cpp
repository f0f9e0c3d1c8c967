#include "package_changes.hpp"

#include <algorithm>
#include <map>

namespace lapstrake::app {
namespace {

using Files = std::map<std::string, oci::Digest>;

void add_files(const packages::LockedInstall& install, Files& to) {
  for (const auto& file : install.files) to.insert_or_assign(file.name, file.digest);
}

LockChange change_of(const std::string& name, const Files& before, const Files& after) {
  const auto was = before.find(name), now = after.find(name);
  LockChange out{.kind = LockChange::Kind::moved, .entry = LockChange::Entry::file, .name = name};
  if (was != before.end()) out.before = was->second;
  if (now != after.end()) out.after = now->second;
  if (!out.before) out.kind = LockChange::Kind::added;
  if (!out.after) out.kind = LockChange::Kind::removed;
  return out;
}

bool is_security_suite(std::string_view suite) { return suite.find("security") != suite.npos; }

void set_versions(const packages::LockedFile& before, const packages::LockedFile& after, LockChange& change) {
  change.kind = LockChange::Kind::moved;
  change.before = before.digest;
  change.package = {.name = after.package,
                    .before = before.version,
                    .after = after.version,
                    .is_security = is_security_suite(after.suite)};
}

// Versions of one Debian package replace each other: one change instead of two.
class Replacements {
 public:
  Replacements(const packages::LockedPackages& before, const packages::LockedPackages& after) {
    for (const auto& [name, install] : after.installs)
      if (const auto was = before.installs.find(name); was != before.installs.end()) add(was->second, install);
  }
  // The other file; nothing for files that were added or removed only.
  const packages::LockedFile* replaced_by(const std::string& name) const { return find(new_, name); }
  const packages::LockedFile* replaces(const std::string& name) const { return find(old_, name); }

 private:
  using ByName = std::map<std::string, packages::LockedFile>;
  static const packages::LockedFile* find(const ByName& in, const std::string& name) {
    const auto found = in.find(name);
    return found == in.end() ? nullptr : &found->second;
  }

  void add(const packages::LockedInstall& before, const packages::LockedInstall& after) {
    for (const auto& file : after.files) {
      if (file.architecture.empty()) continue;
      const auto was = std::ranges::find(before.files, file.package, &packages::LockedFile::package);
      if (was == before.files.end() || was->name == file.name) continue;
      new_.emplace(was->name, file);
      old_.emplace(file.name, *was);
    }
  }

  ByName new_, old_;  // by the name of the other file
};

}  // namespace

std::vector<LockChange> changed_files(const packages::LockedPackages& before, const packages::LockedPackages& after,
                                      bool prune) {
  Files old_files, new_files;
  for (const auto& [name, install] : before.installs)
    if (prune || after.installs.contains(name)) add_files(install, old_files);
  for (const auto& [name, install] : after.installs) add_files(install, new_files);
  for (const auto& [url, file] : before.fetched)
    if (prune || after.fetched.contains(url)) old_files.insert_or_assign(url, file.digest);
  for (const auto& [url, file] : after.fetched) new_files.insert_or_assign(url, file.digest);
  for (const auto& [name, digest] : before.edited)
    if (prune || after.edited.contains(name)) old_files.insert_or_assign(name, digest);
  for (const auto& [name, digest] : after.edited) new_files.insert_or_assign(name, digest);
  Files all = old_files;
  all.insert(new_files.begin(), new_files.end());
  const Replacements replacements(before, after);
  std::vector<LockChange> out;
  for (const auto& [name, digest] : all) {
    const auto was = old_files.find(name), now = new_files.find(name);
    if (was != old_files.end() && now != new_files.end() && was->second == now->second) continue;
    if (now == new_files.end() && replacements.replaced_by(name) != nullptr) continue;
    out.push_back(change_of(name, old_files, new_files));
    if (const auto* old = replacements.replaces(name))
      set_versions(*old, *replacements.replaced_by(old->name), out.back());
  }
  return out;
}

}  // namespace lapstrake::app
