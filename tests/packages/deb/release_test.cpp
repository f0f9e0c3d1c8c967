#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/release.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

const std::string digest_text(64, 'b');
const std::string text =
    cat("Origin: Debian\nLabel: Debian-Security\nSuite: oldstable-security\nCodename: bookworm-security\nDate: Sat, 09 "
        "May 2026 08:41:11 UTC\n",
        "Valid-Until: Sat, 16 May 2026 08:41:11 UTC\nAcquire-By-Hash: yes\nArchitectures: all amd64\nComponents: "
        "main\nSHA256:\n ",
        digest_text, "  12 main/binary-amd64/Packages\n ", digest_text, " 7 main/binary-amd64/Packages.xz\n");

Time at(const char* time) { return *parse_time(time); }

std::string refusal(const Freshness& freshness, std::string_view suite = "bookworm-security") {
  const auto error = failure_of([&] { expect_fresh(parse_release(text, "the file"), suite, "the file", freshness); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(!error.help().empty());
  return error.summary();
}

}  // namespace

TEST_CASE("a Release file lists its index files") {
  const auto release = parse_release(text, "the file");
  CHECK(release.codename == "bookworm-security");
  CHECK(release.has_security_updates());
  CHECK(release.acquire_by_hash);
  CHECK(release.date.time_since_epoch().count() == 1778316071);
  CHECK(release.packages_file("main", "amd64") == "main/binary-amd64/Packages.xz");
  CHECK(!release.packages_file("main", "arm64"));
  CHECK(release.files.at("main/binary-amd64/Packages.xz").size == 7);
}

TEST_CASE("a Release file is fresh until it expires") {
  const auto release = parse_release(text, "the file");
  const Freshness good{
      .now = at("Sat, 16 May 2026 08:41:10 UTC"), .locked_date = release.date, .locked_codename = "bookworm-security"};
  CHECK_NOTHROW(expect_fresh(release, "bookworm-security", "the file", good));
  CHECK_NOTHROW(expect_fresh(release, "oldstable-security", "the file", good));
  CHECK_NOTHROW(expect_fresh(release, "bookworm-security", "the file",
                             {.now = at("Sun, 09 May 2027 08:41:11 UTC"), .check_valid_until = false}));
}

TEST_CASE("an old, expired or wrong Release file is refused, each with its reason") {
  const auto now = at("Sat, 09 May 2026 09:00:00 UTC");
  CHECK(refusal({.now = at("Sat, 16 May 2026 08:41:12 UTC")}) == "the file expired on 2026-05-16 08:41:11 UTC");
  CHECK(refusal({.now = at("Sat, 09 May 2026 07:00:00 UTC")}) ==
        "the file is from the future: 2026-05-09 08:41:11 UTC");
  CHECK(refusal({.now = now, .locked_date = at("Sat, 09 May 2026 08:41:12 UTC")}) ==
        "the file is older than the one that `lapstrake.lock` was made from: 2026-05-09 08:41:11 UTC instead of "
        "2026-05-09 08:41:12 UTC");
  CHECK(refusal({.now = now, .locked_codename = "trixie-security"}) ==
        "the file has the codename `bookworm-security`, but `lapstrake.lock` was made from `trixie-security`");
  CHECK(refusal({.now = now}, "trixie-security") ==
        "the file is for `oldstable-security` (`bookworm-security`), not for `trixie-security`");
}

TEST_CASE("a Release file without what is needed is refused") {
  const auto reason = [](std::string_view from, std::string_view to) {
    return failure_of([&] { parse_release(replace_all(text, from, to), "the file"); }).summary();
  };
  CHECK(reason("Date: Sat, 09 May 2026 08:41:11 UTC\n", "") == "the file has no `Date`");
  CHECK(reason("09 May", "39 May") == "the file has an invalid `Date`: `Sat, 39 May 2026 08:41:11 UTC`");
  CHECK(reason("16 May", "") == "the file has an invalid `Valid-Until`: `Sat,  2026 08:41:11 UTC`");
  CHECK(reason(" 7 main/binary-amd64/Packages.xz", " 7 main/binary-amd64/Packages") ==
        "the file lists `main/binary-amd64/Packages` twice, with different digests or sizes");
  CHECK(reason("SHA256:", "MD5Sum:") == "the file has no section `SHA256`");
  CHECK(reason("  12 main", "  -1 main").starts_with("the file has an invalid line in `SHA256`"));
}

TEST_CASE("a Release file must have a name of the suite") {
  const auto names = [](std::string_view suite, std::string_view codename) {
    return cat("Suite: ", suite, "\nCodename: ", codename, "\nDate: Sat, 09 May 2026 08:41:11 UTC\nSHA256:\n");
  };
  const auto accepts = [&](const std::string& file, std::string_view suite) {
    try {
      expect_fresh(parse_release(file, "the file"), suite, "the file", {.now = at("Sat, 09 May 2026 09:00:00 UTC")});
      return std::string();
    } catch (const Error& error) {
      return error.summary();
    }
  };
  CHECK(accepts(names("oldstable", "buster"), "buster/updates").empty());
  CHECK(accepts(names("oldstable", "buster/updates"), "buster/updates").empty());
  CHECK(accepts(names("stable", ""), "stable").empty());
  CHECK(accepts(names("oldstable", "buster/updates"), "buster") ==
        "the file is for `oldstable` (`buster/updates`), not for `buster`");
  CHECK(accepts(names("", "sid"), "trixie") == "the file is for `sid`, not for `trixie`");
  CHECK(accepts(names("", ""), "sid") == "the file has neither `Suite` nor `Codename`");
}

TEST_CASE("times of Release files") {
  CHECK(at("Thu, 1 Jan 1970 00:00:01 UTC").time_since_epoch().count() == 1);
  CHECK(at("29 Feb 2024 23:59:59 +0000").time_since_epoch().count() == 1709251199);
  for (const auto* bad : {"", "Sat, 31 Feb 2026 08:41:11 UTC", "Sat, 09 May 2026 08:41:11 CET",
                          "Sat, 09 Mai 2026 08:41:11 UTC", "Sat, 09 May 2026 25:41:11 UTC"})
    CHECK(!parse_time(bad));
}
