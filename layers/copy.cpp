#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <set>

#include "content.hpp"
#include "draft.hpp"
#include "paths.hpp"
#include "sources.hpp"

namespace lapstrake::layers {
namespace {

using Links = HostTree::Links;
constexpr std::size_t most_named = 10;

// The folders that a followed link is in, to notice a circle.
struct Ancestor {
  dev_t device;
  ino_t inode;
  std::shared_ptr<const Ancestor> above;
};

// Something to look at: where it is, by which names it was reached, and where it goes.
struct Work {
  HostTree::Node node;
  std::string place, to;
  std::shared_ptr<const Ancestor> above;
};

std::string listed(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  std::string out;
  for (std::size_t i = 0; i < paths.size() && i < most_named; ++i)
    out += cat(i == 0 ? "`" : ", `", printable(paths[i], 400), "`");
  if (paths.size() > most_named) out += cat(" and ", paths.size() - most_named, " more");
  return out;
}

class CopyStep {
 public:
  CopyStep(const oci::Copy& copy, std::size_t step, const Workshop& shop, std::vector<Draft>& out)
      : copy_(copy),
        step_(step),
        shop_(shop),
        out_(out),
        ids_(shop.accounts.look_up(copy.owner, copy.where)),
        include_(copy.include),
        exclude_(copy.exclude),
        origin_(origin_of("copy", copy.from, copy.where)) {}

  void run() {
    Sources sources = sources_of(copy_, shop_.tree, shop_.surroundings.stop);
    const bool into = copy_.to.ends_with('/');
    if (sources.nodes.size() > 1 && !into)
      throw Error(Fault::usage,
                  cat(sources.nodes.size(), " files match `", copy_.from, "`, and `", copy_.to, "` is one name"),
                  cat("write `to: ", copy_.to, "/` to copy them into a folder"));
    place_ = sources.place;
    const std::size_t before = out_.size();
    for (HostTree::Node& node : sources.nodes) {
      std::string place = node.path;
      const bool folder = S_ISDIR(node.status.st_mode);
      const std::string_view name = sources.name.empty() ? name_of(node.path) : std::string_view(sources.name);
      std::string to = image_path(folder || !into ? copy_.to : joined(copy_.to, name));
      todo_.push_back({std::move(node), std::move(place), std::move(to), nullptr});
    }
    expect_some_left(sources);
    target_ = todo_.size() == 1 && S_ISDIR(todo_.front().node.status.st_mode) ? todo_.front().to : image_path(copy_.to);
    while (!todo_.empty()) {
      stop_point(shop_.surroundings.stop);
      Work work = std::move(todo_.back());
      todo_.pop_back();
      look_at(std::move(work));
    }
    report_troubles();
    drop_idle_folders(before);
  }

 private:
  // What the spec names itself must not be ignored: it would be missed without a word.
  void expect_some_left(const Sources& sources) const {
    if (todo_.size() != 1 || sources.name.empty()) return;
    const auto path = shop_.tree.under_root(todo_.front().place);
    if (path && !path->empty() && shop_.ignored.matches(*path) && !shop_.ignored.has_exceptions())
      throw Error(Fault::input, cat("`", printable(*path, 4096), "` is left out by `.lapstrakeignore`"),
                  cat("add the line `!", printable(*path), "` to `.lapstrakeignore`"));
  }

  bool ignored(const std::string& place) const {
    const auto path = shop_.tree.under_root(place);
    return path && !path->empty() && shop_.ignored.matches(*path);
  }

  std::string in_place(const std::string& place) const {
    return place.size() > place_.size() && !place_.empty() ? place.substr(place_.size() + 1)
           : place_.empty()                                ? place
                                                           : "";
  }

  bool wanted(const std::string& place) const {
    const std::string path = in_place(place);
    if (path.empty()) return true;
    return (include_.empty() || include_.matches(path)) && !exclude_.matches(path) && !ignored(place);
  }

