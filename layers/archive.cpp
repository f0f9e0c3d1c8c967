#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/tree_budget.hpp>
#include <map>

#include "candidate.hpp"
#include "content.hpp"
#include "paths.hpp"
#include "sources.hpp"

namespace lapstrake::layers {
namespace {

class ArchiveStep {
 public:
  ArchiveStep(const oci::Archive& archive, std::size_t step, const StepContext& context)
      : archive_(archive),
        step_(step),
        context_(context),
        include_(archive.include),
        exclude_(archive.exclude),
        to_(image_path(archive.to)),
        origin_(origin_of("archive", archive.from, archive.where)) {
    if (archive.owner) ids_ = context.accounts.look_up(*archive.owner, archive.where);
    open();
  }
  ArchiveStep(const OtherArchive& other, std::size_t step, const StepContext& context)
      : archive_(other.archive),
        step_(step),
        context_(context),
        include_(other.archive.include),
        exclude_(other.archive.exclude),
        to_(image_path(other.archive.to)),
        origin_(origin_of("fetch", other.archive.from, other.archive.where)),
        identity_(identity_of(other)) {
    if (archive_.owner) ids_ = context.accounts.look_up(*archive_.owner, archive_.where);
    file_ = FileDescriptor(::open(other.file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file_ || ::fstat(file_.get(), &status) != 0)
      throw Error(ErrorKind::input, cat("cannot read `", other.file.string(), "`: ", reason(errno)));
    begin(status);
  }

  void run(Candidates& out) {
    spool_ = std::make_shared<const ContentFile>(
        ContentFile{.descriptor = unnamed_file(context_.options.scratch), .identity = identity_});
    read_archive(file_.get(), cat("the archive `", printable(archive_.from), "`"),
                 [&](const TarEntry& entry, const Source& data) { take(entry, data); },
                 {.most_bytes = limits::spooled_bytes_for(before_.size), .stop = context_.options.stop});
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0 || stamp_of(status) != before_)
      throw Error(ErrorKind::input, cat("`", printable(archive_.from, 4096), "` changed while it was read"));
    if (had_root_ && context_.options.notify)
      context_.options.notify(cat("removed the leading `/` from names in ", *origin_, ", as tar does"));
    if (!specials_.empty())
      throw Error(ErrorKind::input, cat("the archive has devices, FIFOs or sockets: ", join(specials_, ", ")),
                  "exclude them with `exclude:`");
    for (auto& [path, candidate] : members_) out.add(std::move(candidate));
  }

 private:
  void open() {
    const std::string path = unescaped(context_.tree.tree_path(archive_.from));
    const auto node = context_.tree.find(path, HostTree::Links::follow);
    if (!node) absent(path, context_.tree);
    if (!node->is_file())
      throw Error(ErrorKind::input, cat("`", printable(archive_.from, 4096), "` is not a regular file"));
    file_ = context_.tree.open(node->path);
    if (!file_)
      throw Error(ErrorKind::input, cat("cannot read `", printable(archive_.from, 4096), "`: ", reason(errno)));
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0 || status.st_ino != node->file.stamp().inode ||
        status.st_dev != node->file.stamp().device)
      throw Error(ErrorKind::input, cat("`", printable(archive_.from, 4096), "` changed while it was read"));
    begin(status);
  }

  // Everything that determines the content of the spool.
  static std::string identity_of(const OtherArchive& other) {
    const auto& archive = other.archive;
    std::string out = cat("archive 1 ", other.digest, " ", archive.strip_components);
    for (const auto& pattern : archive.include) out += cat("\n+", pattern);
    for (const auto& pattern : archive.exclude) out += cat("\n-", pattern);
    return out;
  }

  void begin(const struct stat& status) {
    before_ = stamp_of(status);
    budget_ = TreeBudget(before_.size);
    std::array<char, 2> magic{};
    is_zip_ = ::pread(file_.get(), magic.data(), magic.size(), 0) == 2 && magic[0] == 'P' && magic[1] == 'K';
  }

  // The member's name after strip_components; nullopt when nothing is left.
  std::optional<std::string> stripped(const std::string& name) const {
    std::string_view rest = name;
    for (unsigned i = 0; i < archive_.strip_components; ++i) {
      const auto slash = rest.find('/');
      if (slash == std::string_view::npos) return std::nullopt;
      rest.remove_prefix(slash + 1);
    }
    if (rest.empty()) return std::nullopt;
    return std::string(rest);
  }

