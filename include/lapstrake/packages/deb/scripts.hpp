// Classifies maintainer scripts (deb-postinst(5)), which never run: the actions that are not modelled by data.
#pragma once
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/effect_table.hpp>
#include <set>
#include <string>
#include <vector>

namespace lapstrake::packages::deb {

struct ScriptLine {
  std::string script;   // "postinst"
  unsigned number = 0;  // from 1
  std::string text;
};

struct ScriptReview {
  enum class Kind {
    none,      // no script that runs at installation
    standard,  // only what debhelper writes, and code for upgrades and removals
    modelled,  // the effect table has this text
    accepted,  // `accept:` has the package
    changed,   // the effect table has the package, but another text of the script: used, with a warning
    unknown,   // refused
  } kind = Kind::none;
  std::vector<ScriptLine> rest;      // what is neither standard nor modelled
  std::vector<std::string> actions;  // in plain words: "sets file capabilities (setcap)", "creates users (adduser)"
  std::string refusal = {};          // the table's reason against a package that needs its scripts; its kind is unknown
  std::string note() const;          // for the lock: "scripts: modelled"
};

// preinst, config, postinst and triggers count; prerm and postrm never run at an installation. Branches for upgrades
// and removals, and commands without effect in a new image, are standard; so are those of script_effects().
ScriptReview review(const Deb& deb, const EffectTable& table, const std::set<std::string>& accepted);

// What is left of a script after the standard parts, one line each, normalised: the effect table has its SHA-256.
std::vector<ScriptLine> residue(std::string_view script, std::string_view name);
std::string residue_hash(const Deb& deb);  // of all scripts of the package, hex

// What commands of the scripts do that run in any case and can be read without doubt: update-alternatives --install,
// adduser --system, mkdir, ... Verbs as in effects.deb822. The table need not repeat them, and residue() has not got
// these lines.
std::vector<Effect> script_effects(const Deb& deb);
// All effects of a package: those of the table, without `refuse`, then script_effects(). @ARCHITECTURE@ and @MULTIARCH@
// in the table become dpkg's architecture of the package ("amd64") and its folder in /usr/lib ("x86_64-linux-gnu").
std::vector<Effect> all_effects(const Deb& deb, const EffectTable& table);

// One Error{usage} for all packages of Kind::unknown: their lines, their actions, and how to accept them.
void expect_known(const std::vector<std::pair<Deb, ScriptReview>>& reviews);

}  // namespace lapstrake::packages::deb
