#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/root.hpp>

#include "documentation.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr unsigned most_links = 40;  // as Linux follows

// Folders that are links in every Debian system: merged /usr, and what base-files' script makes of folders that it
// ships. Packages have files in them.
struct LinkedFolder {
  std::string_view path, target;
  bool is_always_there;  // with base-files, even if no package uses it
};
constexpr std::array<LinkedFolder, 9> linked_folders{{{"bin", "usr/bin", true},
                                                      {"lib", "usr/lib", true},
                                                      {"lib32", "usr/lib32", false},
                                                      {"lib64", "usr/lib64", false},
                                                      {"libo32", "usr/libo32", false},
                                                      {"libx32", "usr/libx32", false},
                                                      {"sbin", "usr/sbin", true},
                                                      {"var/lock", "/run/lock", true},
                                                      {"var/run", "/run", true}}};

layers::Entry entry_of(std::string path, layers::Kind kind, std::uint32_t mode, std::string_view origin) {
  layers::Entry out;
  out.path = std::move(path);
  out.kind = kind;
  out.mode = mode;
  out.origin = std::string(origin);
  return out;
}

std::vector<std::string> replaced_by(const Deb& deb) {
  std::vector<std::string> out;
  const auto control = deb.control("control");
  const auto stanza = single_stanza(control, cat("the control file of `", deb.name, "`"));
  for (const auto& one : split(stanza.value("Replaces"), ','))
    if (const auto name = trim(one); !name.empty()) out.emplace_back(name.substr(0, name.find_first_of(" (:")));
  return out;
}

std::string content_of(const layers::Entry& entry) {
  const auto access = content_access(entry);
  std::string out(access.size, '\0');
  if (access.size > 0) access.read(0, std::as_writable_bytes(std::span(out)));
  return out;
}

bool has_same_content(const layers::Entry& a, const layers::Entry& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == layers::Kind::symlink) return *a.target == *b.target;
  return a.size == b.size && content_of(a) == content_of(b);
}

}  // namespace

Root::Root(const layers::BaseFiles& below) : below_(below) {}

const layers::Entry* Root::own(std::string_view real) const {
  const auto found = entries_.find(real);
  return found == entries_.end() ? nullptr : &found->second;
}

// The target of the symbolic link at a real path.
std::optional<std::string> Root::link_at(std::string_view real) const {
  if (const auto* entry = own(real)) {
    if (entry->kind == layers::Kind::symlink) return *entry->target;
    return std::nullopt;
  }
  const auto* node = below_.find(real);
  if (node != nullptr && node->kind == layers::Kind::symlink) return node->target;
  return std::nullopt;
}

std::string Root::resolved(std::string_view path, bool follows_last, unsigned depth) const {
  if (depth > most_links)
    throw Error(ErrorKind::input, cat("`/", printable(path, 400), "` leads through a loop of symbolic links"));
  std::string out;
  std::string_view rest = path;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    rest.remove_prefix(slash == rest.npos ? rest.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      out = parent_of(out);
      continue;
    }
    auto next = joined(out, part);
    const auto target = rest.empty() && !follows_last ? std::nullopt : link_at(next);
    out =
        target ? resolved(target->starts_with('/') ? *target : joined(out, *target), true, depth + 1) : std::move(next);
  }
  return out;
}

std::string Root::real_path(std::string_view path) const {
  const auto folder = parent_of(path);
  if (folder.empty()) return std::string(path);
  if (!recent_ || recent_->first != folder) recent_ = {std::string(folder), resolved(folder, true, 0)};
  return joined(recent_->second, name_of(path));
}

// Creates the link for `path` or a folder above it, unless something is there.
void Root::link_folder(std::string_view path) {
  for (const auto& folder : linked_folders)
    if (path.starts_with(folder.path) && (path.size() == folder.path.size() || path[folder.path.size()] == '/'))
      add_link(folder.path, folder.target);
}

