#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/resolver.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

// "nginx 1.2 Depends: libc6 (>= 2)" more fields after `;`.
std::string index_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) {
    const auto parts = split(line, ';');
    const auto words = split(trim(parts[0]), ' ');
    out += cat("Package: ", words[0], "\nVersion: ", words[1],
               "\nArchitecture: ", words.size() > 2 ? words[2] : "amd64", "\n");
    for (std::size_t i = 1; i < parts.size(); ++i) out += cat(trim(parts[i]), "\n");
    out += cat("Filename: pool/", words[0], ".deb\nSize: 1\nSHA256: ", std::string(64, 'a'), "\n\n");
  }
  return out;
}

struct Archive {
  std::vector<std::string> packages, security = {};
  std::string installed = {};

  std::vector<ChosenPackage> resolve(const std::vector<std::string>& requests, ResolveOptions options = {}) const {
    const PackageIndex first("main", index_of(packages), "main"), second("security", index_of(security), "security");
    std::vector<Request> wanted;
    for (const auto& text : requests) wanted.push_back(parse_request(text));
    options.architecture = "amd64";
    auto out = packages::deb::resolve({&first, &second}, installed, wanted, options);
    for (auto& one : out) one.index = nullptr;  // which do not outlive this call
    return out;
  }
  std::string names(const std::vector<std::string>& requests, ResolveOptions options = {}) const {
    std::vector<std::string> out;
    for (const auto& one : resolve(requests, std::move(options)))
      out.push_back(cat(one.package.name, "=", one.package.version));
    return join(out, " ");
  }
  Error error(const std::vector<std::string>& requests, ResolveOptions options = {}) const {
    auto out = failure_of([&] { resolve(requests, std::move(options)); });
    CHECK(out.kind() == ErrorKind::usage);
    CHECK(!out.help().empty());
    return out;
  }
};

}  // namespace

TEST_CASE("dependencies are installed in the highest version, with the reason") {
  const Archive world{
      .packages = {"aa 1 ; Depends: bb (>= 1), cc:any", "bb 1", "cc 1 all ; Pre-Depends: dd", "dd 1", "unused 1"},
      .security = {"bb 1.1"}};
  const auto chosen = world.resolve({"aa"});
  CHECK(world.names({"aa"}) == "aa=1 bb=1.1 cc=1 dd=1");
  CHECK(chosen[0].why == "requested");
  CHECK(chosen[1].why == "needed by aa");
  CHECK(chosen[3].why == "needed by cc");
}

TEST_CASE("dependencies may be written on several lines, and before the name of the package") {
  const Archive world{
      .packages = {"aa 1 ; Depends:\n bb,\n cc\n (>= 1)\n | dd,\n\tee", "bb 1", "cc 1", "dd 1", "ee 1"}};
  CHECK(world.names({"aa"}) == "aa=1 bb=1 cc=1 ee=1");
  const PackageIndex local("", cat("Depends: bb\n", index_of({"aa 1", "bb 1"})), "local files");
  CHECK(packages::deb::resolve({&local}, {}, {parse_request("aa")}, {.architecture = "amd64"}).size() == 2);
}

TEST_CASE("a version may have the epoch zero") {
  const Archive world{.packages = {"aa 0:1 ; Depends: bb (= 0:1)", "bb 0:1"}};
  CHECK(world.names({"aa"}) == "aa=0:1 bb=0:1");
  CHECK(world.names({"aa=1"}) == "aa=0:1 bb=0:1");
}

TEST_CASE("the first alternative and the real package are chosen, as apt does") {
  const Archive world{.packages = {"aa 1 ; Depends: zz | bb", "zz 1", "bb 1", "vv 1 ; Depends: mail", "mail 1",
                                   "aaa 1 ; Provides: mail", "ww 1 ; Depends: virtual",
                                   "opt 1 ; Provides: virtual ; Priority: optional",
                                   "req 1 ; Provides: virtual ; Priority: required"}};
  CHECK(world.names({"aa"}) == "aa=1 zz=1");
  CHECK(world.names({"aa", "bb"}) == "aa=1 bb=1");
  CHECK(world.names({"vv"}) == "mail=1 vv=1");
  CHECK(world.names({"ww"}) == "req=1 ww=1");
}

