#include "tmpfiles.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <optional>

#include "config_folders.hpp"
#include "config_words.hpp"
#include "effect_paths.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view tmpfiles_d = "tmpfiles.d";

struct Line {
  char type = '\0';
  bool replaces = false;  // `+`
  std::string path, argument;
  std::optional<std::uint32_t> mode;
  std::string user, group;
  bool keeps_existing = false;  // `:`: mode and owner are for new files
};

enum class Use { apply, skip, unsupported };

// Specifiers other than %% depend on a running system.
std::optional<std::string> without_specifiers(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && (i + 1 == text.size() || text[++i] != '%')) return std::nullopt;
    out += text[i];
  }
  return out;
}

Use use_of(const std::string& type) {
  if (type.find('!') != type.npos || std::string_view("xXrRezZmt").find(type[0]) != std::string_view::npos)
    return type[0] == 'z' && type.find('!') == type.npos ? Use::apply : Use::skip;
  const bool is_known = std::string_view("dDvqQfFLC").find(type[0]) != std::string_view::npos;
  return is_known && type.find_first_of("~^$") == type.npos ? Use::apply : Use::unsupported;
}

// ":0700" and "~0700" set a mode under conditions.
std::string_view without_prefix(std::string_view text) {
  return text.substr(std::min(text.size(), text.find_first_not_of("~:")));
}

// TYPE PATH MODE USER GROUP AGE ARGUMENT; nothing for a line that cannot be applied.
std::optional<Line> line_of(const std::vector<std::string>& words) {
  const auto field = [&](std::size_t at) { return at < words.size() && words[at] != "-" ? words[at] : std::string(); };
  const auto path = without_specifiers(words[1]), argument = without_specifiers(field(6));
  if (!path || !argument || !path->starts_with('/') || path->find_first_of("*?[") != path->npos) return std::nullopt;
  const std::array fields{field(2), field(3), field(4)};
  Line out{.type = words[0][0],
           .replaces = words[0].find('+') != std::string::npos,
           .path = root_path(*path),
           .argument = *argument,
           .mode = std::nullopt,
           .user = std::string(without_prefix(fields[1])),
           .group = std::string(without_prefix(fields[2])),
           .keeps_existing = std::ranges::any_of(fields, [](const auto& text) { return text.find(':') != text.npos; })};
  const auto mode = without_prefix(fields[0]);
  if (!mode.empty() && !(out.mode = mode_of(mode))) return std::nullopt;
  return out.path.empty() ? std::nullopt : std::optional(out);
}

class Tmpfiles {
 public:
  Tmpfiles(Root& root, const AccountFiles& accounts, std::vector<std::string>& notes)
      : root_(root), accounts_(accounts), notes_(notes) {}

  void apply_file(const std::string& path) {
    const auto text = root_.text(path).value_or("");
    is_of_systemd_ = *root_.find(path)->origin == "package systemd";
    std::size_t ignored = 0;
    std::string example;
    for (const auto line : lines_of(text)) {
      if (line.starts_with('#') || apply_line(config_words(line))) continue;
      if (ignored++ == 0) example = printable(line, 120);
    }
    if (ignored > 0)
      notes_.push_back(
          cat("`/", printable(path, 400), "`: ", count_of(ignored, "line"), " not applied, such as `", example, "`"));
  }

 private:
  bool apply_line(const std::vector<std::string>& words) {
    if (words.size() < 2 || words[0].empty()) return false;
    if (is_of_systemd_ && words[1].starts_with("/run/")) return true;
    const auto use = use_of(words[0]);
    if (use != Use::apply) return use == Use::skip;
    const auto line = line_of(words);
    if (!line) return false;
    const auto ids =
        accounts_.owner(cat(line->user.empty() ? "0" : line->user, ":", line->group.empty() ? "0" : line->group));
    if (!ids) return false;
    create(*line, *ids);
    return true;
  }

  void create(const Line& line, Ids ids) {
    const auto attributes = [&](std::uint32_t mode) {
      return Root::Attributes{.mode = line.mode.value_or(mode), .uid = ids.uid, .gid = ids.gid};
    };
    switch (line.type) {
      case 'f':
      case 'F': return file(line, attributes(0644));
      case 'L': return link(line);
      case 'C': return copy(line);
      case 'z': return adjust(line, ids);
      default: return directory(line, attributes(0755));
    }
  }

  void directory(const Line& line, Root::Attributes attributes) {
    const bool is_there = root_.exists(line.path);
    if (is_there && (line.keeps_existing || !root_.is_folder(line.path))) return;
    root_.put_directory(line.path, attributes, tmpfiles_d);
  }

  void file(const Line& line, Root::Attributes attributes) {
    if (line.replaces || line.type == 'F' || !root_.exists(line.path))
      root_.put_file(line.path, line.argument, attributes, tmpfiles_d);
  }

  void link(const Line& line) {
    if (root_.exists(line.path) && !(line.replaces && root_.find(line.path) != nullptr)) return;
    if (root_.is_folder(line.path) && !root_.link_target(line.path)) return;
    root_.put_symlink(line.path, line.argument.empty() ? cat("/usr/share/factory/", line.path) : line.argument,
                      tmpfiles_d);
  }

  void copy(const Line& line) {
    if (root_.exists(line.path)) return;
    copy_tree(root_, line.argument.empty() ? cat("usr/share/factory/", line.path) : root_path(line.argument), line.path,
              tmpfiles_d);
  }

  void adjust(const Line& line, Ids ids) {
    const auto path = followed(root_, line.path);
    const auto* entry = root_.find(path);
    if (entry == nullptr) return;
    root_.set_attributes(path, {.mode = line.mode.value_or(entry->mode),
                                .uid = line.user.empty() ? entry->uid : ids.uid,
                                .gid = line.group.empty() ? entry->gid : ids.gid});
  }

  Root& root_;
  const AccountFiles& accounts_;
  std::vector<std::string>& notes_;
  bool is_of_systemd_ = false;  // its folders in /run are for its own services, which do not run in a container
};

}  // namespace

void apply_tmpfiles(Root& root, const AccountFiles& accounts, std::vector<std::string>& notes) {
  Tmpfiles all(root, accounts, notes);
  for (const auto& path : config_files(root, "tmpfiles.d"))
    step(cat("reading `/", printable(path, 400), "`"), [&] { all.apply_file(path); });
}

}  // namespace lapstrake::packages::deb
