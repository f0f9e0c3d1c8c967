#include "script_commands.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb::shell {
namespace {

using Words = std::vector<std::string>;

// What debhelper writes for services and caches (debhelper(7)), and what needs a running system; systemd-tmpfiles,
// systemd-sysusers, triggers and PHP's modules are effects of the packages' files.
constexpr std::array standard_commands{"apparmor_parser",
                                       "dbus-send",
                                       "deb-systemd-helper",
                                       "deb-systemd-invoke",
                                       "dpkg-maintscript-helper",
                                       "dpkg-trigger",
                                       "gtk-update-icon-cache",
                                       "initctl",
                                       "install-docs",
                                       "invoke-rc.d",
                                       "journalctl",
                                       "ldconfig",
                                       "modprobe",
                                       "php_invoke",
                                       "phpenmod",
                                       "py3clean",
                                       "py3compile",
                                       "pycompile",
                                       "pypy3clean",
                                       "pypy3compile",
                                       "restorecon",
                                       "runit-helper",
                                       "service",
                                       "systemctl",
                                       "systemd-hwdb",
                                       "sysctl",
                                       "update-binfmts",
                                       "telinit",
                                       "ucfr",
                                       "udevadm",
                                       "update-grub",
                                       "update-icon-caches",
                                       "update-initramfs",
                                       "update-menus",
                                       "update-mime",
                                       "update-rc.d"};

constexpr std::array queries{":",
                             "[",
                             "[[",
                             "aa-enabled",
                             "apache2_msg",
                             "basename",
                             "cat",
                             "cmp",
                             "cut",
                             "date",
                             "diff",
                             "dirname",
                             "dpkg-architecture",
                             "dpkg-query",
                             "dpkg-realpath",
                             "echo",
                             "egrep",
                             "expr",
                             "false",
                             "fgrep",
                             "getcap",
                             "getent",
                             "grep",
                             "hash",
                             "head",
                             "id",
                             "ischroot",
                             "logger",
                             "ls",
                             "md5sum",
                             "mountpoint",
                             "pgrep",
                             "phpquery",
                             "pidof",
                             "printf",
                             "ps",
                             "readlink",
                             "realpath",
                             "selinuxenabled",
                             "seq",
                             "sha1sum",
                             "sha256sum",
                             "sleep",
                             "ss",
                             "stat",
                             "systemd-detect-virt",
                             "systemd-escape",
                             "tail",
                             "test",
                             "tr",
                             "true",
                             "tty",
                             "type",
                             "uname",
                             "uniq",
                             "wc",
                             "which"};

constexpr std::array controls{"exit", "return", "break", "continue", "cd", "shift", "umask"};

constexpr std::array dpkg_queries{"--compare-versions",
                                  "--print-architecture",
                                  "--print-foreign-architectures",
                                  "-s",
                                  "--status",
                                  "-l",
                                  "--list",
                                  "-L",
                                  "--listfiles",
                                  "-S",
                                  "--search",
                                  "--get-selections",
                                  "--assert-multi-arch",
                                  "--assert-support-predepends"};

template <std::size_t size>
bool has(const std::array<const char*, size>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}
bool has_word(const Words& words, std::initializer_list<std::string_view> any) {
  return std::ranges::any_of(words, [&](const auto& word) { return std::ranges::find(any, word) != any.end(); });
}

CommandUse query_if(bool holds) { return {.role = holds ? CommandRole::query : CommandRole::action}; }

bool is_option_setting(const Words& words) {
  if (words.size() == 3 && (words[1] == "-o" || words[1] == "+o")) return true;
  return words.size() == 2 && words[1].size() > 1 && (words[1][0] == '-' || words[1][0] == '+') && words[1] != "--";
}

bool is_debconf(const Words& words) { return words[0].starts_with("db_") || words[0] == "debconf-set-selections"; }

CommandUse debconf(const Words& words) {
  if (words[0].ends_with("get")) return {.role = CommandRole::sets, .sets = {"RET"}};
  return {.role = words[0].starts_with("db_") ? CommandRole::standard : CommandRole::action};
}

CommandUse declaration(const Words& words) {
  CommandUse out{.role = CommandRole::sets};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto name = assigned_name(words[i]);
    if (words[i].starts_with('-')) continue;
    out.sets.emplace_back(name.empty() ? std::string_view(words[i]) : name);
  }
  return out;
}

