#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>

#include "config_folders.hpp"
#include "config_words.hpp"
#include "wanted_accounts.hpp"

namespace lapstrake::packages::deb {
namespace {

std::string field(const std::vector<std::string>& words, std::size_t at, std::string_view otherwise) {
  return at < words.size() && words[at] != "-" && !words[at].empty() ? words[at] : std::string(otherwise);
}

// Nothing for "-", and for a path, whose owner systemd-sysusers would take.
std::optional<std::uint32_t> number_in(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 0 || *number >= 0xffffffff) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// "u NAME ID COMMENT HOME SHELL"; ID: "-", a number, "UID:GID", "UID:GROUP".
void add_user(const std::vector<std::string>& words, WantedAccounts& out) {
  const auto& name = words[1];
  const auto id = field(words, 2, "-");
  const auto colon = id.find(':');
  const auto uid = number_in(id.substr(0, colon));
  const auto group = colon == id.npos ? name : id.substr(colon + 1);
  if (colon == id.npos) out.add(WantedGroup{.name = name, .gid = uid, .by = CreatedBy::sysusers});
  out.add(WantedUser{.name = name,
                     .uid = uid,
                     .group = group,
                     .home = field(words, 4, "/"),
                     .shell = field(words, 5, "/usr/sbin/nologin"),
                     .comment = field(words, 3, ""),
                     .by = CreatedBy::sysusers});
}

void add(const std::vector<std::string>& words, WantedAccounts& out) {
  // Specifiers such as %m are of a running system.
  if (words.size() < 2 || words[1].find('%') != std::string::npos) return;
  const auto type = words[0].substr(0, 1);
  if (type == "u") add_user(words, out);
  if (type == "g")
    out.add(WantedGroup{.name = words[1], .gid = number_in(field(words, 2, "-")), .by = CreatedBy::sysusers});
  if (type == "m" && words.size() > 2) out.members.push_back({.user = words[1], .group = words[2]});
  // `r` is a range of numbers for new accounts; ours come from one range.
}

}  // namespace

void add_sysusers(const Root& root, WantedAccounts& out) {
  for (const auto& path : config_files(root, "sysusers.d")) {
    const auto text = root.text(path).value_or("");
    step(cat("reading `/", printable(path, 400), "`"), [&] {
      for (const auto line : lines_of(text))
        if (!line.starts_with('#')) add(config_words(line), out);
    });
  }
}

}  // namespace lapstrake::packages::deb
