#include <algorithm>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/tree.hpp>
#include <map>
#include <set>

#include "name_order.hpp"
#include "places.hpp"

namespace lapstrake::packages::npm {
namespace {

constexpr std::string_view modules = "node_modules";
constexpr std::size_t script_bytes = 64 * limits::MiB;

// From the folder `from` to `to`, both relative to the same root: "../../packages/web".
std::string relative_path(std::string_view from, std::string_view to) {
  const auto a = from.empty() ? std::vector<std::string>{} : split(from, '/');
  const auto b = to.empty() ? std::vector<std::string>{} : split(to, '/');
  const auto same = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  std::vector<std::string> out(a.size() - same, "..");
  out.insert(out.end(), b.begin() + static_cast<std::ptrdiff_t>(same), b.end());
  return out.empty() ? "." : join(out, "/");
}

// `#!...` CR LF: where the CR is; 0 if the file does not begin like this. npm looks at this much of a file.
std::size_t windows_line_end(const UnpackedArchive& archive, Member member) {
  constexpr std::uint64_t looked_at = 2048;
  member.size = std::min(member.size, looked_at);
  const auto head = archive.text(member);
  const auto end = head.find('\n');
  if (!head.starts_with("#!") || end == head.npos || end < 4 || head[end - 1] != '\r') return 0;
  return end - 1;
}

class Tree {
 public:
  explicit Tree(const TreeOptions& options) : options_(options), project_(parent_of(options.into)) {}

  std::vector<layers::Entry> build(const std::vector<InstalledPackage>& packages) {
    for (const auto& [package, archive] : packages)
      if (archive || package.link) own_places_.insert(package.place);
    for (const auto& [package, archive] : packages) {
      if (package.link)
        add_link(package);
      else if (archive)
        add_files(package, archive);
    }
    link_bins(packages);
    add_folders();
    std::vector<layers::Entry> out;
    out.reserve(files_.size());
    for (auto& [path, file] : files_) out.push_back(std::move(file.entry));
    return out;
  }

 private:
  // An entry and, for a file of a tarball, where it came from: `bin` changes it.
  struct File {
    layers::Entry entry;
    const UnpackedArchive* archive = nullptr;
    const Member* member = nullptr;
  };

  std::string image_path(std::string_view place) const {
    if (place == modules) return options_.into;
    if (place.starts_with("node_modules/")) return joined(options_.into, place.substr(modules.size() + 1));
    return joined(project_, place);
  }

  // One look-up for each part of the path that is the place of a package: "node_modules/NAME".
  bool belongs_to_inner_package(std::string_view place, std::string_view path) const {
    const auto full = joined(place, path);
    const auto end_of_part = [&](std::size_t from) { return std::min(full.find('/', from), full.size()); };
    for (auto at = full.size() - path.size(); at < full.size(); at = end_of_part(at) + 1) {
      if (std::string_view(full).substr(at, end_of_part(at) - at) != modules) continue;
      const auto name = end_of_part(at) + 1;
      if (name >= full.size()) return false;
      const auto end = end_of_part(full[name] == '@' ? end_of_part(name) + 1 : name);
      if (own_places_.contains(std::string_view(full).substr(0, end))) return true;
    }
    return false;
  }

  void add_files(const LockedPackage& package, const std::shared_ptr<const UnpackedArchive>& archive) {
    const auto base = image_path(package.place);
    auto near = files_.lower_bound(base);  // members are sorted, and so are their places
    for (const auto& member : archive->members()) {
      if (belongs_to_inner_package(package.place, member.path)) continue;
      auto path = joined(base, member.path);
      auto entry = archive->entry(member, path);
      entry.uid = options_.uid;
      entry.gid = options_.gid;
      near = files_.insert_or_assign(near, std::move(path), File{std::move(entry), archive.get(), &member});
      ++near;
    }
    add_folder(base);
  }

  void add_link(const LockedPackage& package) {
    add_symlink(image_path(package.place), image_path(normal_path({}, package.resolved)),
                cat("the workspace `", printable(package.resolved, 300), "`"));
  }