// Nothing is compiled in advance.
bool compiles_python(const Words& words) {
  return std::ranges::any_of(words, [](std::string_view word) {
    return word.ends_with("/py_compile.py") || word.ends_with("/compileall.py") || word == "py_compile" ||
           word == "compileall";
  });
}

// A new image has no diversions to remove, and needs none that protect files while /usr is merged.
bool diverts_nothing(const Words& words) {
  const bool protects =
      std::ranges::any_of(words, [](const auto& word) { return word.find(".usr-is-merged") != std::string::npos; });
  return (protects && has_word(words, {"--no-rename"})) ||
         has_word(words, {"--list", "--truename", "--listpackage", "--remove"});
}

// Files that define functions only.
bool sources_functions(const Words& words) {
  return words.size() == 2 &&
         (words[1] == "/usr/share/debconf/confmodule" || words[1] == "/usr/lib/php/php-maintscript-helper" ||
          words[1] == "/usr/share/apache2/apache2-maintscript-helper");
}

// Commands whose arguments decide.
CommandUse use_by_arguments(std::string_view command, const Words& words) {
  const auto first = words.size() > 1 ? std::string_view(words[1]) : std::string_view();
  if (command == "set") return {.role = is_option_setting(words) ? CommandRole::standard : CommandRole::action};
  if (command == "." || command == "source")
    return {.role = sources_functions(words) ? CommandRole::standard : CommandRole::action};
  // Their configuration is among the files of the package, unless it comes with the command.
  if (command == "systemd-sysusers" || command == "systemd-tmpfiles")
    return {.role = has_word(words, {"-", "--inline"}) ? CommandRole::action : CommandRole::standard};
  if (command == "start-stop-daemon") return query_if(has_word(words, {"--stop", "-K"}));
  if (command == "dpkg") return query_if(has(dpkg_queries, first));
  if (command == "dpkg-divert") return query_if(diverts_nothing(words));
  if (command == "dpkg-statoverride") return query_if(has_word(words, {"--list"}));
  // A new image has no alternatives to remove, and the best one is chosen anyway.
  if (command == "update-alternatives")
    return query_if(has_word(words, {"--query", "--list", "--display", "--remove", "--remove-all", "--auto"}));
  if (command.starts_with("python3")) return query_if(compiles_python(words));
  if (command == "exec") return query_if(words.size() == 1);
  if (command == "command") return query_if(first == "-v" || first == "-V");
  if (command == "sed")
    return query_if(std::ranges::none_of(
        words, [](std::string_view word) { return word.starts_with("-i") || word.starts_with("--in-place"); }));
  if (command == "find")
    return query_if(!has_word(words, {"-exec", "-execdir", "-delete", "-ok", "-okdir", "-fprint"}));
  if (command == "ucf") return query_if(has_word(words, {"--purge", "-p"}));
  if (command == "sort") return query_if(!has_word(words, {"-o"}));
  if (command == "awk")
    return query_if(std::ranges::none_of(words, [](const auto& word) {
      return word.find("system") != word.npos || word.find('>') != word.npos || word.find('|') != word.npos;
    }));
  return {.role = CommandRole::action};
}

