// The effects of a set of packages, in the order in which they apply.
#pragma once
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/effect_table.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

struct PackageEffect {
  std::string package;
  Effect effect;
  std::string origin() const;  // "package redis-server"
  const std::string& word(std::size_t at) const { return effect.words[at]; }
  // The words from `at` on, with a blank between them.
  std::string text_from(std::size_t at) const;
};

// By verb as effects.deb822 documents it, then by package. Error{internal}: an unknown verb, or one with too few words.
std::vector<PackageEffect> effects_in_order(const std::vector<Deb>& packages, const EffectTable& table);

}  // namespace lapstrake::packages::deb