  void add_symlink(const std::string& path, std::string_view to, std::string origin) {
    layers::Entry entry;
    entry.path = path;
    entry.kind = layers::Kind::symlink;
    entry.mode = 0777;
    entry.uid = options_.uid;
    entry.gid = options_.gid;
    entry.target = relative_path(parent_of(path), to);
    entry.origin = std::move(origin);
    files_.insert_or_assign(path, File{std::move(entry)});
  }

  void add_folder(const std::string& path) {
    layers::Entry entry;
    entry.path = path;
    entry.kind = layers::Kind::directory;
    entry.mode = 0755;
    entry.uid = options_.uid;
    entry.gid = options_.gid;
    entry.origin = "node_modules";
    files_.try_emplace(path, File{std::move(entry)});
  }

  // The parents of all entries, from each outermost node_modules down. Workspaces belong to another step.
  void add_folders() {
    std::set<std::string, std::less<>> folders;
    for (const auto& [path, file] : files_) {
      const auto root = root_of(path);
      for (auto folder = parent_of(path); folder.size() >= root; folder = parent_of(folder))
        if (!folders.emplace(folder).second) break;
    }
    for (const auto& folder : folders) {
      // A file of a tarball in the place of a node_modules: npm removes it too.
      if (const auto found = files_.find(folder);
          found != files_.end() && found->second.entry.kind == layers::Kind::file)
        files_.erase(found);
      add_folder(folder);
    }
  }

  // The length of the path of the outermost node_modules around it.
  std::size_t root_of(std::string_view path) const {
    if (path.starts_with(cat(options_.into, "/"))) return options_.into.size();
    const auto start = project_.empty() ? 0 : project_.size() + 1;
    const auto at = path.find(modules, start);
    return at + modules.size();
  }

  void link_bins(const std::vector<InstalledPackage>& packages) {
    std::vector<const LockedPackage*> order;
    for (const auto& installed : packages)
      if (!installed.package.bin.empty()) order.push_back(&installed.package);
    std::ranges::stable_sort(order, [](const LockedPackage* a, const LockedPackage* b) {
      if (a->link != b->link) return b->link;
      return is_before(a->place, b->place);
    });
    std::set<std::string> taken;
    for (const auto* package : order)
      for (const auto& [command, file] : package->bin) link_bin(*package, command, file, taken);
  }

  void link_bin(const LockedPackage& package, const std::string& command, const std::string& file,
                std::set<std::string>& taken) {
    const auto folder = joined(package_around(package.place), modules);
    auto link = joined(image_path(folder), cat(".bin/", command));
    if (!taken.insert(link).second) return;
    const auto target = joined(image_path(package.place), file);
    if (!package.link && !make_runnable(target)) return;
    add_symlink(link, target,
                cat("the command `", printable(command, 200), "` of `", printable(package.name, 214), "`"));
  }

  // False when there is no such file or folder.
  bool make_runnable(const std::string& path) {
    const auto found = files_.find(path);
    if (found == files_.end()) {
      const auto below = cat(path, "/");
      const auto first = files_.lower_bound(below);
      return first != files_.end() && first->first.starts_with(below);
    }
    auto& [entry, archive, member] = found->second;
    if (entry.kind != layers::Kind::file) return true;
    entry.mode = 0755;
    if (archive == nullptr) return true;
    if (const auto at = windows_line_end(*archive, *member); at > 0) {
      auto text = archive->text(*member, script_bytes);
      text.erase(at, 1);
      entry.size = text.size();
      entry.content = std::move(text);
    }
    return true;
  }

  const TreeOptions& options_;
  std::string project_;
  std::set<std::string, std::less<>> own_places_;
  std::map<std::string, File> files_;  // by path
};

}  // namespace

std::vector<layers::Entry> tree(const std::vector<InstalledPackage>& packages, const TreeOptions& options) {
  return Tree(options).build(packages);
}

}  // namespace lapstrake::packages::npm