void Root::add_link(std::string_view path, std::string_view target) {
  if (own(path) != nullptr || below_.find(path) != nullptr) return;
  auto link = entry_of(std::string(path), layers::Kind::symlink, 0777, "merged folders");
  link.target = std::string(target);
  entries_.emplace(path, std::move(link));
  recent_.reset();
}

std::string Root::place_for(std::string_view path) {
  link_folder(path);
  return real_path(path);
}

void Root::add(const Deb& deb, Docs docs) {
  const auto owner = std::make_shared<const Owner>(Owner{.package = deb.name, .replaces = replaced_by(deb)});
  const auto folder = cat(data_folder, "/");
  auto& list = lists_[deb.name];
  list.emplace_back("/.");
  if (deb.name == "base-files")
    for (const auto& linked : linked_folders)
      if (linked.is_always_there) add_link(linked.path, linked.target);
  for (const auto& member : deb.archive->members()) {
    if (!member.path.starts_with(folder)) continue;
    const auto path = member.path.substr(folder.size());
    list.push_back(cat("/", path));
    if (docs == Docs::drop && is_documentation(path, member.kind)) continue;
    add_member(deb, member, path, owner);
  }
}

void Root::add_member(const Deb& deb, const Member& member, const std::string& path,
                      const std::shared_ptr<const Owner>& owner) {
  auto real = place_for(path);
  if (member.kind == layers::Kind::directory) {
    // A folder over a link to a folder, or over a folder of another package: the first one stays.
    if (own(real) != nullptr || link_at(real)) return;
    entries_.emplace(real, deb.archive->entry(member, real));
    return;
  }
  const auto* source = member.kind == layers::Kind::hardlink ? deb.archive->find(member.target) : &member;
  if (source == nullptr)
    throw Error(ErrorKind::integrity, cat("`", printable(path, 400), "` in `", deb.name, "` has no target"));
  auto entry = deb.archive->entry(*source, real);
  entry.origin = cat("package ", deb.name);
  put(std::move(real), std::move(entry), owner);
}

// Puts a file or link of a package at its place, if it wins.
void Root::put(std::string real, layers::Entry entry, const std::shared_ptr<const Owner>& owner) {
  if (const auto* other = own(real)) {
    if (!is_replacement(real, entry, *other, *owner)) return;
  } else if (entry.kind == layers::Kind::symlink && below_.find(real) != nullptr &&
             below_.find(real)->kind == layers::Kind::directory) {
    return;  // dpkg does not replace a folder by a link
  }
  if (entry.kind == layers::Kind::symlink) recent_.reset();
  owners_.insert_or_assign(real, owner);
  entries_.insert_or_assign(std::move(real), std::move(entry));
}

bool Root::is_replacement(const std::string& real, const layers::Entry& entry, const layers::Entry& other,
                          const Owner& owner) const {
  if (other.kind == layers::Kind::directory && entry.kind == layers::Kind::symlink) return false;
  const auto found = owners_.find(real);
  if (found == owners_.end()) return true;  // made by this program
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  if (has(owner.replaces, found->second->package)) return true;
  if (has(found->second->replaces, owner.package) || has_same_content(entry, other)) return false;
  throw Error(ErrorKind::usage,
              cat("the packages `", found->second->package, "` and `", owner.package, "` both have `/",
                  printable(real, 400), "`, with different content"),
              "install one of them, or put them into different layers");
}

const layers::Entry* Root::find(std::string_view path) const { return own(real_path(path)); }

bool Root::exists(std::string_view path) const {
  const auto real = real_path(path);
  return own(real) != nullptr || below_.find(real) != nullptr;
}

bool Root::is_folder(std::string_view path) const {
  const auto real = resolved(path, true, 0);
  if (const auto* entry = own(real)) return entry->kind == layers::Kind::directory;
  if (const auto* node = below_.find(real)) return node->kind == layers::Kind::directory;
  const auto inside = entries_.lower_bound(cat(real, "/"));
  return inside != entries_.end() && inside->first.starts_with(cat(real, "/"));
}

