#include "effect_order.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/scripts.hpp>

namespace lapstrake::packages::deb {
namespace {

struct Verb {
  std::string_view name;
  std::size_t least_words;
};
constexpr std::array verbs{Verb{"alias", 2},         Verb{"passwd-from-master", 0},
                           Verb{"group", 2},         Verb{"user", 5},
                           Verb{"member", 2},        Verb{"directory", 3},
                           Verb{"file", 3},          Verb{"copy", 2},
                           Verb{"concatenate", 3},   Verb{"symlink", 2},
                           Verb{"link-all", 3},      Verb{"remove-link", 1},
                           Verb{"attributes", 3},    Verb{"shell", 1},
                           Verb{"update-shells", 0}, Verb{"pam-auth-update", 0},
                           Verb{"alternative", 4},   Verb{"php-modules", 0},
                           Verb{"shadow", 0},        Verb{"ca-certificates", 0},
                           Verb{"java-cacerts", 1}};

std::size_t rank_of(const PackageEffect& one) {
  return static_cast<std::size_t>(std::ranges::find(verbs, one.effect.verb, &Verb::name) - verbs.begin());
}

void expect_valid(const PackageEffect& one) {
  const auto found = std::ranges::find(verbs, one.effect.verb, &Verb::name);
  if (found != verbs.end() && one.effect.words.size() >= found->least_words) return;
  throw Error(ErrorKind::internal, cat("the effects of the package `", one.package, "` have an invalid line: ",
                                       printable(cat(one.effect.verb, " ", join(one.effect.words, " ")))));
}

}  // namespace

std::string PackageEffect::origin() const { return cat("package ", package); }

std::string PackageEffect::text_from(std::size_t at) const {
  if (at >= effect.words.size()) return {};
  return join({effect.words.begin() + static_cast<std::ptrdiff_t>(at), effect.words.end()}, " ");
}

std::vector<PackageEffect> effects_in_order(const std::vector<Deb>& packages, const EffectTable& table) {
  std::vector<PackageEffect> out;
  for (const auto& deb : packages)
    for (auto& effect : all_effects(deb, table)) {
      out.push_back({.package = deb.name, .effect = std::move(effect)});
      expect_valid(out.back());
    }
  std::ranges::stable_sort(out, [](const PackageEffect& a, const PackageEffect& b) {
    const auto first = rank_of(a), second = rank_of(b);
    return first != second ? first < second : a.package < b.package;
  });
  return out;
}

}  // namespace lapstrake::packages::deb
