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
  std::vector<LockChange> out;
  for (const auto& [name, digest] : all) {
    const auto was = old_files.find(name), now = new_files.find(name);
    if (was == old_files.end() || now == new_files.end() || was->second != now->second)
      out.push_back(change_of(name, old_files, new_files));
  }
  return out;
}

}  // namespace lapstrake::app
