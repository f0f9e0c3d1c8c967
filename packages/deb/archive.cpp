#include <algorithm>
#include <array>
#include <charconv>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/tree_budget.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <optional>
#include <unordered_map>

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view magic = "!<arch>\n";
constexpr std::size_t header_size = 60;
constexpr std::size_t most_control_bytes = 4u << 20;

[[noreturn]] void refuse_deb(std::string_view what, std::string_view why) {
  throw Error(ErrorKind::integrity, cat(what, " is not a valid .deb file")).because(std::string(why));
}

// The members of an ar archive (deb(5)), one after the other.
class ArReader {
 public:
  ArReader(const Source& stream, std::string_view what) : stream_(stream), what_(what) {
    if (text(magic.size()) != magic) refuse_deb(what_, "it does not begin with `!<arch>`");
  }

  // The name of the next member; nothing at the end.
  std::optional<std::string> next() {
    skip();
    std::array<std::byte, header_size> room{};
    const auto size = read_up_to(room);
    if (size == 0) return std::nullopt;
    const auto header = as_text(room);
    if (size != header_size || !header.ends_with("`\n"))
      refuse_deb(what_, "it is truncated, or a member has no valid header");
    auto name = trim(header.substr(0, 16));
    if (name.ends_with('/')) name.remove_suffix(1);
    const auto length = trim(header.substr(48, 10));
    const auto end = length.data() + length.size();
    if (const auto read = std::from_chars(length.data(), end, left_); read.ec != std::errc() || read.ptr != end)
      refuse_deb(what_, "a member has no valid size");
    padding_ = left_ % 2;
    return std::string(name);
  }

  // The content of the member.
  Source content() {
    return [this](std::span<std::byte> room) {
      if (left_ == 0) return std::size_t{0};
      const auto size = stream_(room.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, room.size()))));
      if (size == 0) refuse_deb(what_, "it is truncated");
      left_ -= size;
      return size;
    };
  }

 private:
  void skip() {
    const auto rest = content();
    drain(rest, [](Bytes) {});
    std::array<std::byte, 1> one{};
    if (std::exchange(padding_, 0) != 0) read_up_to(one);
  }

  std::size_t read_up_to(std::span<std::byte> room) {
    std::size_t done = 0;
    while (done < room.size()) {
      const auto size = stream_(room.subspan(done));
      if (size == 0) break;
      done += size;
    }
    return done;
  }

  std::string text(std::size_t size) {
    std::string out(size, '\0');
    out.resize(read_up_to(std::as_writable_bytes(std::span(out))));
    return out;
  }

  const Source& stream_;
  std::string_view what_;
  std::uint64_t left_ = 0, padding_ = 0;
};

bool is_tar(std::string_view name, std::string_view of) {
  if (!name.starts_with(of)) return false;
  constexpr std::array<std::string_view, 5> endings{"", ".gz", ".bz2", ".xz", ".zst"};
  return std::ranges::find(endings, name.substr(of.size())) != endings.end();
}

// Copies the entries of the two tars to the unpacked form.
class Unpacking {
 public:
  Unpacking(std::string_view what, UnpackedArchiveWriter& out, const DebOptions& options)
      : what_(what), out_(out), options_(options), budget_(options.packed_bytes) {}

  void control(const Source& tar) {
    read(tar, [&](const layers::TarEntry& entry, const Source& data) {
      if (entry.kind != layers::Kind::file || entry.special || entry.path.empty()) return;
      const auto path = checked(entry.path);
      const auto text = read_all(data, most_control_bytes, cat("`", printable(path, 200), "` in ", what_));
      out_.add_file({.path = joined(control_folder, path), .mode = entry.mode})(as_bytes(text));
      if (path == "control") control_ = text;
    });
  }

  void data(const Source& tar) {
    read(tar, [&](const layers::TarEntry& entry, const Source& data) { add(entry, data); });
    for (const auto& [target, link] : links_)
      if (const auto found = kinds_.find(target); found == kinds_.end() || found->second != layers::Kind::file)
        refuse(link, cat("is a hard link to `", printable(target, 300), "`, which the package lacks"));
    for (const auto& [path, kind] : kinds_)
      for (auto folder = parent_of(path); !folder.empty(); folder = parent_of(folder))
        if (const auto found = kinds_.find(std::string(folder));
            found != kinds_.end() && found->second != layers::Kind::directory)
          refuse(path, cat("lies in `", printable(folder, 300), "`, which is not a folder"));
  }

  const std::string& control_text() const { return control_; }

 private:
  [[noreturn]] void refuse(std::string_view path, std::string_view why) const {
    throw Error(ErrorKind::integrity, cat("`", printable(path, 300), "` in ", what_, " ", why));
  }

  void read(const Source& tar, const layers::EachEntry& each) const {
    layers::read_tar(tar, what_, each,
                     {.most_bytes = limits::spooled_bytes_for(options_.packed_bytes), .stop = options_.stop},
                     layers::Compressions::gzip_zstd_xz_bzip2);
  }