TEST_CASE("preferred packages come first: those of the spec, then small ones") {
  const Archive world{.packages = {"aa 1 ; Depends: systemd | systemd-tmpfiles",
                                   "systemd 1 ; Provides: systemd-tmpfiles",
                                   "systemd-standalone-tmpfiles 1 ; Provides: systemd-tmpfiles"}};
  CHECK(world.names({"aa"}) == "aa=1 systemd-standalone-tmpfiles=1");
  CHECK(world.names({"aa"}, {.prefer = {"systemd"}}) == "aa=1 systemd=1");
}

TEST_CASE("a conflict with the first alternative leads to the second") {
  const Archive world{.packages = {"aa 1 ; Depends: bb | cc", "bb 1 ; Conflicts: dd", "cc 1", "dd 1"}};
  CHECK(world.names({"aa", "dd"}) == "aa=1 cc=1 dd=1");
}

TEST_CASE("versions of the lock are kept as long as they fit") {
  const Archive world{.packages = {"aa 1 ; Depends: bb", "bb 1"}, .security = {"bb 2", "cc 1 ; Depends: bb (>= 2)"}};
  CHECK(world.names({"aa"}, {.keep = {{"bb", "1"}}}) == "aa=1 bb=1");
  CHECK(world.names({"aa"}, {.keep = {{"bb", "0"}}}) == "aa=1 bb=2");
  CHECK(world.names({"aa", "cc"}, {.keep = {{"bb", "1"}}}) == "aa=1 bb=2 cc=1");
}

TEST_CASE("a version of the lock that no longer fits changes without the others") {
  const Archive world{.packages = {"aa 1 ; Depends: bb, dd, ee (>= 1)", "bb 1", "dd 1", "ee 1"},
                      .security = {"bb 2", "dd 2", "ee 2", "cc 1 ; Depends: bb (>= 2)"}};
  const ResolveOptions options{.keep = {{"aa", "1"}, {"bb", "1"}, {"dd", "1"}, {"ee", "1"}}};
  CHECK(world.names({"aa", "cc"}, options) == "aa=1 bb=2 cc=1 dd=1 ee=1");
}

TEST_CASE("an update changes the packages that the new version needs, and takes their highest version") {
  const Archive world{
      .packages = {"nginx 1 ; Depends: common (= 1), lib, ssl (>= 1)", "common 1", "lib 1", "ssl 1"},
      .security = {"nginx 2 ; Depends: common (= 2), lib, ssl (>= 2)", "common 2", "lib 2", "ssl 2", "ssl 3"}};
  const ResolveOptions options{.keep = {{"nginx", "1"}, {"lib", "1"}, {"ssl", "1"}}};
  CHECK(world.names({"nginx"}, options) == "common=2 lib=1 nginx=2 ssl=3");
}

TEST_CASE("an old version is installed with the old versions that it needs, and nothing else that is old") {
  const Archive world{
      .packages = {"nginx 1 ; Depends: common (= 1), lib", "common 1 ; Depends: data (<< 2)", "data 1", "lib 1"},
      .security = {"nginx 2 ; Depends: common (= 2), lib", "common 2", "lib 2", "data 2"}};
  CHECK(world.names({"nginx=1"}) == "common=1 data=1 lib=2 nginx=1");
  CHECK(world.names({"nginx (<< 2)"}) == "common=1 data=1 lib=2 nginx=1");
  CHECK(world.names({"nginx"}) == "common=2 lib=2 nginx=2");
}

TEST_CASE("the first alternative may need an old version, but the second one does not") {
  const Archive world{.packages = {"old 1", "aa 1 ; Depends: bb (= 1) | cc", "bb 1", "cc 1"},
                      .security = {"old 2", "bb 2"}};
  CHECK(world.names({"old=1", "aa"}) == "aa=1 cc=1 old=1");
}

TEST_CASE("a package whose highest version cannot be installed is not replaced by an old one") {
  const Archive world{.packages = {"aa 1"}, .security = {"aa 2 ; Depends: missing"}};
  CHECK(world.error({"aa"}).reason() == "`aa` 2 needs `missing`, which no package provides");
  CHECK(world.names({"aa"}, {.keep = {{"aa", "1"}}}) == "aa=1");
  const Archive other{.packages = {"aa 1", "bb 1"}, .security = {"aa 2", "bb 2 ; Depends: missing"}};
  CHECK(other.error({"aa (>= 1)", "bb"}, {.keep = {{"aa", "1"}}}).reason() ==
        "`bb` 2 needs `missing`, which no package provides");
}

