#include <algorithm>
#include <lapstrake/packages/deb/effects.hpp>

#include "account_files.hpp"
#include "account_numbers.hpp"
#include "alternatives.hpp"
#include "ca_certificates.hpp"
#include "effect_order.hpp"
#include "effect_paths.hpp"
#include "file_effects.hpp"
#include "login_shells.hpp"
#include "pam_profiles.hpp"
#include "php_modules.hpp"
#include "tmpfiles.hpp"
#include "wanted_accounts.hpp"

namespace lapstrake::packages::deb {
namespace {

bool has_verb(const std::vector<PackageEffect>& effects, std::string_view verb) {
  return std::ranges::any_of(effects, [&](const PackageEffect& one) { return one.effect.verb == verb; });
}

// dpkg is in the image, so that update-alternatives(1) must find its records.
bool has_dpkg(const Root& root, const std::vector<Deb>& packages) {
  return std::ranges::find(packages, "dpkg", &Deb::name) != packages.end() ||
         root.is_folder("var/lib/dpkg/alternatives");
}

void apply_certificates(Root& root, const std::vector<PackageEffect>& effects, std::vector<std::string>& notes) {
  if (has_verb(effects, "ca-certificates")) apply_ca_certificates(root, notes);
  for (const auto& one : effects)
    if (one.effect.verb == "java-cacerts") apply_java_cacerts(root, root_path(one.word(0)));
}

}  // namespace

Accounts allocate(const Root& root, const std::vector<Deb>& packages, const EffectTable& table, const Accounts& known) {
  const auto effects = effects_in_order(packages, table);
  const AccountFiles files(root, has_verb(effects, "passwd-from-master"));
  return numbers_for(wanted_accounts(root, effects), files, known);
}

std::vector<std::string> apply_effects(Root& root, const std::vector<Deb>& packages, const EffectTable& table,
                                       const Accounts& accounts) {
  const auto effects = effects_in_order(packages, table);
  std::vector<std::string> notes;
  AccountFiles files(root, has_verb(effects, "passwd-from-master"));
  add_accounts(wanted_accounts(root, effects), accounts, files);
  files.write(root, has_verb(effects, "shadow"));
  apply_file_effects(root, effects, files, notes);
  apply_login_shells(root, effects, notes);
  if (has_verb(effects, "pam-auth-update")) apply_pam_profiles(root);
  apply_tmpfiles(root, files, notes);
  apply_alternatives(root, effects, has_dpkg(root, packages), notes);
  if (has_verb(effects, "php-modules") || root.exists("usr/lib/php/php-helper")) apply_php_modules(root);
  apply_certificates(root, effects, notes);
  return notes;
}

}  // namespace lapstrake::packages::deb