struct Action {
  const char *command, *words;
};
constexpr std::array actions{
    Action{"adduser", "creates users or groups"},
    Action{"addgroup", "creates users or groups"},
    Action{"useradd", "creates users or groups"},
    Action{"groupadd", "creates users or groups"},
    Action{"usermod", "changes users or groups"},
    Action{"groupmod", "changes users or groups"},
    Action{"gpasswd", "changes users or groups"},
    Action{"add-shell", "changes /etc/shells"},
    Action{"update-shells", "changes /etc/shells"},
    Action{"setcap", "sets file capabilities"},
    Action{"chmod", "changes modes of files"},
    Action{"chown", "changes owners of files"},
    Action{"chgrp", "changes owners of files"},
    Action{"mkdir", "creates folders"},
    Action{"install", "creates files or folders"},
    Action{"touch", "creates files"},
    Action{"cp", "copies files"},
    Action{"mv", "moves files"},
    Action{"rm", "removes files"},
    Action{"rmdir", "removes folders"},
    Action{"ln", "creates links"},
    Action{"echo", "writes files"},
    Action{"printf", "writes files"},
    Action{"cat", "writes files"},
    Action{"sed", "changes files"},
    Action{"tee", "writes files"},
    Action{"ucf", "copies configuration files"},
    Action{"dpkg-divert", "diverts files of other packages"},
    Action{"dpkg-statoverride", "changes owners and modes of files"},
    Action{"update-alternatives", "chooses alternatives"},
    Action{"update-ca-certificates", "collects CA certificates"},
    Action{"pam-auth-update", "configures PAM"},
    Action{"locale-gen", "compiles locales"},
    Action{"localedef", "compiles locales"},
    Action{"openssl", "creates keys or certificates"},
    Action{"ssh-keygen", "creates keys"},
    Action{"fc-cache", "builds a cache"},
    Action{"update-initramfs", "builds an initramfs"},
    Action{"debconf-set-selections", "answers debconf questions"},
    Action{"eval", "runs code that it makes"},
    Action{".", "runs another script"},
};

}  // namespace

std::string_view assigned_name(std::string_view word) {
  const auto end = word.find('=');
  if (end == word.npos || end == 0 || (word[0] >= '0' && word[0] <= '9')) return {};
  const auto name = word.substr(0, end);
  const bool is_name = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return is_name ? name : std::string_view();
}

std::size_t assignments_of(const Words& words) {
  const auto first = std::ranges::find_if(words, [](const auto& word) { return assigned_name(word).empty(); });
  return static_cast<std::size_t>(first - words.begin());
}

Ends ends_of(const Words& words) {
  if (words.empty()) return Ends::no;
  if (words[0] == "exit") return Ends::script;
  if (words[0] == "return") return Ends::function;
  return words[0] == "break" || words[0] == "continue" ? Ends::loop : Ends::no;
}

bool is_failure(const Words& words) {
  if (words.size() != 2 || words[0] != "exit") return false;
  return words[1] == "$?" || (words[1] != "0" && words[1].find_first_not_of("0123456789") == std::string::npos);
}

CommandUse use_of(const Words& all) {
  const auto assignments = assignments_of(all);
  if (assignments == all.size()) {
    CommandUse out{.role = CommandRole::sets};
    for (const auto& word : all) out.sets.emplace_back(assigned_name(word));
    return out;
  }
  const Words words(all.begin() + static_cast<std::ptrdiff_t>(assignments), all.end());
  const auto slash = words[0].rfind('/');
  const auto command = std::string_view(words[0]).substr(slash == words[0].npos ? 0 : slash + 1);
  if (is_debconf(words)) return debconf(words);
  if (has(standard_commands, command)) return {.role = CommandRole::standard};
  if (has(queries, command)) return {.role = CommandRole::query};
  if (has(controls, command)) return {.role = CommandRole::control};
  if (command == "export" || command == "local" || command == "readonly" || command == "unset" || command == "read")
    return declaration(words);
  return use_by_arguments(command, words);
}

std::string action_in_words(std::string_view command) {
  const auto* const found =
      std::ranges::find_if(actions, [&](const Action& action) { return command == action.command; });
  return found == actions.end() ? cat("runs ", printable(command, 80)) : cat(found->words, " (", command, ")");
}

}  // namespace lapstrake::packages::deb::shell
