// Debian packages in `lapstrake.lock`.
#include <lapstrake/app/pin/lock.hpp>
#include <lapstrake/base/text.hpp>

#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace lapstrake;
using Catch::Matchers::Contains;

namespace {

app::Lock nginx_lock() {
  const auto digest = oci::Digest::of("nginx");
  const packages::LockedFile nginx{.name = "nginx_1.22.1-9_amd64.deb",
                                   .package = "nginx",
                                   .version = "1.22.1-9",
                                   .digest = digest,
                                   .size = 527000,
                                   .architecture = "amd64",
                                   .suite = "bookworm",
                                   .path = "pool/main/n/nginx/nginx_1.22.1-9_amd64.deb",
                                   .why = "requested",
                                   .note = "scripts: modelled"};
  const packages::LockedSuite suite{.codename = "bookworm",
                                    .date = "2026-11-20T20:14:05Z",
                                    .release = digest,
                                    .signed_by = {"4CB50190207B4758A3F73A796ED0E7B82643E131", "F8D2585B8783D481"}};
  packages::LockedInstall install{.name = "deb nginx, amd64", .inputs = digest, .files = {nginx}};
  install.suites = {{"bookworm", suite}};
  install.accounts = {{"group ssl-cert", "102:102"}, {"redis", "100:101"}};
  install.policy = "deb 1";
  return {.images = {}, .packages = {.installs = {{install.name, install}}}};
}

}  // namespace

TEST_CASE("Debian packages, their suites and accounts are entries of the lock, one a line") {
  const auto lock = nginx_lock();
  const auto text = app::render(lock);
  const auto digest = oci::Digest::of("nginx");
  CHECK(app::parse_lock(text, "it") == lock);
  CHECK(text == cat(R"({
  "version": 2,
  "images": {},
  "installs": {
    "deb nginx, amd64": {
      "inputs": ")",
                    digest.text(), R"(",
      "policy": "deb 1",
      "suites": {
        "bookworm": {"codename": "bookworm", "date": "2026-11-20T20:14:05Z", "release": ")",
                    digest.text(), R"(", "signed_by": ["4CB50190207B4758A3F73A796ED0E7B82643E131", "F8D2585B8783D481"]}
      },
      "accounts": {
        "group ssl-cert": "102:102",
        "redis": "100:101"
      },
      "files": {
        "nginx_1.22.1-9_amd64.deb": {"package": "nginx", "version": "1.22.1-9", "architecture": "amd64", "suite": "bookworm", "path": "pool/main/n/nginx/nginx_1.22.1-9_amd64.deb", "sha256": ")",
                    digest.hex(), R"(", "size": 527000, "why": "requested", "note": "scripts: modelled"}
      }
    }
  }
}
)"));
}

TEST_CASE("a path in the lock that leads out of its source is refused") {
  const auto path = GENERATE("/etc/passwd", "../nginx.deb", "pool/../../nginx.deb", "pool/..", "pool/a b.deb",
                             "pool/nginx.deb?x=1", "pool\\\\nginx.deb", "pool/\\u0000");
  const auto text =
      replace_all(app::render(nginx_lock()), "pool/main/n/nginx/nginx_1.22.1-9_amd64.deb\"", cat(path, "\""));
  INFO(path);
  const auto error = failure_of([&] { app::parse_lock(text, "`lapstrake.lock`"); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.summary() == "`lapstrake.lock` has an unsafe `path` for `nginx_1.22.1-9_amd64.deb`");
  CHECK_THAT(error.help(), Contains("`lapstrake lock`"));
}

TEST_CASE("an entry of a Debian package that nobody has written is refused") {
  const auto [from, to, why] = GENERATE(table<const char*, const char*, const char*>({
      {"\"date\": \"2026-11-20T20:14:05Z\"", "\"date\": \"20 Nov 2026\"", "no valid `date` for `bookworm`"},
      {"\"date\": \"2026-11-20T20:14:05Z\", ", "", "no valid `date` for `bookworm`"},
      {"\"release\": \"sha256:", "\"release\": \"", "no valid digest for `bookworm`"},
      {"\"release\": ", "\"released\": ", "no valid entry for `bookworm`"},
      {"\"codename\": \"bookworm\"", "\"codename\": 12", "an invalid `codename` for `bookworm`"},
      {"\"codename\": \"bookworm\"", "\"codename\": \"bookworm\", \"origin\": \"Debian\"", "newer lapstrake"},
      {"[\"4CB5", "[\"4cb5", "an invalid fingerprint for `bookworm`"},
      {", \"F8D2585B8783D481\"", ", 1", "an invalid fingerprint for `bookworm`"},
      {"\"signed_by\": [", "\"signed\": [", "newer lapstrake"},
      {"\"redis\": \"100:101\"", "\"redis\": \"100\"", "no valid numbers for `redis`"},
      {"\"redis\": \"100:101\"", "\"redis\": \"100:4294967296\"", "no valid numbers for `redis`"},
      {"\"redis\": \"100:101\"", "\"redis\": \"-1:101\"", "no valid numbers for `redis`"},
      {"\"redis\": \"100:101\"", "\"redis\": 100", "no valid numbers for `redis`"},
      {"\"policy\": \"deb 1\"", "\"policy\": 1", "an invalid `policy`"},
      {"\"architecture\": \"amd64\"", "\"architecture\": [\"amd64\"]", "an invalid `architecture`"},
      {"\"accounts\": {", "\"users\": {", "newer lapstrake"},
  }));
  const auto text = app::render(nginx_lock());
  REQUIRE_THAT(text, Contains(from));
  const auto error = failure_of([&, old = from, now = to] { app::parse_lock(replace_all(text, old, now), "it"); });
  INFO(to);
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains(why));
}