TEST_CASE("a local file comes before the same version of a source") {
  const PackageIndex source("main", index_of({"aa 1", "bb 2"}), "main"), local("", index_of({"aa 1"}), "local files");
  for (const auto& keep : {std::map<std::string, std::string>(), {{"aa", "1"}}}) {
    const auto chosen =
        packages::deb::resolve({&source, &local}, {}, {parse_request("aa=1")}, {.architecture = "amd64", .keep = keep});
    REQUIRE(chosen.size() == 1);
    CHECK(chosen[0].index == &local);
  }
}

TEST_CASE("essential and recommended packages are installed when asked for") {
  const Archive world{.packages = {"aa 1 ; Recommends: rr", "rr 1", "base 1 ; Essential: yes ; Depends: lib", "lib 1"}};
  CHECK(world.names({"aa"}) == "aa=1");
  CHECK(world.names({"aa"}, {.recommends = true}) == "aa=1 rr=1");
  CHECK(world.names({"aa"}, {.essential = true}) == "aa=1 base=1 lib=1");
}

TEST_CASE("installed packages satisfy dependencies and stay as they are") {
  Archive world{.packages = {"aa 1 ; Depends: bb, cc", "bb 2", "cc 1"},
                .installed = "Package: bb\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"};
  CHECK(world.names({"aa"}) == "aa=1 cc=1");
  CHECK(world.names({"bb"}).empty());
  world.packages.emplace_back("new 1 ; Depends: bb (>= 2)");
  CHECK(world.error({"new"}).summary() == "cannot install `new`");
  world.installed = "Package: bb\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n";
  CHECK(world.names({"aa"}) == "aa=1 bb=2 cc=1");
}

TEST_CASE("a package of the layers below counts as installed in the states in which dpkg has it configured") {
  const auto [state, is_installed] = GENERATE(table<std::string, bool>({{"install ok installed", true},
                                                                        {"hold ok installed", true},
                                                                        {"install ok triggers-pending", true},
                                                                        {"install ok triggers-awaited", true},
                                                                        {"install ok unpacked", false},
                                                                        {"install ok half-configured", false},
                                                                        {"install reinstreq half-installed", false},
                                                                        {"deinstall ok config-files", false},
                                                                        {"unknown ok not-installed", false}}));
  INFO(state);
  const Archive world{.packages = {"aa 1 ; Depends: bb", "bb 2"},
                      .installed = cat("Package: bb\nStatus: ", state, "\nArchitecture: amd64\nVersion: 1\n")};
  CHECK(world.names({"aa"}) == (is_installed ? "aa=1" : "aa=1 bb=2"));
}