  bool nothing_wanted_in(const std::string& place) const {
    const std::string path = in_place(place);
    if (path.empty()) return false;
    return (!exclude_.has_exceptions() && exclude_.matches(path)) ||
           (!shop_.ignored.has_exceptions() && ignored(place));
  }

  void look_at(Work work) {
    if (S_ISLNK(work.node.status.st_mode) && copy_.symlinks == oci::Copy::Symlinks::follow) {
      if (!wanted(work.place) && nothing_wanted_in(work.place)) return;
      auto node = shop_.tree.find(work.node.path, Links::follow);
      if (!node)
        throw Error(Fault::input,
                    cat("the symbolic link `", printable(work.node.path, 4096), "` leads to nothing: `",
                        printable(work.node.target), "`"),
                    "remove it, exclude it, or copy links as they are with `symlinks: keep`");
      work.node = std::move(*node);
    }
    if (S_ISDIR(work.node.status.st_mode)) return enter(std::move(work));
    if (!wanted(work.place)) return;
    if (S_ISREG(work.node.status.st_mode)) return add_file(work);
    if (S_ISLNK(work.node.status.st_mode)) return add_link(work);
    if (copy_.special == oci::Copy::Special::refuse) specials_.push_back(work.node.path);
  }

  void enter(Work work) {
    if (nothing_wanted_in(work.place)) return;
    for (const Ancestor* above = work.above.get(); above != nullptr; above = above->above.get())
      if (above->device == work.node.status.st_dev && above->inode == work.node.status.st_ino)
        throw Error(Fault::input,
                    cat("the symbolic link `", printable(work.place, 4096), "` leads back into a folder that it is in"),
                    "exclude it, or copy links as they are with `symlinks: keep`");
    if (!work.node.readable) return unreadable_.push_back(work.node.path);
    add_folder(work);
    // Only links make circles; without them a chain of folders need not be kept.
    if (copy_.symlinks == oci::Copy::Symlinks::follow)
      work.above =
          std::make_shared<const Ancestor>(Ancestor{work.node.status.st_dev, work.node.status.st_ino, work.above});
    for (HostTree::Node& child : shop_.tree.list(work.node.path)) {
      const std::string name(name_of(child.path));
      todo_.push_back({std::move(child), joined(work.place, name), joined(work.to, name), work.above});
    }
  }

  Entry entry_of(const Work& work) const {
    Entry entry;
    entry.path = work.to;
    entry.uid = ids_.uid;
    entry.gid = ids_.gid;
    entry.origin = origin_;
    return entry;
  }

  void add_folder(const Work& work) {
    Draft draft{.entry = entry_of(work)};
    draft.entry.kind = Kind::directory;
    draft.entry.mode = copy_.keep_mode ? work.node.status.st_mode & 07777 : copy_.directory_mode.value_or(0755);
    const bool mode = copy_.keep_mode || copy_.directory_mode, owner = ids_.uid != 0 || ids_.gid != 0;
    using Says = Draft::Says;
    draft.says = mode && owner ? Says::all : mode ? Says::mode : owner ? Says::owner : Says::nothing;
    draft.is_target = work.to == target_;
    if (copy_.keep_xattrs && !draft.is_target) draft.entry.xattrs = xattrs_of(work.node);
    if (!wanted(work.place)) idle_.insert(work.to);
    if (!work.to.empty()) out_.push_back(std::move(draft));
  }

  void add_file(const Work& work) {
    if (!work.node.readable) return unreadable_.push_back(work.node.path);
    const struct stat& status = work.node.status;
    Draft draft{.entry = entry_of(work)};
    draft.entry.mode = copy_.mode        ? *copy_.mode
                       : copy_.keep_mode ? status.st_mode & 07777
                                         : ((status.st_mode & 0111) != 0 ? 0755 : 0644);
    draft.entry.size = static_cast<std::uint64_t>(status.st_size);
    auto folder = std::make_shared<HostFolder>();
    folder->path = shop_.tree.host_path(work.node.path).parent_path().string();
    folder->names = name_of(work.node.path);
    folder->items = {{.look = look_of(status)}};
    draft.entry.content = HostFile{.folder = std::move(folder)};
    if (copy_.keep_xattrs) draft.entry.xattrs = xattrs_of(work.node);
    if (status.st_nlink > 1) draft.identity = {step_, status.st_dev, status.st_ino};
    out_.push_back(std::move(draft));
  }

