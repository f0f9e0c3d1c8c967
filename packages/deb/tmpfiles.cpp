#include <charconv>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <optional>

#include "config_words.hpp"
#include "effect_steps.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view tmpfiles_d = "tmpfiles.d";

struct Line {
  char type = '\0';
  bool replaces = false;  // `+`
  std::string path, target;
  std::optional<std::uint32_t> mode;
  std::string user, group;
};

std::optional<std::uint32_t> octal_of(std::string_view text) {
  while (text.starts_with('~') || text.starts_with(':')) text.remove_prefix(1);
  std::uint32_t out = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out, 8);
  return read.ec == std::errc() && read.ptr == end && out <= 07777 ? std::optional(out) : std::nullopt;
}

// Nothing for lines that need a running system: specifiers, globs, other types.
std::optional<Line> line_of(const std::vector<std::string>& words) {
  if (words.size() < 2 || words[0].empty() || words[0].find('!') != std::string::npos) return std::nullopt;
  const auto field = [&](std::size_t at) { return at < words.size() && words[at] != "-" ? words[at] : std::string(); };
  Line out{.type = words[0][0],
           .replaces = words[0].find('+') != std::string::npos,
           .path = words[1],
           .target = field(6),
           .mode = octal_of(field(2)),
           .user = field(3),
           .group = field(4)};
  if (!out.path.starts_with('/') || out.path.size() < 2 || out.path.find_first_of("%*?[") != std::string::npos ||
      out.path.find("..") != std::string::npos || out.target.find('%') != std::string::npos)
    return std::nullopt;
  out.path.erase(0, 1);
  while (out.path.ends_with('/')) out.path.pop_back();
  return out;
}

class Tmpfiles {
 public:
  Tmpfiles(Root& root, const AccountFiles& accounts, std::vector<std::string>& notes)
      : root_(root), accounts_(accounts), notes_(notes) {}

  void apply(const Line& line) {
    const auto owner =
        accounts_.owner(cat(line.user.empty() ? "0" : line.user, ":", line.group.empty() ? "0" : line.group));
    if (!owner) {
      notes_.push_back(cat("tmpfiles.d names an owner that the image lacks: `", printable(line.user, 100), ":",
                           printable(line.group, 100), "` for `/", printable(line.path, 300), "`"));
      return;
    }
    switch (line.type) {
      case 'd':
      case 'D':
      case 'v':
      case 'q':
      case 'Q': root_.put_directory(line.path, attributes(line, *owner, 0755), tmpfiles_d); return;
      case 'f':
      case 'F':
        if (line.replaces || line.type == 'F' || !root_.exists(line.path))
          root_.put_file(line.path, line.target, attributes(line, *owner, 0644), tmpfiles_d);
        return;
      case 'L':
        if (line.replaces || !root_.exists(line.path))
          root_.put_symlink(line.path, line.target.empty() ? cat("/usr/share/factory/", line.path) : line.target,
                            tmpfiles_d);
        return;
      case 'C': copy(line); return;
      default: return;
    }
  }

 private:
  static Root::Attributes attributes(const Line& line, Ids owner, std::uint32_t mode) {
    return {.mode = line.mode.value_or(mode), .uid = owner.uid, .gid = owner.gid};
  }

  void copy(const Line& line) {
    const auto from = line.target.empty() ? cat("usr/share/factory/", line.path) : line.target.substr(1);
    if (!root_.exists(line.path)) root_.copy(from, line.path, tmpfiles_d);
  }

  Root& root_;
  const AccountFiles& accounts_;
  std::vector<std::string>& notes_;
};

}  // namespace

void apply_tmpfiles(Root& root, const AccountFiles& accounts, std::vector<std::string>& notes) {
  Tmpfiles tmpfiles(root, accounts, notes);
  for (const auto& path : root.paths_below("usr/lib/tmpfiles.d")) {
    // Those of systemd itself are for its own services.
    if (!path.ends_with(".conf") || *root.find(path)->origin == "package systemd") continue;
    const auto text = root.text(path).value_or("");
    for (const auto line : lines_of(text))
      if (!line.starts_with('#'))
        if (const auto read = line_of(config_words(line))) tmpfiles.apply(*read);
  }
}

}  // namespace lapstrake::packages::deb
