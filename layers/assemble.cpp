#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/assemble.hpp>
#include <map>
#include <numeric>
#include <set>

#include "candidate.hpp"
#include "capabilities.hpp"
#include "edit.hpp"
#include "order.hpp"
#include "paths.hpp"
#include "removal.hpp"

namespace lapstrake::layers {
namespace {

std::string shown(std::string_view path) { return cat("`/", printable(path, 4096), "`"); }

// Merges candidates with the base and with each other. The entries are not moved, only their indices in `order_` (by
// path, without dropped ones).
class Layer {
 public:
  Layer(const BaseFiles& below, const AssembleOptions& options, const std::vector<oci::Removal>& removals,
        Candidates candidates)
      : below_(below),
        stop_(options.stop),
        entries_(std::move(candidates.entries)),
        policies_(std::move(candidates.policies)),
        identities_(std::move(candidates.identities)) {
    for (const auto& removal : removals) remove(removal, options);
    order_.reserve(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (!policies_[i].is_dropped && settle(entries_[i], policies_[i])) order_.push_back(i);
    sort_by_path(order_, entries_);
    join_what_is_one();
  }

  void set_capabilities(const oci::Capability& capability) {
    const std::string origin = origin_of("capabilities", capability.path, capability.where);
    lapstrake::step(origin, [&] {
      const std::string path = below_.resolve(image_path(capability.path));
      Entry* const file = find(path);
      if (file == nullptr || file->kind != Kind::file) no_file_here(path);
      oci::Xattrs xattrs = *file->xattrs;
      xattrs["security.capability"] = capability_xattr(capability.capabilities);
      file->xattrs = std::move(xattrs);
    });
  }

  std::vector<Entry> finish() {
    add_parents();
    drop_what_is_replaced();
    refuse_what_is_removed();
    if (!identities_.empty()) make_links();
    for (Entry& whiteout : whiteouts(removed_, emptied_)) {
      order_.push_back(entries_.size());
      entries_.push_back(std::move(whiteout));
    }
    if (!removed_.empty() || !emptied_.empty())
      sort_with_whiteouts(order_, entries_);  // else they are in order already
    arrange(entries_, std::move(order_));
    return std::move(entries_);
  }

 private:
  void remove(const oci::Removal& removal, const AssembleOptions& options) {
    const std::string origin = origin_of("remove", removal.path, removal.where);
    const auto removed = lapstrake::step(origin, [&] { return removed_by(removal, below_); });
    if (removed.is_glob && options.notify) options.notify(note_of(removal, removed));
    if (!removed.emptied.empty()) {
      emptied_.emplace(removed.emptied, origin);
      return;
    }
    for (const auto& path : removed.paths) removed_.emplace(path, origin);
  }

  bool is_emptied(std::string_view path) const {
    return std::any_of(emptied_.begin(), emptied_.end(), [&](const auto& one) { return lies_in(path, one.first); });
  }
  // The file of the base at `path`, unless this layer empties its folder.
  const BaseFiles::Node* base_at(std::string_view path) const { return is_emptied(path) ? nullptr : below_.find(path); }

  // Resolves the entry's path in the base; false when the entry is not needed.
  bool settle(Entry& entry, MergePolicy& policy) {
    if (const auto flaw = flaws_.of(entry.path); !flaw.empty())
      throw Error(ErrorKind::input, cat("`/", printable(entry.path, 200), "` ", flaw), "rename it, or exclude it")
          .during(*entry.origin);
    if (below_.empty()) return !entry.path.empty();
    const bool folder = entry.kind == Kind::directory;
    // A folder over the base's link to a folder would destroy it: bin -> usr/bin.
    if (!is_emptied(entry.path))
      entry.path = lapstrake::step(*entry.origin, [&] { return real_path(entry.path, folder); });
    if (entry.path.empty()) return false;
    const BaseFiles::Node* base = base_at(entry.path);
    const bool base_folder = base != nullptr && base->kind == Kind::directory;
    if (!folder && base_folder && !removed_.contains(entry.path))
      throw Error(ErrorKind::input,
                  cat(shown(entry.path), " would replace a folder of the layers below and everything in it"),
                  cat("add `remove: [/", printable(entry.path), "]` to this layer to replace the folder; to copy into ",
                      "it, end `to:` with `/`: `to: /", printable(entry.path), "/`"))
          .during(*entry.origin);
    if (folder && base != nullptr && !base_folder)
      throw Error(ErrorKind::input, cat(shown(entry.path), " is not a folder in the layers below"))
          .during(*entry.origin);
    return !(folder && base_folder) || take_from_base(entry, policy, *base);
  }

  // `path` as the base's links have it; a folder's own link is followed too. The entries of one folder often follow
  // each other: where that one is, is looked up once.
  std::string real_path(const std::string& path, bool folder) {
    const std::string_view parent = parent_of(path);
    if (!recent_ || recent_->first != parent) {
      if (folder) return below_.follow(path);
      recent_.emplace(parent, below_.follow(parent));
    }
    std::string real = joined(recent_->second, name_of(path));
    const auto* node = folder ? below_.find(real) : nullptr;
    return node != nullptr && node->kind == Kind::symlink ? below_.follow(path) : real;
  }

  // Attributes that the spec does not set are taken from the base. False when none is changed.
  static bool take_from_base(Entry& entry, const MergePolicy& policy, const BaseFiles::Node& base) {
    using Overrides = MergePolicy::Overrides;
    if (policy.overrides == Overrides::all && !policy.is_copy_target) return true;
    if (policy.is_copy_target || policy.overrides == Overrides::nothing) return false;
    if (policy.overrides == Overrides::owner) entry.mode = base.mode;
    if (policy.overrides == Overrides::mode) entry.uid = base.uid, entry.gid = base.gid;
    return entry.mode != base.mode || entry.uid != base.uid || entry.gid != base.gid;
  }

  static bool same_folder(const Entry& a, const Entry& b) {
    return a.kind == Kind::directory && b.kind == Kind::directory && a.mode == b.mode && a.uid == b.uid &&
           a.gid == b.gid && a.xattrs == b.xattrs;
  }

  // `directories:` takes precedence, then folders copied from the host, then targets of copies.
  static int weight(const MergePolicy& policy) { return policy.is_explicit ? 2 : policy.is_copy_target ? 0 : 1; }

  // Several steps may write the same folder with equal attributes; everything else is a conflict.
  void join_what_is_one() {
    std::size_t kept = 0;
    for (const std::size_t next : order_) {
      if (kept > 0 && entries_[order_[kept - 1]].path == entries_[next].path)
        order_[kept - 1] = joint(order_[kept - 1], next);
      else
        order_[kept++] = next;
    }
    order_.resize(kept);
  }

  // Which of two entries for one path is kept; they are in the order of their steps.
  std::size_t joint(std::size_t before, std::size_t next) const {
    const Entry &a = entries_[before], &b = entries_[next];
    if (same_folder(a, b)) return before;
    const bool folders = a.kind == Kind::directory && b.kind == Kind::directory;
    const int one = weight(policies_[before]), other = weight(policies_[next]);
    if (folders && one != other) return one < other ? next : before;
    throw Error(
        ErrorKind::input,
        cat("two steps of one layer write ", shown(b.path), folders ? ", with different owners or modes" : ""),
        folders ? "set its owner and mode under `directories:`" : "remove one of them, or move it to another layer")
        .because(cat(*a.origin, " and ", *b.origin));
  }

  // The first in order that is not before `path`.
  std::vector<std::size_t>::const_iterator lower_bound(std::string_view path) const {
    return std::lower_bound(order_.begin(), order_.end(), path,
                            [this](std::size_t entry, std::string_view other) { return entries_[entry].path < other; });
  }

  Entry* find(std::string_view path) {
    const auto at = lower_bound(path);
    return at != order_.end() && entries_[*at].path == path ? &entries_[*at] : nullptr;
  }

  [[noreturn]] void no_file_here(const std::string& path) const {
    std::vector<std::string> paths;
    for (const std::size_t entry : order_)
      if (entries_[entry].kind == Kind::file) paths.push_back(entries_[entry].path);
    Error error(ErrorKind::input, cat("this layer does not write a file ", shown(path)));
    if (const auto near = nearest(path, paths)) error.helped_by(cat("did you mean `/", printable(*near), "`?"));
    error.helped_by("set capabilities in the layer that writes the file");
    throw error;
  }

  // OCI image-spec layer.md: an entry for a folder replaces the base's attributes, so it is written only if the base
  // lacks it.
  void add_parents() {
    std::vector<Entry> parents;
    std::set<std::string, std::less<>> seen;
    std::string_view last;
    for (const std::size_t number : order_) {
      const Entry& entry = entries_[number];
      std::string_view folder = parent_of(entry.path);
      if (folder == last) continue;
      last = folder;
      stop_point(stop_);
      for (; !folder.empty() && seen.emplace(folder).second; folder = parent_of(folder)) {
        if (const Entry* other = find(folder)) {
          expect_folder(*other, entry);
          continue;
        }
        const auto* base = base_at(folder);
        if (base != nullptr && base->kind == Kind::directory) continue;
        if (base != nullptr)
          throw Error(ErrorKind::input,
                      cat(shown(entry.path), " lies in ", shown(folder), ", which is not a folder in the layers below"))
              .during(*entry.origin);
        parents.push_back(parent(folder, entry));
      }
    }
    if (parents.empty()) return;
    for (Entry& parent : parents) {
      order_.push_back(entries_.size());
      entries_.push_back(std::move(parent));
    }
    sort_by_path(order_, entries_);
  }

  static Entry parent(std::string_view path, const Entry& of) {
    Entry out;
    out.path = path;
    out.kind = Kind::directory;
    out.mode = 0755;
    out.origin = of.origin;
    return out;
  }

  static void expect_folder(const Entry& folder, const Entry& entry) {
    if (folder.kind == Kind::directory) return;
    throw Error(ErrorKind::input,
                cat(shown(entry.path), " lies in ", shown(folder.path), ", which this layer writes as a ",
                    folder.kind == Kind::symlink ? "symbolic link" : "file"),
                "write to the target of the link, or move the link to a later layer")
        .because(cat(*folder.origin, " and ", *entry.origin));
  }

  // A file or link over a folder takes away all that lower layers have in it (containerd, Docker and umoci unpack so):
  // where that was asked for, it needs no whiteout, neither of the folder nor of what lies in it.
  void drop_what_is_replaced() {
    const auto is_replaced = [this](std::string_view path) {
      const Entry* entry = find(path);
      return entry != nullptr && entry->kind != Kind::directory;
    };
    const auto is_needless = [&](const auto& removal) {
      for (std::string_view path = removal.first; !path.empty(); path = parent_of(path))
        if (is_replaced(path)) return true;
      return false;
    };
    std::erase_if(removed_, is_needless);
    std::erase_if(emptied_, is_needless);
    std::erase_if(removed_, [&](const auto& removal) { return is_emptied(removal.first); });
  }

  void refuse_what_is_removed() const {
    for (const auto& [path, origin] : removed_) {
      const auto at = lower_bound(path), inner = lower_bound(cat(path, "/"));
      const Entry* entry = at != order_.end() && entries_[*at].path == path                ? &entries_[*at]
                           : inner != order_.end() && lies_in(entries_[*inner].path, path) ? &entries_[*inner]
                                                                                           : nullptr;
      if (entry != nullptr)
        throw Error(ErrorKind::input, cat("a layer cannot remove ", shown(path), " and write ", shown(entry->path)),
                    "move the removal to an earlier layer")
            .because(cat(origin, " and ", *entry->origin));
    }
  }

  // One file, one set of attributes: a capability on any of its names is on the body, which is the first in order.
  void make_links() {
    std::map<Identity, std::size_t> bodies;
    for (const std::size_t number : order_) {
      const auto identity = std::lower_bound(identities_.begin(), identities_.end(), number,
                                             [](const auto& one, std::size_t entry) { return one.first < entry; });
      if (identity == identities_.end() || identity->first != number) continue;
      const auto [body, first] = bodies.emplace(identity->second, number);
      if (first) continue;
      share_xattrs(entries_[body->second], entries_[number]);
      make_link(entries_[number], entries_[body->second]);
    }
  }

  static void share_xattrs(Entry& body, const Entry& other) {
    if (other.xattrs->empty()) return;
    oci::Xattrs all = *body.xattrs;
    all.insert(other.xattrs->begin(), other.xattrs->end());
    body.xattrs = std::move(all);
  }

  static void make_link(Entry& entry, const Entry& body) {
    entry.kind = Kind::hardlink;
    entry.target = body.path;
    entry.size = 0;
    entry.content = std::monostate{};
    entry.xattrs = {};
  }

  const BaseFiles& below_;
  const std::stop_token& stop_;
  Flaws flaws_;
  std::optional<std::pair<std::string, std::string>> recent_;  // a folder, and where it is
  std::vector<Entry> entries_;
  std::vector<MergePolicy> policies_;
  std::vector<std::pair<std::size_t, Identity>> identities_;
  std::vector<std::size_t> order_;
  std::map<std::string, std::string> removed_;  // paths and their steps
  std::map<std::string, std::string> emptied_;  // folders whose content is removed
};

}  // namespace

std::vector<Entry> assemble(const oci::LayerRecipe& recipe, const BaseFiles& below, const AccountTable& accounts,
                            const AssembleOptions& options, OtherSteps others) {
  auto candidates = candidates_of(recipe, accounts, options, std::move(others));
  add_edits(recipe.edits, below, options, candidates);
  Layer layer(below, options, recipe.removals, std::move(candidates));
  for (const auto& capability : recipe.capabilities) layer.set_capabilities(capability);
  return layer.finish();
}

}  // namespace lapstrake::layers
