#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/assemble.hpp>
#include <map>
#include <set>

#include "capabilities.hpp"
#include "draft.hpp"
#include "paths.hpp"

namespace lapstrake::layers {
namespace {

std::string shown(std::string_view path) { return cat("`/", printable(path, 4096), "`"); }

// Lays the drafts against the base and against each other.
class Layer {
 public:
  Layer(const BaseFiles& below, const std::stop_token& stop) : below_(below), stop_(stop) {}

  void add(Draft draft) {
    Entry& entry = draft.entry;
    if (const auto flaw = flaw_of(entry.path); !flaw.empty())
      throw Error(Fault::input, cat("`/", printable(entry.path, 200), "` ", flaw), "rename it, or exclude it")
          .during(*entry.origin);
    const bool folder = entry.kind == Kind::directory;
    // A folder over the base's link to a folder would destroy it: bin -> usr/bin.
    entry.path =
        lapstrake::step(*entry.origin, [&] { return folder ? below_.follow(entry.path) : below_.resolve(entry.path); });
    if (entry.path.empty()) return;
    const BaseFiles::Node* base = below_.find(entry.path);
    const bool base_folder = base != nullptr && base->kind == Kind::directory;
    if (!folder && base_folder)
      throw Error(Fault::input,
                  cat(shown(entry.path),
                      " is a folder that lies below this layer, and would be replaced with all that is in it"),
                  cat("end `to:` in `/` to write into it: `to: /", printable(entry.path), "/`"))
          .during(*entry.origin);
    if (folder && base != nullptr && !base_folder)
      throw Error(Fault::input, cat(shown(entry.path), " is no folder in the layers below")).during(*entry.origin);
    if (folder && base_folder && !take_from_base(draft, *base)) return;
    place(std::move(draft));
  }

  void remove(const oci::Removal& removal) {
    const std::string origin = origin_of("remove", removal.path, removal.where);
    lapstrake::step(origin, [&] {
      const std::string path = below_.resolve(image_path(removal.path));
      if (path.empty()) throw Error(Fault::usage, "`/` cannot be removed");
      if (below_.find(path) == nullptr) missing_below(path);
      removed_.emplace(path, origin);
    });
  }

  void set_capabilities(const oci::Capability& capability) {
    const std::string origin = origin_of("capabilities", capability.path, capability.where);
    lapstrake::step(origin, [&] {
      const std::string path = below_.resolve(image_path(capability.path));
      const auto found = drafts_.find(path);
      if (found == drafts_.end() || found->second.entry.kind != Kind::file) no_file_here(path);
      oci::Xattrs xattrs = *found->second.entry.xattrs;
      xattrs["security.capability"] = capability_xattr(capability.capabilities);
      found->second.entry.xattrs = std::move(xattrs);
    });
  }

  std::vector<Entry> finish() {
    add_parents();
    refuse_what_is_removed();
    std::vector<Entry> out;
    std::map<Draft::Identity, std::size_t> bodies;
    share_xattrs();
    for (auto& [path, draft] : drafts_) {
      if (draft.identity) {
        const auto [body, first] = bodies.emplace(*draft.identity, out.size());
        if (!first) make_link(draft.entry, out[body->second]);
      }
      out.push_back(std::move(draft.entry));
    }
    for (auto& whiteout : whiteouts()) out.push_back(std::move(whiteout));
    if (!removed_.empty())  // else they are in order as the map gave them
      std::sort(out.begin(), out.end(),
                [](const Entry& a, const Entry& b) { return sort_key(a.path) < sort_key(b.path); });
    return out;
  }

 private:
  // What the spec does not say about a folder is as in the base. False when nothing is left to say.
  static bool take_from_base(Draft& draft, const BaseFiles::Node& base) {
    using Says = Draft::Says;
    if (draft.says == Says::all && !draft.is_target) return true;
    if (draft.is_target || draft.says == Says::nothing) return false;
    Entry& entry = draft.entry;
    if (draft.says == Says::owner) entry.mode = base.mode;
    if (draft.says == Says::mode) entry.uid = base.uid, entry.gid = base.gid;
    return entry.mode != base.mode || entry.uid != base.uid || entry.gid != base.gid;
  }

  static bool same_folder(const Entry& a, const Entry& b) {
    return a.kind == Kind::directory && b.kind == Kind::directory && a.mode == b.mode && a.uid == b.uid &&
           a.gid == b.gid && a.xattrs == b.xattrs;
  }

  // `directories:` has the last word on a folder, and what a copy brings along more than what another is made into.
  static int weight(const Draft& draft) { return draft.is_stated ? 2 : draft.is_target ? 0 : 1; }

  void place(Draft draft) {
    const auto [at, is_new] = drafts_.try_emplace(draft.entry.path, draft);
    if (is_new) return;
    Draft& before = at->second;
    if (same_folder(before.entry, draft.entry)) return;
    const bool folders = before.entry.kind == Kind::directory && draft.entry.kind == Kind::directory;
    if (folders && weight(before) != weight(draft)) {
      if (weight(before) < weight(draft)) before = std::move(draft);
      return;
    }
    throw Error(
        Fault::input,
        cat("two steps of one layer write ", shown(draft.entry.path), folders ? ", with other owners or modes" : ""),
        folders ? "state its owner and mode under `directories:`"
                : "leave one of them out, or put it into another layer")
        .because(cat(*before.entry.origin, " and ", *draft.entry.origin));
  }

