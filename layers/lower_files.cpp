#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/lower_files.hpp>
#include <map>

#include "content.hpp"
#include "paths.hpp"

namespace lapstrake::layers {
namespace {

[[noreturn]] void lacks(std::string_view path, std::string_view what) {
  throw Error(ErrorKind::integrity, cat("cannot read `/", printable(path, 4096), "`"))
      .because(cat(what, " does not contain it"));
}

// Where a member is in the merged tree. Most members have the name of no wanted file, and are not looked up.
class RealPaths {
 public:
  RealPaths(const BaseFiles& tree, const std::set<std::string>& paths) : tree_(tree), paths_(paths) {
    for (const auto& path : paths) names_.emplace(name_of(path));
  }
  // One of the wanted paths, or "".
  std::string operator()(std::string_view member) const {
    const auto path = relative_path(member);
    if (!path || !names_.contains(name_of(*path))) return {};
    if (paths_.contains(*path)) return *path;
    auto real = tree_.resolve(*path);
    return paths_.contains(real) ? real : std::string();
  }

 private:
  const BaseFiles& tree_;
  const std::set<std::string>& paths_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace

void read_files(const BaseFiles& tree, const std::function<Source()>& open, std::string_view what,
                const std::set<std::string>& paths, const EachFile& each, const std::stop_token& stop) {
  std::set<std::string> seen;
  std::map<std::string, std::set<std::string>> linked;  // targets of hard links, and the wanted paths
  const auto read = [&](const EachEntry& take) {
    step(cat("reading ", what), [&] { read_tar(open(), what, take, {.stop = stop}); });
  };
  const RealPaths real(tree, paths);
  read([&](const TarEntry& entry, const Source& data) {
    const auto path = real(entry.path);
    if (path.empty() || entry.special) return;
    for (auto& [target, links] : linked) links.erase(path);
    if (entry.kind == Kind::hardlink) linked[relative_path(*entry.target).value_or("")].insert(path);
    if (entry.kind == Kind::file) each({path}, entry, data);
    if (entry.kind == Kind::hardlink || entry.kind == Kind::file) seen.insert(path);
  });
  for (const auto& path : paths)
    if (!seen.contains(path)) lacks(path, what);
  std::erase_if(linked, [](const auto& one) { return one.second.empty(); });
  if (linked.empty()) return;
  std::set<std::string> bodies;
  for (const auto& [target, links] : linked) bodies.insert(target);
  read([&](const TarEntry& entry, const Source& data) {
    const auto found = entry.kind == Kind::file ? linked.find(relative_path(entry.path).value_or("")) : linked.end();
    if (found == linked.end()) return;
    bodies.erase(found->first);
    each(found->second, entry, data);
  });
  if (!bodies.empty()) lacks(*bodies.begin(), what);
}

void read_files(const std::vector<Entry>& entries, const std::set<std::string>& paths, const EachFile& each) {
  std::map<std::string_view, const Entry*> by_path;
  for (const auto& entry : entries) by_path[entry.path] = &entry;
  std::map<const Entry*, std::set<std::string>> bodies;
  for (const auto& path : paths) {
    const auto found = by_path.find(path);
    if (found == by_path.end()) lacks(path, "the layer");
    const auto body = found->second->kind == Kind::hardlink ? by_path.find(*found->second->target) : found;
    if (body == by_path.end() || body->second->kind != Kind::file) lacks(path, "the layer");
    bodies[body->second].insert(path);
  }
  for (const auto& [body, names] : bodies) {
    ContentReader reader(*body, 0, body->size);
    each(names, *body, [&](std::span<std::byte> room) { return reader.read(room); });
  }
}

}  // namespace lapstrake::layers
