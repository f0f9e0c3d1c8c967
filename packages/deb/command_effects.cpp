#include "command_effects.hpp"

#include <algorithm>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>

#include "account_commands.hpp"
#include "command_options.hpp"

namespace lapstrake::packages::deb::shell {
namespace {

using Words = std::vector<std::string>;
using Effects = std::optional<std::vector<Effect>>;

bool is_absolute(std::string_view path) { return path.starts_with('/') && path.size() > 1; }
bool are_absolute(const Words& paths) { return !paths.empty() && std::ranges::all_of(paths, is_absolute); }

std::optional<std::string> octal(std::string_view mode) {
  while (mode.size() > 4 && mode.starts_with('0')) mode.remove_prefix(1);
  if (mode.size() < 3 || mode.size() > 4 || mode.find_first_not_of("01234567") != mode.npos) return std::nullopt;
  return mode.size() == 4 ? std::string(mode) : cat("0", mode);
}

// LINK NAME PATH PRIORITY, then LINK NAME PATH after each --slave or --follower.
Effects install_alternative(const Words& words, std::size_t at) {
  Effect out{.verb = "alternative", .words = {}};
  const auto take = [&](std::size_t count) {
    for (; count > 0 && at < words.size(); --count) out.words.push_back(words[at++]);
    return count == 0;
  };
  if (!take(4) || !parse_integer(out.words[3]) || !is_absolute(out.words[0]) || !is_absolute(out.words[2]))
    return std::nullopt;
  while (at < words.size()) {
    const auto& option = words[at++];
    if (option != "--slave" && option != "--follower") return std::nullopt;
    out.words.emplace_back("slave");
    if (!take(3)) return std::nullopt;
  }
  return std::vector{std::move(out)};
}

// Removing an alternative is nothing in a new image, and choosing the best one is the rule.
Effects alternatives(const Words& words) {
  std::size_t at = 1;
  while (at < words.size() && (words[at] == "--quiet" || words[at] == "--force")) ++at;
  if (at == words.size()) return std::nullopt;
  const auto& action = words[at];
  if (action == "--install") return install_alternative(words, at + 1);
  if (action == "--remove" || action == "--remove-all" || action == "--auto") return std::vector<Effect>{};
  return std::nullopt;
}

std::string octal_of(unsigned mode) {
  std::string out = "0000";
  for (std::size_t i = 4; i-- > 0; mode /= 8) out[i] = static_cast<char>('0' + mode % 8);
  return out;
}

std::vector<Effect> folders(const Words& paths, const std::string& mode) {
  std::vector<Effect> out;
  for (const auto& path : paths) out.push_back({.verb = "directory", .words = {path, mode, "root:root"}});
  return out;
}

Effects mkdir(const Words& words, const CommandContext& context) {
  const auto options = options_of(words, "-p --parents -v --verbose", "-m --mode");
  if (!options || !are_absolute(options->operands)) return std::nullopt;
  const auto mode =
      octal(options->value("-m").value_or(options->value("--mode").value_or(octal_of(0777 & ~context.umask))));
  return mode ? Effects(folders(options->operands, *mode)) : std::nullopt;
}

// The attributes are set although the path may exist.
std::vector<Effect> attributes(const Words& paths, const std::string& mode, const std::string& owner) {
  std::vector<Effect> out;
  for (const auto& path : paths) out.push_back({.verb = "attributes", .words = {path, mode, owner}});
  return out;
}

// Of folders, and of empty files.
Effects install(const Words& words) {
  const auto options = options_of(words, "-d --directory -v", "-m --mode -o --owner -g --group");
  if (!options || !are_absolute(options->operands)) return std::nullopt;
  const auto value = [&](std::string_view a, std::string_view b, std::string_view fallback) {
    return options->value(a).value_or(options->value(b).value_or(std::string(fallback)));
  };
  const auto mode = octal(value("-m", "--mode", "0755"));
  const bool is_empty_file = options->operands.size() == 2 && options->operands[0] == "/dev/null";
  if (!mode) return std::nullopt;
  if (is_empty_file && options->values.size() == 1)
    return std::vector<Effect>{{.verb = "file", .words = {options->operands[1], *mode, "root:root"}}};
  if (!(options->has("-d") || options->has("--directory"))) return std::nullopt;
  auto out = folders(options->operands, *mode);
  const auto owner = cat(value("-o", "--owner", "root"), ":", value("-g", "--group", "root"));
  for (auto& effect : attributes(options->operands, *mode, owner)) out.push_back(std::move(effect));
  return out;
}

Effects chmod(const Words& words) {
  const auto options = options_of(words, "-f --silent --quiet -v", "");
  if (!options || options->operands.size() < 2) return std::nullopt;
  const auto mode = octal(options->operands[0]);
  const Words paths(options->operands.begin() + 1, options->operands.end());
  return mode && are_absolute(paths) ? Effects(attributes(paths, *mode, "-")) : std::nullopt;
}

Effects chown(const Words& words) {
  const auto options = options_of(words, "-f --silent --quiet -v -h --no-dereference", "");
  if (!options || options->operands.size() < 2) return std::nullopt;
  const auto owner = words[0] == "chgrp" ? cat(":", options->operands[0]) : options->operands[0];
  const Words paths(options->operands.begin() + 1, options->operands.end());
  const bool is_plain = owner.find('.') == owner.npos && !owner.ends_with(':');
  return is_plain && are_absolute(paths) ? Effects(attributes(paths, "-", owner)) : std::nullopt;
}

Effects ln(const Words& words) {
  const auto options = options_of(words, "-s --symbolic -f --force -n --no-dereference -v", "");
  if (!options || !(options->has("-s") || options->has("--symbolic")) || options->operands.size() != 2)
    return std::nullopt;
  const auto& path = options->operands[1];
  if (!is_absolute(path) || path.ends_with('/')) return std::nullopt;
  return std::vector<Effect>{{.verb = "symlink", .words = {path, options->operands[0]}}};
}

bool is_created(const std::string& path, const std::vector<Effect>& effects) {
  return std::ranges::any_of(effects, [&](const Effect& effect) {
    const auto& verb = effect.verb;
    if (verb == "copy") return effect.words[1] == path;
    return (verb == "directory" || verb == "file" || verb == "symlink") && effect.words[0] == path;
  });
}

// Of what an earlier version of the package left behind: packages do not remove files of others (Debian Policy 10.7).
Effects rm(const Words& words, const CommandContext& context) {
  const auto options = options_of(words, "-f --force -r -R --recursive -v", "");
  if (!options || !are_absolute(options->operands)) return std::nullopt;
  for (const auto& path : options->operands)
    if (context.shipped(path) != Shipped::unknown || is_created(path, context.effects)) return std::nullopt;
  return std::vector<Effect>{};
}

// An empty folder does not matter.
Effects rmdir(const Words& words, const CommandContext& context) {
  const auto options = options_of(words, "-p --parents --ignore-fail-on-non-empty", "");
  if (!options || !are_absolute(options->operands)) return std::nullopt;
  for (const auto& path : options->operands)
    if (context.shipped(path) != Shipped::unknown || is_created(path, context.effects)) return std::nullopt;
  return std::vector<Effect>{};
}

// A file of the package to a path that it does not have.
Effects cp(const Words& words, const CommandContext& context) {
  const auto options = options_of(words, "-p -a --archive -f -v -n -Z", "");
  if (!options || options->operands.size() != 2 || !are_absolute(options->operands)) return std::nullopt;
  auto to = options->operands[1];
  const auto& from = options->operands[0];
  if (to.ends_with('/'))
    to += name_of(from);
  else if (context.shipped(to) == Shipped::folder)
    to += cat("/", name_of(from));
  const bool is_file = context.shipped(from) == Shipped::file || context.shipped(from) == Shipped::program;
  if (!is_file || context.shipped(to) != Shipped::unknown) return std::nullopt;
  return std::vector<Effect>{{.verb = "copy", .words = {from, to}}};
}

Effects touch(const Words& words, const CommandContext& context) {
  const auto options = options_of(words, "", "");
  if (!options || !are_absolute(options->operands)) return std::nullopt;
  std::vector<Effect> out;
  for (const auto& path : options->operands)
    out.push_back({.verb = "file", .words = {path, octal_of(0666 & ~context.umask), "root:root"}});
  return out;
}

// ucf(1) copies a file to a path that does not exist.
Effects ucf(const Words& words) {
  const auto options = options_of(words, "--three-way --debconf-ok --no-action -n", "--sum-file --src-dir");
  if (!options || options->has("-n") || options->has("--no-action") || options->operands.size() != 2 ||
      !are_absolute(options->operands))
    return std::nullopt;
  // A file of this package or of one that it depends on, but not one that the script made.
  if (!options->operands[0].starts_with("/usr/")) return std::nullopt;
  return std::vector<Effect>{{.verb = "copy", .words = options->operands}};
}

// "--update --add OWNER GROUP MODE PATH".
Effects override(const Words& words) {
  const auto options = options_of(words, "--quiet --update --force --add", "");
  if (!options || !options->has("--update") || !options->has("--add") || options->operands.size() != 4)
    return std::nullopt;
  const auto& operands = options->operands;
  const auto mode = octal(operands[2]);
  if (!mode || !is_absolute(operands[3])) return std::nullopt;
  return attributes({operands[3]}, *mode, cat(operands[0], ":", operands[1]));
}

Effects add_shell(const Words& words) {
  std::vector<Effect> out;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!is_absolute(words[i])) return std::nullopt;
    out.push_back({.verb = "shell", .words = {words[i]}});
  }
  return out;
}