  [[noreturn]] void missing_below(const std::string& path) const {
    Error error(Fault::input, cat("there is no ", shown(path), " in the layers below"));
    if (const auto near = nearest(name_of(path), below_.names_in(parent_of(path))))
      error.helped_by(cat("did you mean `/", printable(joined(parent_of(path), *near)), "`?"));
    error.helped_by("remove this line: what is not there need not be removed");
    throw error;
  }

  [[noreturn]] void no_file_here(const std::string& path) const {
    std::vector<std::string> paths;
    for (const auto& [other, draft] : drafts_)
      if (draft.entry.kind == Kind::file) paths.push_back(other);
    Error error(Fault::input, cat("this layer writes no file ", shown(path)));
    if (const auto near = nearest(path, paths)) error.helped_by(cat("did you mean `/", printable(*near), "`?"));
    error.helped_by("give capabilities in the layer that writes the file");
    throw error;
  }

  // OCI image-spec layer.md: an entry for a folder replaces the base's attributes, so it is written only if the base
  // lacks it.
  void add_parents() {
    std::vector<Draft> parents;
    std::set<std::string, std::less<>> seen;
    for (const auto& [path, draft] : drafts_) {
      stop_point(stop_);
      for (std::string_view folder = parent_of(path); !folder.empty() && seen.emplace(folder).second;
           folder = parent_of(folder)) {
        if (const auto other = drafts_.find(folder); other != drafts_.end()) {
          expect_folder(other->second.entry, draft.entry);
          continue;
        }
        const auto* base = below_.find(folder);
        if (base != nullptr && base->kind == Kind::directory) continue;
        if (base != nullptr)
          throw Error(Fault::input,
                      cat(shown(path), " lies in ", shown(folder), ", which is no folder in the layers below"))
              .during(*draft.entry.origin);
        Draft parent;
        parent.entry.path = folder;
        parent.entry.kind = Kind::directory;
        parent.entry.mode = 0755;
        parent.entry.origin = draft.entry.origin;
        parents.push_back(std::move(parent));
      }
    }
    for (Draft& parent : parents) drafts_.emplace(parent.entry.path, std::move(parent));
  }

  static void expect_folder(const Entry& folder, const Entry& entry) {
    if (folder.kind == Kind::directory) return;
    throw Error(Fault::input,
                cat(shown(entry.path), " lies in ", shown(folder.path), ", which this layer makes a ",
                    folder.kind == Kind::symlink ? "symbolic link" : "file"),
                "write to where the link leads, or put the link into a later layer")
        .because(cat(*folder.origin, " and ", *entry.origin));
  }

  void refuse_what_is_removed() const {
    for (const auto& [path, origin] : removed_) {
      const auto at = drafts_.lower_bound(path);
      auto inner = drafts_.lower_bound(cat(path, "/"));
      const Entry* entry = at != drafts_.end() && at->first == path                ? &at->second.entry
                           : inner != drafts_.end() && lies_in(inner->first, path) ? &inner->second.entry
                                                                                   : nullptr;
      if (entry != nullptr)
        throw Error(Fault::input, cat("one layer cannot remove ", shown(path), " and write ", shown(entry->path)),
                    "put the removal into a layer before")
            .because(cat(origin, " and ", *entry->origin));
    }
  }

  // One file, one set of attributes: a capability on any of its names is on the body.
  void share_xattrs() {
    std::map<Draft::Identity, oci::Xattrs> all;
    for (const auto& [path, draft] : drafts_)
      if (draft.identity) all[*draft.identity].insert(draft.entry.xattrs->begin(), draft.entry.xattrs->end());
    for (auto& [path, draft] : drafts_)
      if (draft.identity) draft.entry.xattrs = all[*draft.identity];
  }

  static void make_link(Entry& entry, const Entry& body) {
    entry.kind = Kind::hardlink;
    entry.target = body.path;
    entry.size = 0;
    entry.content = std::monostate{};
    entry.xattrs = {};
  }

  std::vector<Entry> whiteouts() const {
    std::vector<Entry> out;
    for (const auto& removed : removed_) {
      const auto& path = removed.first;
      const auto& origin = removed.second;
      const bool in_another =
          std::any_of(removed_.begin(), removed_.end(), [&](const auto& other) { return lies_in(path, other.first); });
      if (in_another) continue;
      Entry entry;
      entry.path = joined(parent_of(path), cat(whiteout_prefix, name_of(path)));
      if (name_of(entry.path).size() > most_name_bytes)
        throw Error(Fault::input, cat(shown(path), " has too long a name to be removed by a layer")).during(origin);
      entry.mode = 0;
      entry.origin = origin;
      out.push_back(std::move(entry));
    }
    return out;
  }

  // Bytewise by path, so a folder comes before what is in it; whiteouts before their siblings.
  static std::string sort_key(const std::string& path) {
    if (!name_of(path).starts_with(whiteout_prefix)) return path;
    return cat(parent_of(path), parent_of(path).empty() ? "" : "/", '\0', name_of(path));
  }

  const BaseFiles& below_;
  std::stop_token stop_;
  std::map<std::string, Draft, std::less<>> drafts_;
  std::map<std::string, std::string> removed_;
};

}  // namespace

std::vector<Entry> assemble(const oci::LayerRecipe& recipe, const BaseFiles& below, const AccountTable& accounts,
                            const Surroundings& surroundings) {
  Layer layer(below, surroundings.stop);
  for (Draft& draft : drafts_of(recipe, accounts, surroundings)) layer.add(std::move(draft));
  for (const auto& removal : recipe.removals) layer.remove(removal);
  for (const auto& capability : recipe.capabilities) layer.set_capabilities(capability);
  return layer.finish();
}

}  // namespace lapstrake::layers
