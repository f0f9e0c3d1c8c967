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
      "test", stanza("bb", "2") + stanza("aa", "1", "Essential: yes\nPriority: required\n") + stanza("bb", "1"), "x");
  REQUIRE(index.find("bb", "1", "amd64"));
  CHECK(index.find("bb", "1", "amd64")->path == "pool/bb_1.deb");
  CHECK(index.find("bb", "1", "amd64")->size == 7);
  CHECK(!index.find("bb", "3", "amd64"));
  CHECK(!index.find("bb", "1", "arm64"));
  CHECK(index.versions_of("bb").size() == 2);
  CHECK(index.names() == std::vector<std::string_view>{"aa", "bb"});
  REQUIRE(index.essential().size() == 1);
  CHECK(index.essential()[0].priority == Priority::required);
  CHECK(index.stanza_of("aa", "1", "amd64").starts_with("Package: aa\n"));
}

TEST_CASE("versions of other archives may begin with a letter") {
  CHECK(PackageIndex("test", stanza("aa", "v1.2-git"), "x").versions_of("aa").at(0).version == "v1.2-git");
}

TEST_CASE("paragraphs with unsafe or missing fields are refused when they are used") {
  const auto error = [](std::string text) {
    return failure_of([&] { PackageIndex("test", std::move(text), "the index").versions_of("aa"); }).summary();
  };
  CHECK(error(replace_all(stanza("aa", "1"), "pool/", "../pool/")) == "the index has no valid `Filename` for `aa`");
  CHECK(error(replace_all(stanza("aa", "1"), "pool/", "/pool/")) == "the index has no valid `Filename` for `aa`");
  CHECK(error(replace_all(stanza("aa", "1"), hash, "a")) == "the index has no valid `SHA256` for `aa`");
  CHECK(error(replace_all(stanza("aa", "1"), "Size: 7", "Size: -7")) == "the index has no valid `Size` for `aa`");
  CHECK(error(replace_all(stanza("aa", "1"), "pool/", "a pool/")) == "the index has no valid `Filename` for `aa`");
  CHECK(error(replace_all(stanza("aa", "1"), "Version: 1", "Version: 1/2")) ==
        "the index has no valid `Version` for `aa`");
  CHECK(error(replace_all(stanza("aa", "1"), "Version: 1", "Version:")) == "the index has no valid `Version` for `aa`");
  CHECK(error(replace_all(stanza("aa", "1"), "amd64", "a/b")) == "the index has no valid `Architecture` for `aa`");
  CHECK(error("Version: 1\n") == "the index has a paragraph without `Package`");
}
