#include <algorithm>
#include <array>
#include <fstream>
#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/effect_table.hpp>
#include <set>
#include <sstream>
#include <support/failure.hpp>

#include "built_in_effects.hpp"
#include "script_packages.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

std::string text_of_table() {
  std::ifstream in(cat(LAPSTRAKE_SOURCE_DIR, "/packages/deb/effects.deb822"), std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Verb {
  const char* name;
  std::size_t least, most;  // words
};
constexpr std::array verbs{Verb{"update-shells", 0, 0}, Verb{"pam-auth-update", 0, 0},
                           Verb{"alias", 2, 2},         Verb{"passwd-from-master", 0, 0},
                           Verb{"group", 2, 2},         Verb{"user", 5, 6},
                           Verb{"member", 2, 2},        Verb{"directory", 3, 3},
                           Verb{"file", 3, 4},          Verb{"copy", 2, 2},
                           Verb{"concatenate", 3, 3},   Verb{"symlink", 2, 2},
                           Verb{"link-all", 3, 50},     Verb{"remove-link", 1, 1},
                           Verb{"attributes", 3, 3},    Verb{"shell", 1, 1},
                           Verb{"alternative", 4, 100}, Verb{"php-modules", 0, 0},
                           Verb{"shadow", 0, 0},        Verb{"ca-certificates", 0, 0},
                           Verb{"java-cacerts", 1, 1},  Verb{"refuse", 1, 1}};

}  // namespace

TEST_CASE("an entry has hashes, effects and a note") {
  const EffectTable table(
      "# comment\n\nVersion: 2026.11\n\nPackage: tool other\nScripts:\n bookworm trixie 0123456789abcdef\n"
      " sid fedcba9876543210\nEffects:\n user tool auto tool /home/x /bin/sh The  tool\n file /a 0644 root:root x "
      "y\\n\n"
      " refuse it needs a frob\nNote: no\n  frobs.\n");
  CHECK(table.version() == "2026.11");
  const auto* found = table.find("other");
  REQUIRE(found != nullptr);
  CHECK(found->package == "other");
  CHECK(found->hashes == std::vector<std::string>{"0123456789abcdef", "fedcba9876543210"});
  REQUIRE(found->effects.size() == 3);
  CHECK(found->effects[0].words == std::vector<std::string>{"tool", "auto", "tool", "/home/x", "/bin/sh", "The  tool"});
  CHECK(found->effects[1].words == std::vector<std::string>{"/a", "0644", "root:root", "x y\\n"});
  CHECK(found->effects[2].words == std::vector<std::string>{"it needs a frob"});
  CHECK(found->note == "no frobs.");
  CHECK(table.find("too") == nullptr);
}

TEST_CASE("a name counts before a glob, a long glob before a short one") {
  const EffectTable table(
      "Version: 1\n\nPackage: php*\nNote: a\n\nPackage: php8.?-*\nNote: b\n\nPackage: php8.2-fpm\nNote: c\n");
  CHECK(table.find("php8.2-fpm")->note == "c");
  CHECK(table.find("php8.4-fpm")->note == "b");
  CHECK(table.find("php-redis")->note == "a");
  CHECK(table.find("ph") == nullptr);
}

TEST_CASE("a table that is not valid is an internal error") {
  for (const auto* text :
       {"", "Package: a\n", "Version: 1\n\nNote: x\n", "Version: 1\n\nPackage: a\nScripts: bookworm 123\n",
        "Version: 1\n\nPackage: a\nScripts: 0123456789abcdef\n",
        "Version: 1\n\nPackage: a\nScripts: sid 0123456789ABCDEF\n"})
    CHECK(failure_of([&] { EffectTable table(text); }).kind() != ErrorKind::usage);
}

TEST_CASE("the program has the table as it is in the source") {
  CHECK(std::string(built_in_effects) == text_of_table());
  CHECK(EffectTable::built_in().find("tzdata") != nullptr);
}

TEST_CASE("effects of the table have known verbs with the right number of words") {
  for_each_stanza(built_in_effects, "the table", [](const Stanza& stanza) {
    for (const auto name : words_of(stanza.value("Package")))
      for (const auto& effect : EffectTable::built_in().find(name)->effects) {
        CAPTURE(name, effect.verb, effect.words);
        const auto* const verb = std::ranges::find(verbs, effect.verb, &Verb::name);
        REQUIRE(verb != verbs.end());
        CHECK(effect.words.size() >= verb->least);
        CHECK(effect.words.size() <= verb->most);
        CHECK(text_of_table().find(cat("#   ", effect.verb)) != std::string::npos);
      }
  });
}

TEST_CASE("the page of effects has all verbs") {
  const auto page = read_file(LAPSTRAKE_SOURCE_DIR "/docs/reference/deb-effects.md");
  for (const auto& verb : verbs) {
    CAPTURE(verb.name);
    CHECK(page.find(cat("`", verb.name, "`")) != std::string::npos);
  }
}

TEST_CASE("no package is in the table twice, and each entry says something") {
  std::set<std::string> names;
  for_each_stanza(built_in_effects, "the table", [&](const Stanza& stanza) {
    if (stanza.find("Version")) return;
    CHECK((stanza.find("Effects") || stanza.find("Note")));
    for (const auto name : words_of(stanza.value("Package"))) CHECK(names.emplace(name).second);
  });
  CHECK(names.size() > 50);
}