  // tar and ADD remove a leading `/` from names.
  std::string inner_path(const std::string& raw) {
    had_root_ = had_root_ || raw.starts_with('/');
    const auto path = relative_path(raw);
    if (!path)
      throw Error(ErrorKind::input,
                  cat("the archive's member `", printable(raw, 4096), "` would be written outside of its folder"),
                  "this archive is broken or malicious: do not use it");
    return *path;
  }

  void take(const TarEntry& entry, const Source& data) {
    const auto path = stripped(inner_path(entry.path));
    if (!path || (!include_.empty() && !include_.matches(*path)) || exclude_.matches(*path)) return;
    if (entry.special) {
      if (specials_.size() < 10) specials_.push_back(cat("`", printable(entry.path, 400), "`"));
      return;
    }
    Candidate candidate{.entry = entry};
    Entry& out = candidate.entry;
    out.path = joined(to_, *path);
    out.origin = origin_;
    if (ids_) out.uid = ids_->uid, out.gid = ids_->gid;
    if (!ids_ && is_zip_) out.uid = out.gid = 0;
    oci::Xattrs kept = *out.xattrs;
    std::erase_if(kept, [](const auto& xattr) { return xattr.first != "security.capability"; });
    out.xattrs = std::move(kept);
    candidate.policy.overrides = ids_ ? MergePolicy::Overrides::owner : MergePolicy::Overrides::nothing;
    if (out.kind == Kind::symlink) out.mode = 0777;
    if (out.kind == Kind::hardlink) {
      link(candidate, entry);
    } else if (out.kind == Kind::file) {
      spool(candidate, data);
    }
    budget_.keep(out.path, sizeof(decltype(members_)::value_type) + 2 * out.path.size() + out.target->size());
    members_.insert_or_assign(out.path, candidate);
  }

  // A hard link is a copy of its target; after sorting, the first of them keeps the content.
  void link(Candidate& candidate, const TarEntry& entry) {
    const auto target = stripped(inner_path(*entry.target));
    const auto found = target ? members_.find(joined(to_, *target)) : members_.end();
    if (found == members_.end() || found->second.entry.kind == Kind::directory)
      throw Error(ErrorKind::input,
                  cat("the archive's hard link `", printable(entry.path, 4096), "` points to `",
                      printable(*entry.target, 4096), "`, which is not included"),
                  "include both, or exclude both");
    const std::string path = candidate.entry.path;
    candidate = found->second;
    candidate.entry.path = path;
  }

  void spool(Candidate& candidate, const Source& data) {
    candidate.entry.content = Spooled{.file = spool_, .offset = spooled_};
    candidate.identity = {step_, 0, ++bodies_};
    const std::uint64_t begin = spooled_;
    drain(data, [&](Bytes bytes) {
      write_fully(spool_->descriptor.get(), bytes, context_.options.scratch);
      spooled_ += bytes.size();
    });
    candidate.entry.size = spooled_ - begin;  // a zip may not know it before
  }

  const oci::Archive& archive_;
  std::size_t step_;
  const StepContext& context_;
  Patterns include_, exclude_;
  std::string to_;
  Shared<std::string> origin_;
  std::string identity_;  // of the spool; empty if its bytes are not known by a digest
  std::optional<AccountTable::Ids> ids_;
  FileDescriptor file_;
  FileStamp before_;
  bool is_zip_ = false, had_root_ = false;
  TreeBudget budget_;
  std::shared_ptr<const ContentFile> spool_;
  std::uint64_t spooled_ = 0, bodies_ = 0;
  std::map<std::string, Candidate> members_;  // a later member of one name replaces the earlier, as tar does
  std::vector<std::string> specials_;
};

}  // namespace

void add_archive(const oci::Archive& archive, std::size_t number, const StepContext& context, Candidates& out) {
  step(origin_of("archive", archive.from, archive.where), [&] { ArchiveStep(archive, number, context).run(out); });
}

void add_archive(const OtherArchive& other, std::size_t number, const StepContext& context, Candidates& out) {
  step(origin_of("fetch", other.archive.from, other.archive.where),
       [&] { ArchiveStep(other, number, context).run(out); });
}

}  // namespace lapstrake::layers
