// The kinds of effects, one function each; effects.cpp calls them in order.
#pragma once
#include <lapstrake/packages/deb/effect_table.hpp>
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "account_files.hpp"

namespace lapstrake::packages::deb {

// The path without its leading "/", as Root takes it.
inline std::string relative_path(std::string_view path) {
  return std::string(path.starts_with('/') ? path.substr(1) : path);
}

// A user or group that a package creates: of the verbs `user` and `group`, and of sysusers.d(5).
struct WantedAccount {
  enum class Kind { user, group, member } kind = Kind::user;
  std::string name;
  std::string id = {};     // "auto", or a number
  std::string group = {};  // of a user: a name or number; of a member: the group
  std::string home = "/", shell = "/usr/sbin/nologin", comment = {};
};
// Of usr/lib/sysusers.d/*.conf of the packages, in the order of names.
std::vector<WantedAccount> sysusers(const Root& root);

// usr/lib/tmpfiles.d/*.conf of the packages (tmpfiles.d(5)): folders, files, links and copies with literal paths. Adds
// a note for owners that the image lacks.
void apply_tmpfiles(Root& root, const AccountFiles& accounts, std::vector<std::string>& notes);

// `alternative` effects: the highest priority wins (update-alternatives(1)); its database is written if dpkg is there.
void apply_alternatives(Root& root, const std::vector<Effect>& effects, bool with_database);

// /etc/ssl/certs as update-ca-certificates(8) makes it.
void apply_ca_certificates(Root& root);
// A keystore of the same certificates for Java (JKS, password "changeit") at `path`.
void apply_java_cacerts(Root& root, std::string_view path);

// /etc/php as phpenmod and the packages' scripts make it: mods-available, conf.d and php.ini of each SAPI.
void apply_php_modules(Root& root);

}  // namespace lapstrake::packages::deb
