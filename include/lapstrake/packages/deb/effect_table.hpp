// What maintainer scripts of known packages do in a new container, as data (packages/deb/effects.deb822, part of this
// program). Each entry names the package and the SHA-256 of the scripts that it models.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

// A verb and its words: {"symlink", {"etc/nginx/sites-enabled/default", "/etc/nginx/sites-available/default"}}.
// effects.deb822 documents the verbs.
struct Effect {
  std::string verb;
  std::vector<std::string> words;
};
struct PackageEffects {
  std::string package;              // a name, or a glob: "php8.?-*"
  std::vector<std::string> hashes;  // residue_hash() of the versions that it models
  std::vector<Effect> effects;
  std::string note;  // what is left out, and why
};

class EffectTable {
 public:
  // Error{internal} for text that is not of the format.
  explicit EffectTable(std::string_view text);
  static const EffectTable& built_in();
  const std::string& version() const { return version_; }  // "2026.11", in the lock
  const PackageEffects* find(std::string_view package) const;

 private:
  std::string version_;
  std::vector<PackageEffects> entries_;
};

}  // namespace lapstrake::packages::deb
