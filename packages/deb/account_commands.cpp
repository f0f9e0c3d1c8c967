#include "account_commands.hpp"

#include <lapstrake/base/text.hpp>

#include "command_options.hpp"

namespace lapstrake::packages::deb::shell {
namespace {

using Words = std::vector<std::string>;
using Effects = std::optional<std::vector<Effect>>;

constexpr std::string_view no_shell = "/usr/sbin/nologin", no_home = "/nonexistent";

struct Account {
  std::string name, uid = "auto", group, gid = {}, home, shell = std::string(no_shell), comment = {};
  bool has_own_group = false, creates_home = false;
};

std::vector<Effect> effects_for(const Account& account) {
  std::vector<Effect> out;
  if (account.has_own_group)
    out.push_back({.verb = "group", .words = {account.name, account.gid.empty() ? account.uid : account.gid}});
  Effect user{.verb = "user",
              .words = {account.name, account.uid, account.has_own_group ? account.name : account.group, account.home,
                        account.shell}};
  if (!account.comment.empty()) user.words.push_back(account.comment);
  const auto owner = cat(account.name, ":", user.words[2]);
  out.push_back(std::move(user));
  if (account.creates_home) out.push_back({.verb = "directory", .words = {account.home, "0755", owner}});
  return out;
}

// "adduser USER GROUP".
Effects membership(const CommandOptions& options) {
  if (options.has("--system") || options.operands.size() != 2) return std::nullopt;
  return std::vector<Effect>{{.verb = "member", .words = options.operands}};
}

// The defaults of adduser(8) since 3.122: /nonexistent, nologin, the group nogroup.
Effects adduser(const Words& words) {
  const auto options = options_of(
      words,
      "--system --group --no-create-home --quiet --disabled-password --disabled-login "
      "--force-badname --allow-badname --allow-bad-names --allow-all-names --verbose",
      "--home --shell --uid --gid --ingroup --gecos --comment --stdoutmsglevel --stderrmsglevel --logmsglevel");
  if (!options) return std::nullopt;
  if (options->operands.size() == 2) return membership(*options);
  if (!options->has("--system") || options->operands.size() != 1) return std::nullopt;
  const auto home = options->value("--home");
  const auto uid = options->value("--uid").value_or("auto");
  return effects_for({.name = options->operands[0],
                      .uid = uid,
                      .group = options->value("--ingroup").value_or(options->value("--gid").value_or("nogroup")),
                      .home = home.value_or(std::string(no_home)),
                      .shell = options->value("--shell").value_or(std::string(no_shell)),
                      .comment = options->value("--gecos").value_or(options->value("--comment").value_or("")),
                      .has_own_group = options->has("--group"),
                      .creates_home = !options->has("--no-create-home") && home && *home != no_home});
}

Effects group(const std::optional<CommandOptions>& options, std::string_view gid) {
  if (!options || options->operands.size() != 1) return std::nullopt;
  return std::vector<Effect>{{.verb = "group", .words = {options->operands[0], options->value(gid).value_or("auto")}}};
}

Effects addgroup(const Words& words) {
  const auto options = options_of(words, "--system --quiet --force-badname --allow-badname --allow-bad-names",
                                  "--gid --stdoutmsglevel --stderrmsglevel --logmsglevel");
  if (options && options->operands.size() == 2) return membership(*options);
  return options && options->has("--system") ? group(options, "--gid") : std::nullopt;
}

Effects groupadd(const Words& words) {
  const auto options = options_of(words, "-r --system -f --force", "-g --gid");
  if (!options || !(options->has("-r") || options->has("--system"))) return std::nullopt;
  return group(options, options->has("-g") ? "-g" : "--gid");
}

std::string either(const CommandOptions& options, std::string_view a, std::string_view b, std::string_view fallback) {
  return options.value(a).value_or(options.value(b).value_or(std::string(fallback)));
}

// With the defaults of useradd(8) in Debian: a group of its own, /bin/sh, no home for system users.
Effects useradd(const Words& words) {
  const auto options = options_of(words,
                                  "-r --system -M --no-create-home -m --create-home -N --no-user-group -U "
                                  "--user-group",
                                  "-g --gid -d --home-dir --home -s --shell -c --comment -u --uid");
  if (!options || options->operands.size() != 1 || !(options->has("-r") || options->has("--system")))
    return std::nullopt;
  const auto group = either(*options, "-g", "--gid", "");
  if (group.empty() && (options->has("-N") || options->has("--no-user-group"))) return std::nullopt;
  const auto& name = options->operands[0];
  return effects_for(
      {.name = name,
       .uid = either(*options, "-u", "--uid", "auto"),
       .group = group,
       .home = either(*options, "-d", "--home-dir", options->value("--home").value_or(cat("/home/", name))),
       .shell = either(*options, "-s", "--shell", "/bin/sh"),
       .comment = either(*options, "-c", "--comment", ""),
       .has_own_group = group.empty(),
       .creates_home = options->has("-m") || options->has("--create-home")});
}

// "usermod -aG GROUP USER".
Effects usermod(const Words& words) {
  const auto options = options_of(words, "-a --append", "-G --groups");
  const bool appends = options && (options->has("-a") || options->has("--append"));
  const auto group = options ? either(*options, "-G", "--groups", "") : std::string();
  if (!appends || options->operands.size() != 1 || group.empty() || group.find(',') != group.npos) return std::nullopt;
  return std::vector<Effect>{{.verb = "member", .words = {options->operands[0], group}}};
}

}  // namespace

Effects account_effects(const Words& words) {
  const auto& command = words[0];
  if (command == "adduser") return adduser(words);
  if (command == "addgroup") return addgroup(words);
  if (command == "useradd") return useradd(words);
  if (command == "groupadd") return groupadd(words);
  return command == "usermod" ? usermod(words) : std::nullopt;
}

}  // namespace lapstrake::packages::deb::shell
