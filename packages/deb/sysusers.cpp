#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>

#include "config_words.hpp"
#include "effect_steps.hpp"

namespace lapstrake::packages::deb {
namespace {

std::string field(const std::vector<std::string>& words, std::size_t at, std::string_view otherwise) {
  return at < words.size() && words[at] != "-" ? words[at] : std::string(otherwise);
}

// "u NAME ID COMMENT HOME SHELL"; ID: "-", a number, "UID:GID", "UID:GROUP"
void add_user(const std::vector<std::string>& words, std::vector<WantedAccount>& out) {
  const auto& name = words[1];
  const auto id = field(words, 2, "auto");
  const auto colon = id.find(':');
  const auto uid = id.substr(0, colon);
  const auto group = colon == id.npos ? name : id.substr(colon + 1);
  if (colon == id.npos) out.push_back({.kind = WantedAccount::Kind::group, .name = name, .id = uid});
  out.push_back({.kind = WantedAccount::Kind::user,
                 .name = name,
                 .id = uid == "-" ? "auto" : uid,
                 .group = group,
                 .home = field(words, 4, "/"),
                 .shell = field(words, 5, "/usr/sbin/nologin"),
                 .comment = field(words, 3, "")});
}

void add(const std::vector<std::string>& words, std::vector<WantedAccount>& out) {
  if (words.size() < 2 || words[1].find('%') != std::string::npos) return;
  const auto type = words[0].substr(0, 1);
  if (type == "u") add_user(words, out);
  if (type == "g") out.push_back({.kind = WantedAccount::Kind::group, .name = words[1], .id = field(words, 2, "auto")});
  if (type == "m" && words.size() > 2)
    out.push_back({.kind = WantedAccount::Kind::member, .name = words[1], .group = words[2]});
}

}  // namespace

std::vector<WantedAccount> sysusers(const Root& root) {
  std::vector<WantedAccount> out;
  for (const auto& path : root.paths_below("usr/lib/sysusers.d")) {
    if (!path.ends_with(".conf")) continue;
    const auto text = root.text(path).value_or("");
    for (const auto line : lines_of(text))
      if (!line.starts_with('#')) add(config_words(line), out);
  }
  return out;
}

}  // namespace lapstrake::packages::deb
