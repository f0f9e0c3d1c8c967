#include <sys/xattr.h>

#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

#include "candidate.hpp"
#include "paths.hpp"
#include "sources.hpp"
#include "walk.hpp"

namespace lapstrake::layers {
namespace {

class CopyStep {
 public:
  CopyStep(const oci::Copy& copy, std::size_t step, const StepContext& context, Candidates& out)
      : copy_(copy),
        step_(step),
        context_(context),
        out_(out),
        ids_(context.accounts.look_up(copy.owner, copy.where)),
        origin_(origin_of("copy", copy.from, copy.where)) {}

  void run() {
    Walk::Rules rules{.include = Patterns(copy_.include),
                      .exclude = Patterns(copy_.exclude),
                      .ignored = context_.ignored,
                      .pattern_root = {},
                      .follows_links = copy_.symlinks == oci::Copy::Symlinks::follow,
                      .refuses_specials = copy_.special == oci::Copy::Special::refuse};
    Sources sources = sources_of(copy_, context_.tree, context_.options.stop);
    const bool into = copy_.to.ends_with('/');
    if (sources.nodes.size() > 1 && !into)
      throw Error(ErrorKind::usage,
                  cat(sources.nodes.size(), " files match `", copy_.from, "`, but `to: ", copy_.to, "` names one file"),
                  cat("write `to: ", copy_.to, "/` to copy them into a folder"));
    std::vector<Walk::Root> roots;
    for (HostTree::Node& node : sources.nodes) {
      const std::string_view name = sources.name.empty() ? name_of(node.path) : std::string_view(sources.name);
      std::string to = image_path(node.is_folder() || !into ? copy_.to : joined(copy_.to, name));
      roots.push_back({std::move(node), std::move(to)});
    }
    if (roots.size() == 1 && !sources.name.empty()) expect_some_left(roots.front().node.path);
    target_ = roots.size() == 1 && roots.front().node.is_folder() ? roots.front().to : image_path(copy_.to);
    rules.pattern_root = std::move(sources.pattern_root);
    Walk walk(context_.tree, std::move(rules), context_.options.jobs, context_.options.stop);
    walk.scan(std::move(roots));
    const std::size_t before = out_.entries.size();
    out_.reserve(walk.size());
    walk.for_each([this](Walk::Item found) { add(std::move(found)); });
    drop_empty_parents(before);
  }

 private:
  // A source that the spec names must not be ignored: it would be missing without any message.
  void expect_some_left(const std::string& source) const {
    const auto path = context_.tree.under_root(source);
    if (path && !path->empty() && context_.ignored.matches(*path) && !context_.ignored.has_exceptions())
      throw Error(ErrorKind::input, cat("`", printable(*path, 4096), "` is excluded by `.lapstrakeignore`"),
                  cat("add the line `!", printable(*path), "` to `.lapstrakeignore`"));
  }

  void add(Walk::Item found) {
    Candidate candidate;
    Entry& entry = candidate.entry;
    entry.path = std::move(found.to);
    entry.uid = ids_.uid;
    entry.gid = ids_.gid;
    entry.origin = origin_;
    const mode_t mode = found.file.item().mode;
    if (S_ISDIR(mode)) {
      if (found.is_parent_only) parents_only_.insert(entry.path);
      if (entry.path.empty()) return;
      describe_folder(candidate, found.file);
    } else if (S_ISLNK(mode)) {
      entry.kind = Kind::symlink;
      entry.mode = 0777;
      entry.target = found.file.target();
    } else {
      describe_file(candidate, std::move(found.file));
    }
    out_.add(std::move(candidate));
  }

  void describe_folder(Candidate& candidate, const HostFile& folder) const {
    Entry& entry = candidate.entry;
    entry.kind = Kind::directory;
    entry.mode = copy_.keep_mode ? folder.item().mode & 07777u : copy_.directory_mode.value_or(0755);
    const bool mode = copy_.keep_mode || copy_.directory_mode, owner = ids_.uid != 0 || ids_.gid != 0;
    using Overrides = MergePolicy::Overrides;
    candidate.policy.overrides = mode && owner ? Overrides::all
                                 : mode        ? Overrides::mode
                                 : owner       ? Overrides::owner
                                               : Overrides::nothing;
    candidate.policy.is_copy_target = entry.path == target_;
    if (copy_.keep_xattrs && !candidate.policy.is_copy_target) entry.xattrs = xattrs_of(folder);
  }

  void describe_file(Candidate& candidate, HostFile file) const {
    const HostFolder::Item& item = file.item();
    Entry& entry = candidate.entry;
    entry.mode = copy_.mode        ? *copy_.mode
                 : copy_.keep_mode ? item.mode & 07777u
                                   : ((item.mode & 0111) != 0 ? 0755 : 0644);
    entry.size = item.stamp.size;
    if (copy_.keep_xattrs) entry.xattrs = xattrs_of(file);
    if (item.has_other_names) candidate.identity = {step_, item.stamp.device, item.stamp.inode};
    entry.content = std::move(file);
  }

  // user.* and security.capability; other attributes are specific to the host.
  oci::Xattrs xattrs_of(const HostFile& file) const {
    const std::string path = printable(context_.tree.path_of(file), 4096);
    const FileDescriptor fd = context_.tree.open(context_.tree.path_of(file));
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

  // A folder that is not selected itself is only needed for selected files in it.
  void drop_empty_parents(std::size_t first) {
    if (parents_only_.empty()) return;
    std::set<std::string, std::less<>> needed;
    for (std::size_t i = first; i < out_.entries.size(); ++i) {
      const std::string& path = out_.entries[i].path;
      if (parents_only_.count(path) != 0) continue;
      std::string_view folder = parent_of(path);
      while (!folder.empty() && needed.emplace(folder).second) folder = parent_of(folder);
    }
    for (std::size_t i = first; i < out_.entries.size(); ++i) {
      const std::string& path = out_.entries[i].path;
      out_.policies[i].is_dropped = parents_only_.count(path) != 0 && needed.count(path) == 0;
    }
  }

  const oci::Copy& copy_;
  std::size_t step_;
  const StepContext& context_;
  Candidates& out_;
  AccountTable::Ids ids_;
  Shared<std::string> origin_;
  std::string target_;
  std::set<std::string, std::less<>> parents_only_;
};

}  // namespace

void add_copy(const oci::Copy& copy, std::size_t number, const StepContext& context, Candidates& out) {
  step(origin_of("copy", copy.from, copy.where), [&] { CopyStep(copy, number, context, out).run(); });
}

}  // namespace lapstrake::layers