// Words of effects are separated by blanks.
bool are_words(const std::vector<Effect>& effects) {
  return std::ranges::all_of(effects, [](const Effect& effect) {
    const std::size_t text = effect.verb == "user" ? 5 : effect.verb == "file" ? 3 : effect.words.size();
    for (std::size_t i = 0; i < std::min(text, effect.words.size()); ++i)
      if (effect.words[i].empty() || effect.words[i].find_first_of(" \t\n*?[{~") != std::string::npos) return false;
    return true;
  });
}

Effects any_effects(const Words& words, const CommandContext& context) {
  const auto& command = words[0];
  if (command == "update-alternatives") return alternatives(words);
  if (command == "mkdir") return mkdir(words, context);
  if (command == "install") return install(words);
  if (command == "chmod") return chmod(words);
  if (command == "chown" || command == "chgrp") return chown(words);
  if (command == "ln") return ln(words);
  if (command == "touch") return touch(words, context);
  if (command == "rm") return rm(words, context);
  if (command == "rmdir") return rmdir(words, context);
  if (command == "cp") return cp(words, context);
  if (command == "ucf") return ucf(words);
  if (command == "dpkg-statoverride") return override(words);
  if (command == "add-shell") return add_shell(words);
  return account_effects(words);
}

}  // namespace

