#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/package_index.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

const std::string hash(64, 'a');

std::string stanza(const std::string& name, const std::string& version, const std::string& more = {}) {
  return cat("Package: ", name, "\nVersion: ", version, "\n", more, "Architecture: amd64\nFilename: pool/", name, "_",
             version, ".deb\nSize: 7\nSHA256: ", hash, "\n\n");
}

}  // namespace

TEST_CASE("an index finds packages by name and version") {
  const PackageIndex index(
      "test", stanza("b", "2") + stanza("a", "1", "Essential: yes\nPriority: required\n") + stanza("b", "1"), "x");
  REQUIRE(index.find("b", "1", "amd64"));
  CHECK(index.find("b", "1", "amd64")->path == "pool/b_1.deb");
  CHECK(index.find("b", "1", "amd64")->size == 7);
  CHECK(!index.find("b", "3", "amd64"));
  CHECK(!index.find("b", "1", "arm64"));
  CHECK(index.versions_of("b").size() == 2);
  CHECK(index.names() == std::vector<std::string_view>{"a", "b"});
  REQUIRE(index.essential().size() == 1);
  CHECK(index.essential()[0].priority == Priority::required);
  CHECK(index.stanza_of("a", "1", "amd64").starts_with("Package: a\n"));
}

TEST_CASE("paragraphs with unsafe or missing fields are refused when they are used") {
  const auto error = [](std::string text) {
    return failure_of([&] { PackageIndex("test", std::move(text), "the index").versions_of("a"); }).summary();
  };
  CHECK(error(replace_all(stanza("a", "1"), "pool/", "../pool/")) == "the index has no valid `Filename` for `a`");
  CHECK(error(replace_all(stanza("a", "1"), "pool/", "/pool/")) == "the index has no valid `Filename` for `a`");
  CHECK(error(replace_all(stanza("a", "1"), hash, "a")) == "the index has no valid `SHA256` for `a`");
  CHECK(error(replace_all(stanza("a", "1"), "Size: 7", "Size: -7")) == "the index has no valid `Size` for `a`");
  CHECK(error("Version: 1\n") == "the index has a paragraph without `Package`");
}