  void add_link(const Work& work) {
    Draft draft{.entry = entry_of(work)};
    draft.entry.kind = Kind::symlink;
    draft.entry.mode = 0777;
    draft.entry.target = work.node.target;
    out_.push_back(std::move(draft));
  }

  // user.* and security.capability; all else is the host's own business.
  oci::Xattrs xattrs_of(const HostTree::Node& node) const {
    const FileDescriptor fd = shop_.tree.open(node.path);
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0 || status.st_ino != node.status.st_ino ||
        status.st_dev != node.status.st_dev)
      throw Error(Fault::input, cat("`", printable(node.path, 4096), "` changed while it was read"));
    std::string names(64 << 10, '\0');
    const ssize_t size = ::flistxattr(fd.get(), names.data(), names.size());
    if (size < 0 && errno != ENOTSUP)
      throw Error(Fault::input,
                  cat("cannot read the extended attributes of `", printable(node.path, 4096), "`: ", reason(errno)));
    names.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    oci::Xattrs out;
    for (const std::string& name : split(names, '\0')) {
      if (!name.starts_with("user.") && name != "security.capability") continue;
      std::string value(64 << 10, '\0');
      const ssize_t length = ::fgetxattr(fd.get(), name.c_str(), value.data(), value.size());
      if (length < 0)
        throw Error(Fault::input,
                    cat("cannot read `", printable(name), "` of `", printable(node.path, 4096), "`: ", reason(errno)));
      value.resize(static_cast<std::size_t>(length));
      out.emplace(name, std::move(value));
    }
    return out;
  }

  void report_troubles() const {
    if (!unreadable_.empty())
      throw Error(Fault::input, cat("cannot read ", listed(unreadable_), ": ", reason(EACCES)),
                  "make them readable, or exclude them");
    if (!specials_.empty())
      throw Error(Fault::input,
                  cat(listed(specials_),
                      specials_.size() == 1 ? " is a socket, FIFO or device" : " are sockets, FIFOs or devices"),
                  "exclude them, or write `special: skip` to leave them out");
  }

  // A folder that is not wanted itself is there for what is wanted in it.
  void drop_idle_folders(std::size_t first) {
    if (idle_.empty()) return;
    std::set<std::string, std::less<>> needed;
    for (std::size_t i = first; i < out_.size(); ++i) {
      if (idle_.count(out_[i].entry.path) != 0) continue;
      std::string_view folder = parent_of(out_[i].entry.path);
      while (!folder.empty() && needed.emplace(folder).second) folder = parent_of(folder);
    }
    const auto idle = [&](const Draft& draft) {
      return idle_.count(draft.entry.path) != 0 && needed.count(draft.entry.path) == 0;
    };
    out_.erase(std::remove_if(out_.begin() + static_cast<std::ptrdiff_t>(first), out_.end(), idle), out_.end());
  }

  const oci::Copy& copy_;
  std::size_t step_;
  const Workshop& shop_;
  std::vector<Draft>& out_;
  AccountTable::Ids ids_;
  Patterns include_, exclude_;
  std::string origin_, place_, target_;
  std::vector<Work> todo_;
  std::vector<std::string> specials_, unreadable_;
  std::set<std::string, std::less<>> idle_;
};

}  // namespace

void draft_copy(const oci::Copy& copy, std::size_t number, const Workshop& shop, std::vector<Draft>& out) {
  step(origin_of("copy", copy.from, copy.where), [&] { CopyStep(copy, number, shop, out).run(); });
}

}  // namespace lapstrake::layers
