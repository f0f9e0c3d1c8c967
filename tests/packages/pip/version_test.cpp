#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/version.hpp>
#include <string>
#include <support/catch.hpp>
#include <vector>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

TEST_CASE("names are normalised as PEP 503 says") {
  const auto [written, expected] = GENERATE(table<std::string, std::string>({{"friendly-bard", "friendly-bard"},
                                                                             {"Friendly-Bard", "friendly-bard"},
                                                                             {"FRIENDLY-BARD", "friendly-bard"},
                                                                             {"friendly.bard", "friendly-bard"},
                                                                             {"friendly_bard", "friendly-bard"},
                                                                             {"friendly--bard", "friendly-bard"},
                                                                             {"FrIeNdLy-._.-bArD", "friendly-bard"},
                                                                             {"zope.interface", "zope-interface"}}));
  CHECK(normalized_name(written) == expected);
  CHECK(is_valid_name(written));
}

TEST_CASE("a name starts and ends with a letter or digit") {
  const auto* name = GENERATE("", "-a", "a-", "a b", "a/b", "a\xc3\xa9", "_");
  CHECK_FALSE(is_valid_name(name));
}

TEST_CASE("versions have a normal form") {
  const auto [written, expected] =
      GENERATE(table<std::string, std::string>({{"1.0", "1.0"},
                                                {"v1.0", "1.0"},
                                                {" 1.0\n", "1.0"},
                                                {"01.002", "1.2"},
                                                {"1.1RC1", "1.1rc1"},
                                                {"1.1.a1", "1.1a1"},
                                                {"1.1-a1", "1.1a1"},
                                                {"1.1a.1", "1.1a1"},
                                                {"1.1alpha1", "1.1a1"},
                                                {"1.1beta2", "1.1b2"},
                                                {"1.1c3", "1.1rc3"},
                                                {"1.1pre3", "1.1rc3"},
                                                {"1.2a", "1.2a0"},
                                                {"1.2-post2", "1.2.post2"},
                                                {"1.2post2", "1.2.post2"},
                                                {"1.2.post-2", "1.2.post2"},
                                                {"1.0-r4", "1.0.post4"},
                                                {"1.0-1", "1.0.post1"},
                                                {"1.2.post", "1.2.post0"},
                                                {"1.2-dev2", "1.2.dev2"},
                                                {"1.2dev", "1.2.dev0"},
                                                {"1!2.0", "1!2.0"},
                                                {"0!2.0", "2.0"},
                                                {"1.0+ubuntu-1", "1.0+ubuntu.1"},
                                                {"1.0+UBUNTU_01", "1.0+ubuntu.1"},
                                                {"1.0a1.post2.dev3+x", "1.0a1.post2.dev3+x"},
                                                {"1.0preview", "1.0rc0"}}));
  CAPTURE(written);
  CHECK(Version::parse(written).text() == expected);
  CHECK(Version::parse(expected).text() == expected);
}

TEST_CASE("text that is not a version is refused") {
  const auto* text = GENERATE("", "a", "1.0x", "1..0", "1.0+", "1.0+a..b", "1.0 2", "-1", "1.0--1", "1.0+_a", "!1",
                              "99999999999999999999999", "french toast", "1.0.*");
  CAPTURE(text);
  CHECK_FALSE(Version::from_text(text));
  CHECK_THROWS_AS(Version::parse(text), Error);
}

// PEP 440, "Summary of permitted suffixes and relative ordering" and "Local version identifiers".
TEST_CASE("versions are ordered as PEP 440 says") {
  const std::vector<std::string> ordered{"1.dev0",
                                         "1.0.dev456",
                                         "1.0a1",
                                         "1.0a2.dev456",
                                         "1.0a12.dev456",
                                         "1.0a12",
                                         "1.0b1.dev456",
                                         "1.0b2",
                                         "1.0b2.post345.dev456",
                                         "1.0b2.post345",
                                         "1.0rc1.dev456",
                                         "1.0rc1",
                                         "1.0",
                                         "1.0+abc.5",
                                         "1.0+abc.7",
                                         "1.0+5",
                                         "1.0+12345678901234567890123",
                                         "1.0.post456.dev34",
                                         "1.0.post456",
                                         "1.0.15",
                                         "1.1.dev1",
                                         "1!0.1"};
  for (std::size_t i = 0; i < ordered.size(); ++i)
    for (std::size_t k = 0; k < ordered.size(); ++k) {
      CAPTURE(ordered[i], ordered[k]);
      CHECK((Version::parse(ordered[i]) <=> Version::parse(ordered[k])) == (i <=> k));
    }
}

TEST_CASE("zeros at the end of a release do not count") {
  CHECK(Version::parse("1.0") == Version::parse("1.0.0"));
  CHECK(Version::parse("1") == Version::parse("1.0.0"));
  CHECK(Version::parse("1.0+1") == Version::parse("1.0+01"));
  CHECK(Version::parse("1.0") != Version::parse("1.0.1"));
}