  std::string checked(std::string_view path) const {
    if (path.starts_with('/')) refuse(path, "has an absolute path");
    if (path.size() > limits::path_bytes) refuse(path, cat("is longer than ", limits::path_bytes, " bytes"));
    if (!for_each_part(path, [](std::string_view part) { return part != ".."; })) refuse(path, "contains `..`");
    return std::string(path);
  }

  void add(const layers::TarEntry& entry, const Source& data) {
    if (entry.path.empty()) return;
    const auto path = checked(entry.path);
    if (entry.special) refuse(path, "is a device, a FIFO or a socket, which layers cannot have");
    budget_.keep(path, 2 * path.size() + 200);
    Member member{
        .path = joined(data_folder, path), .kind = entry.kind, .mode = entry.mode, .uid = entry.uid, .gid = entry.gid};
    kinds_[path] = entry.kind == layers::Kind::hardlink ? layers::Kind::file : entry.kind;
    if (entry.kind == layers::Kind::file) {
      drain(data, out_.add_file(std::move(member)), options_.stop);
      return;
    }
    if (entry.kind == layers::Kind::hardlink) {
      const auto target = checked(*entry.target);
      links_.emplace_back(target, path);
      member.target = joined(data_folder, target);
    } else {
      member.target = *entry.target;
    }
    out_.add(std::move(member));
  }

  std::string_view what_;
  UnpackedArchiveWriter& out_;
  const DebOptions& options_;
  layers::TreeBudget budget_;
  std::unordered_map<std::string, layers::Kind> kinds_;     // by path
  std::vector<std::pair<std::string, std::string>> links_;  // targets and hard links
  std::string control_;
};

// Reads the members in the order of deb(5); `each` returns false to stop.
void read_members(const Source& stream, std::string_view what,
                  const std::function<bool(std::string_view member, const Source& content)>& each) {
  ArReader ar(stream, what);
  constexpr std::array<std::string_view, 3> order{"debian-binary", "control.tar", "data.tar"};
  std::size_t place = 0;
  while (const auto name = ar.next()) {
    if (place == order.size()) break;  // dpkg ignores what follows
    if (name->starts_with('_')) continue;
    if (place == 0 ? *name != order[0] : !is_tar(*name, order[place]))
      refuse_deb(what, cat("it has the member `", printable(*name, 20), "` instead of `", order[place], "`"));
    if (!each(order[place], ar.content())) return;
    ++place;
  }
  if (place != order.size()) refuse_deb(what, cat("it has no member `", order[place], "`"));
}

void expect_version_2(const Source& content, std::string_view what) {
  const auto text = read_all(content, 4096, cat("`debian-binary` in ", what));
  if (!text.starts_with("2.")) refuse_deb(what, cat("its format is ", printable(trim(text), 20), ", not 2"));
}

void compare(std::string_view control, const ExpectedDeb& expected, std::string_view what) {
  if (control.empty()) refuse_deb(what, "it has no `control` file");
  const auto stanza = single_stanza(control, cat("the `control` file of ", what));
  const auto expect = [&](std::string_view field, std::string_view wanted) {
    const auto found = stanza.value(field);
    if (!wanted.empty() && found != wanted)
      throw Error(ErrorKind::integrity, cat(what, " contains a different package"), "check the source of the package")
          .because(cat("its ", field, " is `", printable(found, 200), "` instead of `", printable(wanted, 200), "`"));
  };
  expect("Package", expected.package);
  expect("Version", expected.version);
  expect("Architecture", expected.architecture);
}

}  // namespace

void unpack_deb(const Source& stream, std::string_view what, const ExpectedDeb& expected, UnpackedArchiveWriter& out,
                const DebOptions& options) {
  Unpacking unpacking(what, out, options);
  read_members(stream, what, [&](std::string_view member, const Source& content) {
    if (member == "debian-binary") {
      expect_version_2(content, what);
    } else if (member == "control.tar") {
      unpacking.control(content);
      compare(unpacking.control_text(), expected, what);
    } else {
      unpacking.data(content);
    }
    return true;
  });
}

std::string control_of(const Source& stream, std::string_view what, const DebOptions& options) {
  std::string out;
  read_members(stream, what, [&](std::string_view member, const Source& content) {
    if (member == "debian-binary") expect_version_2(content, what);
    if (member != "control.tar") return member == "debian-binary";
    layers::read_tar(
        content, what,
        [&](const layers::TarEntry& entry, const Source& data) {
          if (entry.path == "control") out = read_all(data, most_control_bytes, cat("`control` in ", what));
        },
        {.most_bytes = limits::spooled_bytes_for(options.packed_bytes), .stop = options.stop},
        layers::Compressions::gzip_zstd_xz_bzip2);
    return false;
  });
  if (out.empty()) refuse_deb(what, "it has no `control` file");
  return out;
}

std::string Deb::control(std::string_view member) const {
  const auto* found = archive->find(joined(control_folder, member));
  return found == nullptr ? std::string() : archive->text(*found, most_control_bytes);
}

}  // namespace lapstrake::packages::deb
