#include "login_shells.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view shells_path = "etc/shells", state_path = "var/lib/shells.state",
                           template_path = "usr/share/debianutils/shells",
                           shells_folder = "usr/share/debianutils/shells.d", shells_origin = "login shells";

std::vector<std::string> shells_of(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& line : split(text, '\n'))
    if (const auto shell = trim(std::string_view(line).substr(0, line.find('#'))); !shell.empty())
      out.emplace_back(shell);
  return out;
}

void add_once(std::vector<std::string>& shells, const std::string& shell) {
  if (std::ranges::find(shells, shell) == shells.end()) shells.push_back(shell);
}

// Of the packages' files, each also at its real path: /bin/sh, /usr/bin/sh.
std::vector<std::string> packaged_shells(const Root& root) {
  std::vector<std::string> out;
  std::vector<std::string> paths{std::string(template_path)};
  for (const auto& path : root.paths_below(shells_folder)) paths.push_back(path);
  for (const auto& path : paths)
    for (const auto& shell : shells_of(root.text(path).value_or(""))) {
      add_once(out, shell);
      if (shell.starts_with('/')) add_once(out, cat("/", root.real_path(shell.substr(1))));
    }
  return out;
}

}  // namespace

void apply_login_shells(Root& root, const std::vector<PackageEffect>& effects, std::vector<std::string>& notes) {
  std::vector<std::string> shells = packaged_shells(root);
  const bool updates =
      std::ranges::any_of(effects, [](const PackageEffect& one) { return one.effect.verb == "update-shells"; });
  if (updates) {
    std::string state;
    for (const auto& shell : shells) state += cat(shell, "\n");
    root.put_file(state_path, std::move(state), {}, shells_origin);
  }
  for (const auto& one : effects)
    if (one.effect.verb == "shell") add_once(shells, one.word(0));
  auto text = root.text(shells_path);
  const auto present = shells_of(text ? *text : root.text(template_path).value_or(""));
  std::erase_if(shells, [&](const auto& shell) { return std::ranges::find(present, shell) != present.end(); });
  if (shells.empty() && !updates) return;
  if (!text && root.exists(shells_path)) {
    notes.push_back(cat(join(shells, ", "), ": not added to `/etc/shells`, which a lower layer has"));
    return;
  }
  if (!text) text = root.text(template_path).value_or("# /etc/shells: valid login shells\n");
  if (!text->ends_with('\n')) *text += '\n';
  for (const auto& shell : shells) *text += cat(shell, "\n");
  root.put_file(shells_path, std::move(*text), {}, shells_origin);
}

}  // namespace lapstrake::packages::deb
