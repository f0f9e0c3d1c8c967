#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/records.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/random_access.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>

namespace lapstrake::packages {
namespace {

// The file: contents, list of members, SHA-256 of the list, its size (8 bytes), magic.
constexpr std::string_view magic = "lapstrake unpacked 1\n";
constexpr std::size_t sum_size = sizeof(Sha256Sum), tail_size = sum_size + 8 + magic.size();
constexpr std::size_t least_member = 8 * 7;  // bytes of a record with empty texts

void write_member(RecordWriter& records, const Member& member) {
  records.text(member.path);
  records.number(static_cast<std::uint64_t>(member.kind));
  records.number(member.mode);
  records.number(std::uint64_t{member.uid} << 32 | member.gid);
  records.number(member.offset);
  records.number(member.size);
  records.text(member.target);
}

Member read_member(RecordReader& records) {
  Member out;
  out.path = records.text();
  out.kind = static_cast<layers::Kind>(records.number());
  out.mode = static_cast<std::uint32_t>(records.number());
  const auto owner = records.number();
  out.uid = static_cast<std::uint32_t>(owner >> 32);
  out.gid = static_cast<std::uint32_t>(owner);
  out.offset = records.number();
  out.size = records.number();
  out.target = records.text();
  return out;
}

std::optional<std::vector<Member>> parse_members(std::string_view list, std::uint64_t content_size) {
  RecordReader records(list);
  const auto count = records.count(least_member);
  std::vector<Member> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(read_member(records));
    const Member& member = out.back();
    if (member.kind > layers::Kind::hardlink || member.offset > content_size ||
        member.size > content_size - member.offset)
      return std::nullopt;
  }
  if (records.failed() || !records.ended()) return std::nullopt;
  return out;
}

std::string read_text(const RandomAccess& file, std::uint64_t offset, std::size_t size) {
  std::string out(size, '\0');
  if (size > 0) file.read(offset, std::as_writable_bytes(std::span(out)));
  return out;
}

std::optional<std::vector<Member>> read_members(const RandomAccess& file) {
  if (file.size < tail_size) return std::nullopt;
  const std::string tail = read_text(file, file.size - tail_size, tail_size);
  if (!tail.ends_with(magic)) return std::nullopt;
  RecordReader numbers(std::string_view(tail).substr(sum_size, 8));
  const std::uint64_t size = numbers.number(), rest = file.size - tail_size;
  if (size > rest || size > limits::tree_bytes_at_most) return std::nullopt;
  const std::string list = read_text(file, rest - size, static_cast<std::size_t>(size));
  if (as_text(sha256(as_bytes(list))) != std::string_view(tail).substr(0, sum_size)) return std::nullopt;
  return parse_members(list, rest - size);
}

RandomAccess access_to(const layers::ContentFile& file) {
  if (file.descriptor) return random_access(file.descriptor.get(), file.path.string());
  auto opened = std::make_shared<FileDescriptor>(::open(file.path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!*opened) throw Error(ErrorKind::input, cat("cannot read `", file.path.string(), "`: ", reason(errno)));
  auto access = random_access(opened->get(), file.path.string());
  return {.size = access.size,
          .read = [opened, read = std::move(access.read)](std::uint64_t offset, std::span<std::byte> room) {
            read(offset, room);
          }};
}

}  // namespace

UnpackedArchive::UnpackedArchive(std::string what, std::vector<Member> members,
                                 std::shared_ptr<const layers::ContentFile> content)
    : what_(std::move(what)), members_(std::move(members)), content_(std::move(content)) {
  std::ranges::sort(members_, {}, &Member::path);
}

std::optional<UnpackedArchive> UnpackedArchive::open(const std::filesystem::path& path, std::string what,
                                                     std::string identity) {
  layers::ContentFile file{.path = path, .descriptor = {}, .identity = std::move(identity)};
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  auto members = read_members(access_to(file));
  if (!members) return std::nullopt;
  return UnpackedArchive(std::move(what), std::move(*members),
                         std::make_shared<const layers::ContentFile>(std::move(file)));
}

const Member* UnpackedArchive::find(std::string_view path) const {
  const auto found = std::ranges::lower_bound(members_, path, {}, &Member::path);
  return found != members_.end() && found->path == path ? &*found : nullptr;
}

std::string UnpackedArchive::text(const Member& member, std::size_t most) const {
  if (member.size > most)
    throw Error(ErrorKind::integrity,
                cat("`", printable(member.path, 400), "` in ", *what_, " is longer than ", human_size(most)));
  return read_text(access_to(*content_), member.offset, static_cast<std::size_t>(member.size));
}

std::string UnpackedArchive::head(const Member& member, std::size_t most) const {
  return read_text(access_to(*content_), member.offset,
                   static_cast<std::size_t>(std::min<std::uint64_t>(most, member.size)));
}

RandomAccess content_access(const layers::Entry& entry) {
  if (const auto* text = std::get_if<std::string>(&entry.content)) return random_access(*text);
  const auto* spooled = std::get_if<layers::Spooled>(&entry.content);
  if (spooled == nullptr) return random_access(std::string_view());
  auto file = access_to(*spooled->file);
  return {.size = entry.size,
          .read = [offset = spooled->offset, read = std::move(file.read)](std::uint64_t at, std::span<std::byte> room) {
            read(offset + at, room);
          }};
}

layers::Entry UnpackedArchive::entry(const Member& member, std::string path) const {
  layers::Entry out;
  out.path = std::move(path);
  out.kind = member.kind;
  out.mode = member.mode;
  out.uid = member.uid;
  out.gid = member.gid;
  out.size = member.size;
  out.target = member.target;
  out.origin = what_;
  if (member.kind == layers::Kind::file) out.content = layers::Spooled{.file = content_, .offset = member.offset};
  return out;
}

UnpackedArchiveWriter::UnpackedArchiveWriter(Sink sink) : sink_(std::move(sink)) {}

Sink UnpackedArchiveWriter::add_file(Member member) {
  member.kind = layers::Kind::file;
  member.offset = written_;
  member.size = 0;
  members_.push_back(std::move(member));
  return [this](Bytes bytes) {
    sink_(bytes);
    written_ += bytes.size();
    members_.back().size += bytes.size();
  };
}

void UnpackedArchiveWriter::add(Member member) { members_.push_back(std::move(member)); }

void UnpackedArchiveWriter::finish() {
  std::ranges::stable_sort(members_, {}, &Member::path);
  std::vector<Member> last;
  for (auto& member : members_)
    if (!last.empty() && last.back().path == member.path)
      last.back() = std::move(member);
    else
      last.push_back(std::move(member));
  members_ = std::move(last);
  RecordWriter records;
  records.number(members_.size());
  for (const auto& member : members_) write_member(records, member);
  const std::string list = records.take();
  sink_(as_bytes(list));
  sink_(sha256(as_bytes(list)));
  records.number(list.size());
  sink_(as_bytes(cat(records.take(), magic)));
}

}  // namespace lapstrake::packages
