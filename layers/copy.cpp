#include <sys/xattr.h>

#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

#include "draft.hpp"
#include "paths.hpp"
#include "sources.hpp"
#include "walk.hpp"

namespace lapstrake::layers {
namespace {

class CopyStep {
 public:
  CopyStep(const oci::Copy& copy, std::size_t step, const Workshop& shop, Drafts& out)
      : copy_(copy),
        step_(step),
        shop_(shop),
        out_(out),
        ids_(shop.accounts.look_up(copy.owner, copy.where)),
        origin_(origin_of("copy", copy.from, copy.where)) {}

  void run() {
    Walk::Rules rules{.include = Patterns(copy_.include),
                      .exclude = Patterns(copy_.exclude),
                      .ignored = shop_.ignored,
                      .place = {},
                      .follows_links = copy_.symlinks == oci::Copy::Symlinks::follow,
                      .refuses_specials = copy_.special == oci::Copy::Special::refuse};
    Sources sources = sources_of(copy_, shop_.tree, shop_.surroundings.stop);
    const bool into = copy_.to.ends_with('/');
    if (sources.nodes.size() > 1 && !into)
      throw Error(ErrorKind::usage,
                  cat(sources.nodes.size(), " files match `", copy_.from, "`, and `", copy_.to, "` is one name"),
                  cat("write `to: ", copy_.to, "/` to copy them into a folder"));
    std::vector<Walk::Root> roots;
    for (HostTree::Node& node : sources.nodes) {
      const std::string_view name = sources.name.empty() ? name_of(node.path) : std::string_view(sources.name);
      std::string to = image_path(node.is_folder() || !into ? copy_.to : joined(copy_.to, name));
      roots.push_back({std::move(node), std::move(to)});
    }
    if (roots.size() == 1 && !sources.name.empty()) expect_some_left(roots.front().node.path);
    target_ = roots.size() == 1 && roots.front().node.is_folder() ? roots.front().to : image_path(copy_.to);
    rules.place = std::move(sources.place);
    Walk walk(shop_.tree, std::move(rules), shop_.surroundings.jobs, shop_.surroundings.stop);
    walk.look_at(std::move(roots));
    const std::size_t before = out_.entries.size();
    out_.make_room(walk.size());
    walk.each([this](Walk::Found found) { add(std::move(found)); });
    drop_idle_folders(before);
  }

 private:
  // What the spec names itself must not be ignored: it would be missed without a word.
  void expect_some_left(const std::string& place) const {
    const auto path = shop_.tree.under_root(place);
    if (path && !path->empty() && shop_.ignored.matches(*path) && !shop_.ignored.has_exceptions())
      throw Error(ErrorKind::input, cat("`", printable(*path, 4096), "` is left out by `.lapstrakeignore`"),
                  cat("add the line `!", printable(*path), "` to `.lapstrakeignore`"));
  }

  void add(Walk::Found found) {
    Draft draft;
    Entry& entry = draft.entry;
    entry.path = std::move(found.to);
    entry.uid = ids_.uid;
    entry.gid = ids_.gid;
    entry.origin = origin_;
    const mode_t mode = found.file.item().mode;
    if (S_ISDIR(mode)) {
      if (found.is_idle) idle_.insert(entry.path);
      if (entry.path.empty()) return;
      describe_folder(draft, found.file);
    } else if (S_ISLNK(mode)) {
      entry.kind = Kind::symlink;
      entry.mode = 0777;
      entry.target = found.file.target();
    } else {
      describe_file(draft, std::move(found.file));
    }
    out_.add(std::move(draft));
  }

  void describe_folder(Draft& draft, const HostFile& folder) const {
    Entry& entry = draft.entry;
    entry.kind = Kind::directory;
    entry.mode = copy_.keep_mode ? folder.item().mode & 07777u : copy_.directory_mode.value_or(0755);
    const bool mode = copy_.keep_mode || copy_.directory_mode, owner = ids_.uid != 0 || ids_.gid != 0;
    using Says = Note::Says;
    draft.note.says = mode && owner ? Says::all : mode ? Says::mode : owner ? Says::owner : Says::nothing;
    draft.note.is_target = entry.path == target_;
    if (copy_.keep_xattrs && !draft.note.is_target) entry.xattrs = xattrs_of(folder);
  }

  void describe_file(Draft& draft, HostFile file) const {
    const HostFolder::Item& item = file.item();
    Entry& entry = draft.entry;
    entry.mode = copy_.mode        ? *copy_.mode
                 : copy_.keep_mode ? item.mode & 07777u
                                   : ((item.mode & 0111) != 0 ? 0755 : 0644);
    entry.size = item.stamp.size;
    if (copy_.keep_xattrs) entry.xattrs = xattrs_of(file);
    if (item.has_other_names) draft.identity = {step_, item.stamp.device, item.stamp.inode};
    entry.content = std::move(file);
  }

  // user.* and security.capability; all else is the host's own business.
  oci::Xattrs xattrs_of(const HostFile& file) const {
    const std::string path = printable(shop_.tree.path_of(file), 4096);
    const FileDescriptor fd = shop_.tree.open(shop_.tree.path_of(file));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0 || status.st_ino != file.stamp().inode ||
        status.st_dev != file.stamp().device)
      throw Error(ErrorKind::input, cat("`", path, "` changed while it was read"));
    std::string names(64 << 10, '\0');
    const ssize_t size = ::flistxattr(fd.get(), names.data(), names.size());
    if (size < 0 && errno != ENOTSUP)
      throw Error(ErrorKind::input, cat("cannot read the extended attributes of `", path, "`: ", reason(errno)));
    names.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    oci::Xattrs out;
    for (const std::string& name : split(names, '\0')) {
      if (!name.starts_with("user.") && name != "security.capability") continue;
      std::string value(64 << 10, '\0');
      const ssize_t length = ::fgetxattr(fd.get(), name.c_str(), value.data(), value.size());
      if (length < 0)
        throw Error(ErrorKind::input, cat("cannot read `", printable(name), "` of `", path, "`: ", reason(errno)));
      value.resize(static_cast<std::size_t>(length));
      out.emplace(name, std::move(value));
    }
    return out;
  }

  // A folder that is not wanted itself is there for what is wanted in it.
  void drop_idle_folders(std::size_t first) {
    if (idle_.empty()) return;
    std::set<std::string, std::less<>> needed;
    for (std::size_t i = first; i < out_.entries.size(); ++i) {
      const std::string& path = out_.entries[i].path;
      if (idle_.count(path) != 0) continue;
      std::string_view folder = parent_of(path);
      while (!folder.empty() && needed.emplace(folder).second) folder = parent_of(folder);
    }
    for (std::size_t i = first; i < out_.entries.size(); ++i) {
      const std::string& path = out_.entries[i].path;
      out_.notes[i].is_void = idle_.count(path) != 0 && needed.count(path) == 0;
    }
  }

  const oci::Copy& copy_;
  std::size_t step_;
  const Workshop& shop_;
  Drafts& out_;
  AccountTable::Ids ids_;
  Shared<std::string> origin_;
  std::string target_;
  std::set<std::string, std::less<>> idle_;
};

}  // namespace

void draft_copy(const oci::Copy& copy, std::size_t number, const Workshop& shop, Drafts& out) {
  step(origin_of("copy", copy.from, copy.where), [&] { CopyStep(copy, number, shop, out).run(); });
}

}  // namespace lapstrake::layers