Effects effects_of_command(const Words& given, const CommandContext& context) {
  if (given.empty()) return std::nullopt;
  auto words = given;
  for (const std::string_view folder : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"})
    if (words[0].starts_with(folder)) words[0].erase(0, folder.size());
  auto out = any_effects(words, context);
  return out && are_words(*out) ? std::move(out) : std::nullopt;
}

Effects effects_of_text(const std::string& path, std::string_view text, bool appends, const CommandContext& context) {
  if (!is_absolute(path) || path.starts_with("/dev/") || path.starts_with("/proc/")) return std::nullopt;
  if (context.shipped(path) != Shipped::unknown) return std::nullopt;
  auto encoded = replace_all(replace_all(std::string(text), "\\", "\\\\"), "\n", "\\n");
  const auto earlier = std::ranges::find_if(
      context.effects, [&](const Effect& effect) { return effect.verb == "file" && effect.words[0] == path; });
  const bool is_new = earlier == context.effects.end();
  if (appends == is_new) return std::nullopt;
  if (appends) return std::vector<Effect>{{.verb = "append", .words = {path, std::move(encoded)}}};
  std::vector<Effect> out{
      {.verb = "file", .words = {path, octal_of(0666 & ~context.umask), "root:root", std::move(encoded)}}};
  return are_words(out) ? Effects(std::move(out)) : std::nullopt;
}

}  // namespace lapstrake::packages::deb::shell