TEST_CASE("a paragraph of dpkg's database that is not of its format is an error") {
  const auto [text, summary] = GENERATE(table<std::string, std::string>(
      {{"Package: bb\nStatus: ok\nVersion: 1\n", "has no valid `Status` for `bb`: `ok`"},
       {"Package: bb\nStatus: install ok running\nVersion: 1\n",
        "has no valid `Status` for `bb`: `install ok running`"},
       {"Package: bb\nStatus: install ok installed\n", "has no `Version` for `bb`"},
       {"Version: 1\n", "has a paragraph without a valid `Package`: `Version: 1`"},
       {"Package: ../b\nVersion: 1\n", "has a paragraph without a valid `Package`: `Package: ../b`"},
       {"Package: bb\nnonsense\n", ", line 2, has no field name: `nonsense`"}}));
  const Archive world{.packages = {"aa 1"}, .installed = text};
  const auto error = failure_of([&, &world = world] { world.resolve({"aa"}); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary().find(summary) != std::string::npos);
}

TEST_CASE("requests that cannot be met are errors with their reasons") {
  const Archive world{
      .packages = {"nginx 1.2 ; Depends: lib (>= 3)", "lib 2", "aa 1 ; Conflicts: bb", "bb 1", "cc 1 ; Depends: bb"}};
  CHECK(world.error({"nginxx"}).summary() == "no package `nginxx` in the sources");
  CHECK(world.error({"nginxx"}).help() == "did you mean `nginx`?");
  CHECK(world.error({"nginx (>= 2)"}).reason() == "the newest version is 1.2");
  CHECK(world.error({"nginx"}).reason() == "`nginx` 1.2 needs `lib >= 3`, which no package provides");
  CHECK(world.error({"aa", "cc"}).summary() == "cannot install `aa`, `cc` together");
  CHECK(world.error({"aa", "cc"}).reason().find("`aa` 1 conflicts with `bb` 1") != std::string::npos);
  CHECK(world.error({"cc"}, {.exclude = {"bb"}}).reason() == "`cc` 1 needs `bb`; `bb` is excluded");
}

TEST_CASE("an extension of PHP gets its Debian package as help, of the version of the sources or of the requests") {
  const Archive trixie{.packages = {"php8.4-common 1", "php8.4-mysql 1", "php-common 1", "php-mysql 1", "pdo 1"}};
  CHECK(trixie.error({"mysqli"}).help() == "for this extension of PHP, install `php8.4-mysql`");
  CHECK(trixie.error({"sockets"}).help() ==
        "every PHP 8.4 of Debian has this extension: leave it out (it is in php8.4-common)");
  CHECK(trixie.error({"pdo_mysql"}).help() ==
        "for this extension of PHP, install `php-mysql`, or the package of one version, such as `php8.2-mysql`");
  const Archive both{.packages = {"php8.4-gd 1", "php8.2-gd 1", "php8.2-fpm 1", "php10.0-x 1"}};
  CHECK(both.error({"gd", "php8.2-fpm"}).help() == "for this extension of PHP, install `php8.2-gd`");
  const Archive without_php{.packages = {"aa 1"}};
  CHECK(without_php.error({"mysqli"}).help() == "check the spelling, the suite and the components of the sources");
}

TEST_CASE("a virtual package is an error that names its providers, unless one of them is preferred") {
  const Archive world{.packages = {"mawk 1 ; Provides: awk", "gawk 1 ; Provides: awk (= 2), x-tool", "awk2 1"}};
  CHECK(world.error({"awk"}).summary() == "`awk` is a virtual package");
  CHECK(world.error({"awk"}).reason() == "these packages provide `awk`: `gawk`, `mawk`");
  CHECK(world.error({"awk"}).help() == "request one of these packages instead, or name one in `prefer:`");
  CHECK(world.error({"awk (>= 2)"}, {.prefer = {"gawk"}}).summary() == "`awk (>= 2)` is a virtual package");
  CHECK(world.names({"awk"}, {.prefer = {"awk2", "gawk", "mawk"}}) == "gawk=1");
}

TEST_CASE("an excluded package is a reason only if the solver's reasons have its whole name") {
  const Archive world{.packages = {"aa 1 ; Depends: lib | lib-small", "lib 1", "lib-small 1",
                                   "cc 1 ; Depends: libx, xlib", "dd 1 ; Depends: lib (>= 2) | lib.x"}};
  CHECK(world.names({"aa"}, {.exclude = {"lib"}}) == "aa=1 lib-small=1");
  CHECK(world.error({"cc"}, {.exclude = {"lib"}}).reason().find("excluded") == std::string::npos);
  CHECK(world.error({"dd"}, {.exclude = {"lib"}}).reason().ends_with("; `lib` is excluded"));
}

TEST_CASE("excluded packages are neither requested nor in the layers below") {
  const Archive world{.packages = {"aa 1"}, .installed = "Package: old\nArchitecture: amd64\nVersion: 1\n"};
  CHECK(world.error({"aa"}, {.exclude = {"aa"}}).summary() == "`aa` is requested and excluded");
  CHECK(world.error({"aa"}, {.exclude = {"old"}}).summary() == "`old` is excluded, but the layers below have it");
}

TEST_CASE("a dependency with many alternatives is refused above a limit, on whichever field") {
  const auto field = GENERATE("Depends", "Recommends", "Conflicts", "Provides");
  const auto many = [&](std::size_t count) {
    std::string out = cat("aa 1 ; ", field, ": lib (>= 1), x0");
    for (std::size_t i = 1; i < count; ++i) out += cat(" | x", i);
    return Archive{.packages = {out, "x0 1", "lib 1"}};
  };
  CHECK(many(limits::package_alternatives).resolve({"aa"}).size() >= 1);
  const auto world = many(200'000);
  const auto error = failure_of([&] { world.resolve({"aa"}); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == cat("`", field, "` of `aa` has more than 1000 alternatives for one dependency"));
}

TEST_CASE("a long chain of dependencies needs no deep recursion, and its error has few reasons") {
  std::vector<std::string> packages{"end 1"};
  constexpr int length = 20'000;
  for (int i = 0; i < length; ++i)
    packages.push_back(cat("c", i, " 1 ; Depends: ", i + 1 < length ? cat("c", i + 1) : "end"));
  Archive world{.packages = packages};
  CHECK(world.resolve({"c0"}).size() == length + 1);
  world.packages.front() = "end 1 ; Depends: missing";
  const auto error = world.error({"c0"});
  CHECK(error.reason().starts_with("`end` 1 needs `missing`, which no package provides; "));
  CHECK(error.reason().ends_with("; 19989 more reasons"));
}
