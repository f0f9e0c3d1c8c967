#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/pip/specifier.hpp>
#include <string>
#include <support/catch.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

TEST_CASE("specifiers contain the versions that PEP 440 names") {
  const auto [set, version, expected] = GENERATE(table<std::string, std::string, bool>({
      {"~=2.2", "2.2", true},
      {"~=2.2", "2.9.1", true},
      {"~=2.2", "3.0", false},
      {"~=1.4.5", "1.4.9", true},
      {"~=1.4.5", "1.5", false},
      {"~=2.2.post3", "2.2", false},
      {"~=2.2.post3", "2.3", true},
      {"~=1.4.5a4", "1.4.5a5", true},
      {"~=1.4.5a4", "1.5.0", false},
      {"==1.1", "1.1.0", true},
      {"==1.1", "1.1.post1", false},
      {"==1.1.post1", "1.1.post1", true},
      {"==1.1.*", "1.1.post1", true},
      {"==1.1.*", "1.10", false},
      {"==1.1.*", "1.1a1", true},
      {"==1.1", "1.1.dev1", false},
      {"==1.1", "1.1+local", true},
      {"==1.1+local", "1.1", false},
      {"==1.1.0.*", "1.1", true},
      {"!=1.1", "1.1.post1", true},
      {"!=1.1.*", "1.1.post1", false},
      {"<=1.1", "1.1+local", true},
      {">1.7", "1.7.1", true},
      {">1.7", "1.7.0.post1", false},
      {">1.7.post2", "1.7.1", true},
      {">1.7.post2", "1.7.0.post3", true},
      {">1.7.post2", "1.7.0", false},
      {">1.7", "1.7+local", false},
      {"<1.7", "1.7rc1", false},
      {"<1.7rc2", "1.7rc1", true},
      {"<1.7.post1", "1.7rc1", true},
      {"<1.7.post1", "1.7.post1.dev1", false},
      {">1.7a1", "1.7.post0", true},
      {">1.7a1", "1.7a1.post0", false},
      {"===1.0.0", "1.0", false},
      {"===1.0", "1.0", true},
      {" >= 1.4 , <2 ", "1.9", true},
      {">=1.4,<2,", "2.0", false},
      {"", "7", true},
      {"==1!1.*", "1.1", false},
      {"==1.0a1.*", "1.0.0a1.dev1", true},
      {"==1.0.post1.*", "1.0.post1.dev2", true},
  }));
  CAPTURE(set, version);
  CHECK(SpecifierSet::parse(set).contains(Version::parse(version), PreReleases::allow) == expected);
}

TEST_CASE("pre-releases are contained only if a specifier names one") {
  const auto [set, version, expected] =
      GENERATE(table<std::string, std::string, bool>({{"", "1.0a1", false},
                                                      {">=1.0", "2.0rc1", false},
                                                      {">=1.0.dev0", "2.0rc1", true},
                                                      {">=1.0,!=2.0rc2", "2.0rc1", false},
                                                      {"==2.0rc1", "2.0rc1", true}}));
  CAPTURE(set, version);
  CHECK(SpecifierSet::parse(set).contains(Version::parse(version)) == expected);
}

TEST_CASE("invalid specifiers are refused") {
  const auto* text = GENERATE("1.0", "=1.0", "~=1", ">=1.*", "~=1.2.*", ">=1.0+local", "==1.0.dev1.*", "==1.0+a.*",
                              "==", "===", ">=1.0 <2", "<>1.0");
  CAPTURE(text);
  CHECK_FALSE(SpecifierSet::from_text(text));
  CHECK_THROWS_AS(SpecifierSet::parse(text), Error);
}

TEST_CASE("only a lone equality pins a version") {
  CHECK(SpecifierSet::parse("==1.4.2").pinned() == Version::parse("1.4.2"));
  CHECK(SpecifierSet::parse("===1.4.2").pinned() == Version::parse("1.4.2"));
  for (const auto* text : {"", "==1.4.*", ">=1.4.2", "==1.4.2,<2", "~=1.4.2"})
    CHECK_FALSE(SpecifierSet::parse(text).pinned());
}

TEST_CASE("a set is written in the order of its source") {
  CHECK(SpecifierSet::parse(" >=1.4 ,< 2, != 1.5.* ").text() == ">=1.4,<2,!=1.5.*");
}
