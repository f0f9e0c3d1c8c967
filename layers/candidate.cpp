#include "candidate.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/ignore_file.hpp>
#include <set>

#include "paths.hpp"

namespace lapstrake::layers {
namespace {

// Without patterns a walk is faster: own files only when they exist.
Patterns ignored_in(const AssembleOptions& options) {
  std::vector<std::string> patterns;
  std::error_code failure;
  for (const auto& name : options.own_files)
    if (std::filesystem::symlink_status(options.root / name, failure).type() != std::filesystem::file_type::not_found)
      patterns.push_back(name);
  for (auto& line : read_ignore_file(options.root, options.allow_outside)) patterns.push_back(std::move(line));
  return step(cat("reading `", ignore_file_name, "`"), [&] { return Patterns(patterns); });
}

Entry entry_at(std::string_view path, AccountTable::Ids ids, std::string origin) {
  Entry entry;
  entry.path = image_path(path);
  entry.uid = ids.uid;
  entry.gid = ids.gid;
  entry.origin = std::move(origin);
  return entry;
}

void expect_a_name(const Entry& entry) {
  if (entry.path.empty())
    throw Error(ErrorKind::usage, "`/` is the root of the image: give a path below it").during(*entry.origin);
}

Candidate candidate_of(const oci::File& file, const AccountTable& accounts) {
  Candidate candidate{
      .entry = entry_at(file.path, accounts.look_up(file.owner, file.where), origin_of("file", file.path, file.where))};
  candidate.entry.mode = file.mode;
  candidate.entry.size = file.text.size();
  candidate.entry.content = file.text;
  candidate.entry.xattrs = file.xattrs;
  return candidate;
}

Candidate candidate_of(const oci::Directory& directory, const AccountTable& accounts) {
  Candidate candidate{.entry = entry_at(directory.path, accounts.look_up(directory.owner, directory.where),
                                        origin_of("directory", directory.path, directory.where))};
  candidate.entry.kind = Kind::directory;
  candidate.entry.mode = directory.mode;
  candidate.policy.is_explicit = true;
  return candidate;
}

Candidate candidate_of(const oci::Symlink& symlink, const AccountTable& accounts) {
  const std::string origin = origin_of("symlink", symlink.path, symlink.where);
  Candidate candidate{.entry = entry_at(symlink.path, accounts.look_up(symlink.owner, symlink.where), origin)};
  if (symlink.target.empty() || symlink.target.size() > most_path_bytes ||
      symlink.target.find('\0') != std::string::npos)
    throw Error(ErrorKind::usage, cat("invalid target of a symbolic link: `", printable(symlink.target, 200), "`"))
        .during(origin);
  candidate.entry.kind = Kind::symlink;
  candidate.entry.mode = 0777;
  candidate.entry.target = symlink.target;
  return candidate;
}

// Entries with the same part of one content file are hard links to one file.
void add_packages(std::vector<Entry> entries, std::size_t step, Candidates& out) {
  const auto identity_of = [&](const Entry& entry) -> std::optional<Identity> {
    const auto* part = std::get_if<Spooled>(&entry.content);
    if (part == nullptr || entry.kind != Kind::file || entry.size == 0) return std::nullopt;
    return Identity{step, reinterpret_cast<std::uintptr_t>(part->file.get()), part->offset};
  };
  std::set<Identity> seen, shared;
  for (const Entry& entry : entries)
    if (const auto identity = identity_of(entry); identity && !seen.insert(*identity).second) shared.insert(*identity);
  out.reserve(entries.size());
  for (auto& entry : entries) {
    auto identity = shared.empty() ? std::nullopt : identity_of(entry);
    if (identity && !shared.contains(*identity)) identity.reset();
    out.add({.entry = std::move(entry),
             .policy = {.overrides = MergePolicy::Overrides::nothing},
             .identity = std::move(identity)});
  }
}

}  // namespace

std::string image_path(std::string_view path) {
  auto out = relative_path(path);
  if (!out)
    throw Error(ErrorKind::usage, cat("`", printable(path, 4096), "` contains `..`"),
                "write the full path in the image");
  if (path.find('\0') != std::string_view::npos)
    throw Error(ErrorKind::usage, cat("`", printable(path, 4096), "` contains a NUL byte"));
  return std::move(*out);
}

std::string origin_of(std::string_view step, std::string_view what, const Position& where) {
  return cat(step, " `", printable(what, 400), "` (", where.text(), ")");
}

void Candidates::add(Candidate candidate) {
  if (candidate.identity) identities.emplace_back(entries.size(), *candidate.identity);
  policies.push_back(candidate.policy);
  entries.push_back(std::move(candidate.entry));
}

void Candidates::reserve(std::size_t more) {
  const std::size_t needed = entries.size() + more;
  if (needed <= entries.capacity()) return;
  const std::size_t room = std::max(needed, entries.size() + entries.size() / 2) + 64;  // for parents, too
  entries.reserve(room);
  policies.reserve(room);
}

Candidates candidates_of(const oci::LayerRecipe& recipe, const AccountTable& accounts, const AssembleOptions& options,
                         OtherSteps others) {
  Candidates out;
  std::size_t number = 0;
  if (!recipe.copies.empty() || !recipe.archives.empty() || !others.archives.empty()) {
    const HostTree tree(options.root, options.allow_outside);
    const StepContext context{tree, accounts, options, recipe.copies.empty() ? Patterns{} : ignored_in(options)};
    for (const auto& copy : recipe.copies) add_copy(copy, ++number, context, out);
    for (const auto& archive : recipe.archives) add_archive(archive, ++number, context, out);
    for (const auto& archive : others.archives) add_archive(archive, ++number, context, out);
  }
  add_packages(std::move(others.packages), ++number, out);
  out.reserve(others.entries.size());
  for (auto& entry : others.entries)
    out.add({.entry = std::move(entry), .policy = {.overrides = MergePolicy::Overrides::nothing}});
  const auto add = [&](const auto& step, std::string_view kind) {
    out.add(lapstrake::step(origin_of(kind, step.path, step.where), [&] { return candidate_of(step, accounts); }));
    expect_a_name(out.entries.back());
  };
  for (const auto& file : recipe.files) add(file, "file");
  for (const auto& directory : recipe.directories) add(directory, "directory");
  for (const auto& symlink : recipe.symlinks) add(symlink, "symlink");
  return out;
}

}  // namespace lapstrake::layers
