#include <lapstrake/app/packages/apt_sources.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/text.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>
#include <support/temp_dir.hpp>

using namespace lapstrake;
using namespace lapstrake::app;

namespace {

const Environment no_environment = [](std::string_view) { return std::nullopt; };

// The configuration of apt on a machine with Debian 12.
struct Machine {
  TempDir folder;
  AptFolders folders{
      .etc = folder.path() / "apt", .keyrings = folder.path() / "keyrings", .os_release = folder.path() / "os-release"};

  Machine() {
    for (const auto& each : {folders.etc / "sources.list.d", folders.etc / "auth.conf.d", folders.keyrings})
      make_folder(each);
    write_file(folders.os_release, "ID=debian\nVERSION_CODENAME=\"bookworm\"\n");
    write_file(folders.keyrings / "debian-archive-keyring.gpg", "keys of Debian");
  }
  std::string keyring() const { return (folders.keyrings / "debian-archive-keyring.gpg").string(); }
  void list(const std::string& text) const { write_file(folders.etc / "sources.list", text); }
  void sources(const std::string& name, const std::string& text) const {
    write_file(folders.etc / "sources.list.d" / name, text);
  }
  std::vector<std::string> suites(const std::string& suite, const std::string& architecture = "amd64") const {
    std::vector<std::string> out;
    for (const auto& source : host_deb_sources(no_environment, suite, architecture, folders))
      out.push_back(cat(source.name, " ", source.uri, " ", join(source.components, ",")));
    return out;
  }
};

}  // namespace

TEST_CASE("the suites of this machine's release are read from .list and .sources files") {
  const Machine machine;
  machine.list(
      "# a comment\ndeb http://a.example/debian bookworm main contrib\ndeb-src http://a.example/debian bookworm main\n"
      "deb [arch=arm64] http://arm.example/debian bookworm main\ndeb http://a.example/debian bookworm-backports "
      "main\n");
  machine.sources("security.sources", cat("Types: deb\nURIs: https://b.example/security/\nSuites: bookworm-security\n",
                                          "Components: main\nSigned-By: ", machine.keyring(), "\n"));
  machine.sources("off.sources", "Types: deb\nEnabled: no\nURIs: http://off.example/\nSuites: bookworm\n");
  machine.sources("other.list", "deb http://c.example/node nodistro main\n");
  CHECK(machine.suites("") == std::vector<std::string>{"bookworm http://a.example/debian/ main,contrib",
                                                       "bookworm-security https://b.example/security/ main"});
  CHECK(machine.suites("", "arm64").size() == 3);
}

TEST_CASE("a suite of another release is read from the same archives") {
  const Machine machine;
  machine.list("deb http://a.example/debian bookworm main\ndeb http://a.example/debian bookworm-updates main\n");
  CHECK(machine.suites("trixie") == std::vector<std::string>{"trixie http://a.example/debian/ main",
                                                             "trixie-updates http://a.example/debian/ main"});
}

TEST_CASE("keys are those of Signed-By, else the trusted ones") {
  const Machine machine;
  machine.list(cat("deb [signed-by=", machine.keyring(), "] http://a.example/ bookworm main\n",
                   "deb http://b.example/ bookworm-updates main\n"));
  make_folder(machine.folders.etc / "trusted.gpg.d");
  write_file(machine.folders.etc / "trusted.gpg.d/old.asc", "trusted keys");
  machine.sources("inline.sources",
                  "Types: deb\nURIs: http://c.example/\nSuites: bookworm-security\nComponents: main\nSigned-By:\n"
                  " -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQIN\n -----END PGP PUBLIC KEY BLOCK-----\n");
  const auto sources = host_deb_sources(no_environment, "", "amd64", machine.folders);
  REQUIRE(sources.size() == 3);
  CHECK(sources[0].keyrings.at(0).bytes == "keys of Debian");
  CHECK(sources[1].keyrings.at(0).bytes == "trusted keys");
  CHECK(sources[2].keyrings.at(0).bytes ==
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQIN\n-----END PGP PUBLIC KEY BLOCK-----\n");
}

TEST_CASE("logins are those of the URI, else of auth.conf") {
  const Machine machine;
  machine.list("deb http://user:secret@a.example/ bookworm main\ndeb http://b.example/ bookworm-updates main\n");
  write_file(machine.folders.etc / "auth.conf.d/b.conf", "machine b.example login me password word\n");
  const auto sources = host_deb_sources(no_environment, "", "amd64", machine.folders);
  REQUIRE(sources.size() == 2);
  CHECK(sources[0].uri == "http://a.example/");
  CHECK(sources[0].authorization == "Basic dXNlcjpzZWNyZXQ=");
  CHECK(sources[1].authorization == "Basic bWU6d29yZA==");
}

TEST_CASE("mistakes in apt's configuration are errors with a way out") {
  const Machine machine;
  const auto error_of = [&](const std::string& text) {
    machine.list(text);
    return failure_of([&] { machine.suites("bookworm"); });
  };
  CHECK(error_of("debb http://a.example/ bookworm main\n").kind() == ErrorKind::usage);
  CHECK(error_of("deb [trusted=yes] http://a.example/ bookworm main\n").summary() ==
        "the source of `bookworm` is marked as trusted without signatures");
  CHECK(error_of("deb [signed-by=/nowhere.gpg] http://a.example/ bookworm main\n").summary() ==
        "cannot find the keyring `/nowhere.gpg`");
  CHECK(error_of("deb ftp://a.example/ bookworm main\n").summary() == "`ftp:` is not a supported kind of archive");
  CHECK(error_of("deb http://a.example/ sid main\n").reason() == "it has: sid");
}
