#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <limits>

#include "paths.hpp"

namespace lapstrake::layers {
namespace {

// A link of a later layer may make it the image's own.
bool is_candidate(std::string_view path) { return name_of(path) == "passwd" || name_of(path) == "group"; }

// Of dpkg, of distroless images (one file per package), and of apk.
bool is_package_database(std::string_view path) {
  return path == "var/lib/dpkg/status" || path == "lib/apk/db/installed" || path == "usr/lib/apk/db/installed" ||
         (parent_of(path) == "var/lib/dpkg/status.d" && !path.ends_with(".md5sums"));
}

// Files that packages extend: accounts, shells(5), dpkg's records of alternatives and triggers.
bool is_extended_by_packages(std::string_view path) {
  return path == "etc/shadow" || path == "etc/gshadow" || path == "etc/shells" ||
         parent_of(path) == "var/lib/dpkg/alternatives" || parent_of(path) == "var/lib/dpkg/triggers";
}

// They name the distribution; etc/os-release is usually a link.
bool is_release_file(std::string_view path) {
  return path == "etc/os-release" || path == "usr/lib/os-release" || path == "etc/debian_version";
}

}  // namespace

void BaseFiles::add_layer(const Source& blob, std::string_view what, const std::stop_token& stop) {
  const auto make = [&](const TarEntry& entry, const std::string& path, const Source& data) {
    return file_of(entry, path, [&] { return read_all(data, limits::database_bytes, cat("`", path, "`")); });
  };
  tree_.add_layer(blob, what, make, stop);
}

void BaseFiles::add_layer(const std::vector<Entry>& entries) {
  tree_.begin_layer(false);
  for (const Entry& entry : entries)
    tree_.add(entry, entry.path, [&](const std::string& path) {
      const auto* text = std::get_if<std::string>(&entry.content);
      auto file = file_of(entry, path, [&] { return text == nullptr ? std::string{} : *text; });
      if (text == nullptr && (is_release_file(path) || is_extended_by_packages(path)))
        file.text = BaseFile::Text::none;  // unknown, not empty
      return file;
    });
}

// With the text of etc/passwd and etc/group as links lead to them now, and of what a later link may make one of them.
BaseFile BaseFiles::file_of(const Entry& entry, const std::string& path, const std::function<std::string()>& text) {
  BaseFile file{.kind = entry.kind, .mode = entry.mode, .uid = entry.uid, .gid = entry.gid};
  if (entry.kind == Kind::symlink) file.target = *entry.target;
  if (entry.kind != Kind::file || entry.size == 0) return file;
  file.text = how_to_keep(entry, path);
  if (file.text != BaseFile::Text::kept) return file;
  file.target = text();
  return file;
}

BaseFile::Text BaseFiles::how_to_keep(const Entry& entry, const std::string& path) {
  using Text = BaseFile::Text;
  const auto within = [&](std::uint64_t& kept, std::uint64_t most) {
    if (entry.size > most - kept) return Text::dropped;
    kept += entry.size;
    return Text::kept;
  };
  if (is_package_database(path)) return within(database_bytes_, limits::database_bytes);
  if (is_extended_by_packages(path))
    return entry.size <= limits::account_bytes && within(database_bytes_, limits::database_bytes) == Text::kept
               ? Text::kept
               : Text::none;
  if (is_release_file(path)) return entry.size <= limits::release_file_bytes ? Text::kept : Text::none;
  if (is_account_file(path)) {
    if (entry.size <= limits::account_bytes) return Text::kept;
    throw Error(ErrorKind::integrity, cat("`", path, "` is longer than ", human_size(limits::account_bytes)));
  }
  if (!is_candidate(path) || entry.size > limits::account_bytes) return Text::none;
  return within(candidate_bytes_, limits::account_candidate_bytes);
}

bool BaseFiles::is_account_file(const std::string& path) {
  if (!account_files_ || account_files_->first != tree_.links_version())
    account_files_ = {tree_.links_version(), {tree_.follow_charged("etc/passwd"), tree_.follow_charged("etc/group")}};
  return std::ranges::count(account_files_->second, path) != 0;
}

std::string BaseFiles::resolve(std::string_view path) const {
  const std::string folder = follow(parent_of(path));
  return joined(folder, name_of(path));
}

std::optional<std::string> BaseFiles::text_of(std::string_view path) const {
  const auto real = follow(path);
  const Node* node = find(real);
  if (node == nullptr || node->text == BaseFile::Text::none) return std::nullopt;
  if (node->text == BaseFile::Text::kept) return node->target;
  Error error(ErrorKind::integrity, cat("cannot read `/", printable(real), "` of the base image"));
  if (is_package_database(real))
    throw error.because(cat("its package databases have more than ", human_size(limits::database_bytes)));
  error.helped_by("write `/etc/passwd` and `/etc/group` in a layer");
  throw error.because(
      cat("files named `passwd` or `group` have more than ", human_size(limits::account_candidate_bytes)));
}

void BaseFiles::for_each_below(std::string_view folder,
                               const std::function<void(const std::string& path, const Node& node)>& act) const {
  const auto& nodes = tree_.nodes();
  auto at = folder.empty() ? nodes.begin() : nodes.lower_bound(cat(folder, "/"));
  for (; at != nodes.end() && lies_in(at->first, folder); ++at) act(at->first, at->second);
}

std::vector<std::string> BaseFiles::matches(std::string_view folder, const PathGlob& glob) const {
  std::vector<std::string> out;
  std::vector<std::pair<std::string, PathGlob::State>> todo;
  todo.emplace_back(folder, glob.start());
  while (!todo.empty()) {
    const auto [path, state] = std::move(todo.back());
    todo.pop_back();
    for (const auto& name : names_in(path, std::numeric_limits<std::size_t>::max())) {
      auto next = glob.after(state, name);
      auto inner = joined(path, name);
      const bool is_match = glob.is_match(next);
      if (is_match && out.size() == limits::removed_paths)
        throw Error(ErrorKind::input, cat("the pattern matches more than ", limits::removed_paths, " paths"),
                    "remove whole folders, or use more than one layer");
      if (is_match)
        out.push_back(std::move(inner));
      else if (!next.empty() && find(inner)->is_folder())
        todo.emplace_back(std::move(inner), std::move(next));
    }
  }
  std::ranges::sort(out);
  return out;
}

std::vector<std::string> BaseFiles::names_in(std::string_view folder, std::size_t most) const {
  std::vector<std::string> out;
  const std::string prefix = folder.empty() ? std::string{} : cat(folder, "/");
  const auto& nodes = tree_.nodes();
  auto at = nodes.lower_bound(prefix);
  while (at != nodes.end() && at->first.starts_with(prefix) && out.size() < most) {
    const std::string_view rest = std::string_view(at->first).substr(prefix.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) {
      out.emplace_back(rest);
      ++at;
    } else {
      at = nodes.lower_bound(cat(prefix, rest.substr(0, slash), "0"));  // '0' follows '/': past all that lies in it
    }
  }
  return out;
}

}  // namespace lapstrake::layers
