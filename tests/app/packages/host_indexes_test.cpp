#include <lapstrake/app/packages/host_indexes.hpp>
#include <lapstrake/base/error.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>
#include <support/temp_dir.hpp>

#include "ini.hpp"
#include "netrc.hpp"

using namespace lapstrake;

namespace {

// A home folder of its own; /etc is this machine's.
struct Home {
  TempDir dir;
  std::map<std::string, std::string, std::less<>> variables{{"HOME", dir.path().string()},
                                                            {"XDG_CONFIG_DIRS", dir.path().string()}};

  Environment environment() const {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
  }
  std::vector<app::AuthorizedUrl> indexes() const { return app::host_pip_indexes(environment()); }
};

}  // namespace

TEST_CASE("pip's indexes come from its files, a later one wins, and the environment wins over all") {
  Home home;
  home.dir.write("pip/pip.conf", "[global]\nindex-url = https://first.example/simple\n");
  home.dir.write(".config/pip/pip.conf",
                 "# mine\n[install]\nIndex-URL: https://second.example/simple/\n"
                 "extra-index-url =\n  https://a.example/x\n  https://b.example/y/\n");
  auto indexes = home.indexes();
  REQUIRE(indexes.size() == 3);
  CHECK(indexes[0].url.text() == "https://second.example/simple/");
  CHECK(indexes[1].url.text() == "https://a.example/x/");
  CHECK(indexes[2].url.text() == "https://b.example/y/");
  home.variables["PIP_INDEX_URL"] = "https://third.example/simple";
  CHECK(home.indexes()[0].url.text() == "https://third.example/simple/");
  home.variables["PIP_CONFIG_FILE"] = "/dev/null";
  CHECK(home.indexes().size() == 1);
}

TEST_CASE("the login of an index is in its URL, or in the netrc file for its host") {
  Home home;
  home.variables["PIP_CONFIG_FILE"] = "/dev/null";
  home.variables["PIP_INDEX_URL"] = "https://me:p%40ss@packages.example/simple";
  CHECK(home.indexes()[0].url.text() == "https://packages.example/simple/");
  CHECK(home.indexes()[0].authorization == "Basic bWU6cEBzcw==");  // me:p@ss
  home.variables["PIP_INDEX_URL"] = "https://packages.example/simple";
  CHECK_FALSE(home.indexes()[0].authorization);
  home.dir.write(".netrc",
                 "machine other.example login x password y\nmachine packages.example\n  login me\n  password p@ss\n");
  CHECK(home.indexes()[0].authorization == "Basic bWU6cEBzcw==");
}

TEST_CASE("an index that is no URL is an error without its password") {
  Home home;
  home.variables["PIP_CONFIG_FILE"] = "/dev/null";
  home.variables["PIP_INDEX_URL"] = "ftp://me:secret@packages.example/simple";
  const auto error = failure_of([&] { home.indexes(); });
  CHECK(report(error).find("secret") == std::string::npos);
}

TEST_CASE("a netrc file has logins by machine, defaults, macros, comments and quotes") {
  constexpr auto netrc =
      "# logins\nmachine a login \"one two\" password \"q\\\"\"\nmacdef init\n machine b login no password no\n\n"
      "machine b account x login bee password buzz default login any password thing\n";
  const auto login = [&](std::string_view host) {
    const auto found = app::find_login(netrc, host);
    return found ? found->user + ":" + found->password : "none";
  };
  CHECK(login("a") == "one two:q\"");
  CHECK(login("b") == "bee:buzz");
  CHECK(login("c") == "any:thing");
  CHECK_FALSE(app::find_login("machine a", "a"));
  CHECK_FALSE(app::find_login("", "a"));
  CHECK_FALSE(app::find_login("machine a login \"", "b"));
}

TEST_CASE("an INI file with other lines is an error that names the line") {
  CHECK(app::parse_ini("; x\n[a]\nB = c = d\n", "it").at("a").at("b") == "c = d");
  const auto error = failure_of([] { app::parse_ini("[a]\nb\n", "`pip.conf`"); });
  CHECK(error.summary() == "`pip.conf` is not an INI file: line 2 is not `key = value`");
  CHECK_THROWS_AS(app::parse_ini("a = b\n", "it"), Error);
}