std::optional<std::string> Root::link_target(std::string_view path) const { return link_at(real_path(path)); }

std::optional<std::string> Root::text(std::string_view path, std::size_t most) const {
  const auto real = resolved(path, true, 0);
  const auto* entry = own(real);
  if (entry == nullptr) return below_.text_of(real);
  if (entry->kind != layers::Kind::file) return std::nullopt;
  if (entry->size > most)
    throw Error(ErrorKind::integrity, cat("`/", printable(real, 400), "` is longer than ", human_size(most)));
  return content_of(*entry);
}

std::vector<std::string> Root::names_in(std::string_view folder) const {
  const auto real = resolved(folder, true, 0);
  auto out = below_.names_in(real);
  const auto prefix = real.empty() ? std::string() : cat(real, "/");
  for (auto at = entries_.lower_bound(prefix); at != entries_.end() && at->first.starts_with(prefix); ++at) {
    const auto rest = std::string_view(at->first).substr(prefix.size());
    out.emplace_back(rest.substr(0, rest.find('/')));
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string> Root::paths_below(std::string_view folder) const {
  const auto prefix = cat(resolved(folder, true, 0), "/");
  std::vector<std::string> out;
  for (auto at = entries_.lower_bound(prefix); at != entries_.end() && at->first.starts_with(prefix); ++at)
    out.push_back(at->first);
  return out;
}

void Root::put_file(std::string_view path, std::string text, Attributes attributes, std::string_view origin) {
  const auto real = place_for(path);
  auto entry = entry_of(real, layers::Kind::file, attributes.mode, origin);
  entry.uid = attributes.uid;
  entry.gid = attributes.gid;
  entry.size = text.size();
  entry.content = std::move(text);
  owners_.erase(real);
  entries_.insert_or_assign(real, std::move(entry));
}

void Root::put_symlink(std::string_view path, std::string_view target, std::string_view origin) {
  const auto real = place_for(path);
  auto entry = entry_of(real, layers::Kind::symlink, 0777, origin);
  entry.target = std::string(target);
  owners_.erase(real);
  entries_.insert_or_assign(real, std::move(entry));
  recent_.reset();
}

void Root::put_directory(std::string_view path, Attributes attributes, std::string_view origin) {
  const auto real = place_for(path);
  if (link_at(real)) return;
  auto entry = entry_of(real, layers::Kind::directory, attributes.mode, origin);
  entry.uid = attributes.uid;
  entry.gid = attributes.gid;
  entries_.insert_or_assign(real, std::move(entry));
}

// A copy of its own: entries with the same content become hard links.
bool Root::copy(std::string_view from, std::string_view to, std::string_view origin) {
  const auto* source = own(resolved(from, true, 0));
  if (source == nullptr || source->kind != layers::Kind::file) return false;
  put_file(to, content_of(*source), {.mode = source->mode, .uid = source->uid, .gid = source->gid}, origin);
  return true;
}

bool Root::set_attributes(std::string_view path, Attributes attributes) {
  const auto found = entries_.find(resolved(path, true, 0));
  if (found == entries_.end()) return false;
  found->second.mode = attributes.mode;
  found->second.uid = attributes.uid;
  found->second.gid = attributes.gid;
  return true;
}

void Root::remove(std::string_view path) {
  const auto real = real_path(path);
  entries_.erase(real);
  owners_.erase(real);
  recent_.reset();
}

std::vector<std::string> Root::list_of(std::string_view package) const {
  const auto found = lists_.find(package);
  return found == lists_.end() ? std::vector<std::string>() : found->second;
}

std::vector<layers::Entry> Root::entries() && {
  std::vector<layers::Entry> out;
  out.reserve(entries_.size());
  for (auto& [path, entry] : entries_) out.push_back(std::move(entry));
  entries_.clear();
  return out;
}

}  // namespace lapstrake::packages::deb
