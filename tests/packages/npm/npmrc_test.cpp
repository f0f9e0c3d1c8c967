#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/npmrc.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::npm;

namespace {

std::optional<std::string> variable(const std::string& name) {
  if (name == "TOKEN") return "t0ken";
  if (name == "HOST") return "npm.example";
  return std::nullopt;
}

Npmrc npmrc(const std::string& project, const std::string& user = {}) {
  return {{{.name = "`.npmrc`", .text = project}, {.name = "`~/.npmrc`", .text = user}}, variable};
}

// The Authorization header for a URL; empty without one.
std::string header(const Npmrc& settings, const std::string& url, const std::string& package = "a") {
  const auto login = settings.login_for(http::parse_url(url), package);
  return login ? authorization(*login) : std::string{};
}

}  // namespace

TEST_CASE("registries are those of the scope, or the one of all packages, and none is built in") {
  const auto settings = npmrc("registry=https://npm.example/repo\n@corp:registry = https://corp.example:8443/npm/\n");
  CHECK(settings.registry_for("left-pad")->text() == "https://npm.example/repo/");
  CHECK(settings.registry_for("@corp/x")->text() == "https://corp.example:8443/npm/");
  CHECK(settings.registry_for("@corporation/x")->text() == "https://npm.example/repo/");
  CHECK(npmrc("").registry_for("a") == nullptr);
  CHECK(Npmrc().registry_for("a") == nullptr);
}

TEST_CASE("the first file that has a key decides, and in a file its last line") {
  const auto settings = npmrc("registry=https://one.example/\nregistry=https://two.example/\n",
                              "registry=https://three.example/\ncafile=/etc/ca.pem\n");
  CHECK(settings.registry_for("a")->host == "two.example");
  CHECK(settings.value("cafile") == "/etc/ca.pem");
  CHECK_FALSE(settings.value("proxy"));
}

TEST_CASE("lines are read as npm's ini reads them") {
  const auto settings = npmrc(
      "; comment\n# comment\n  key = value ; comment\r\nescaped=a\\;b\\#c\\d\\\\\nquoted=\"a;b "
      "\\u0041\"\nsingle='c;d'\n"
      "list[]=1\nflag\nempty=\nequals=a=b\n\"quoted key\"=1\n[section]\nlost=1\n");
  CHECK(settings.value("key") == "value");
  CHECK(settings.value("escaped") == "a;b#c\\d\\");
  CHECK(settings.value("quoted") == "a;b A");
  CHECK(settings.value("single") == "c;d");
  CHECK(settings.value("empty") == "");
  CHECK(settings.value("equals") == "a=b");
  CHECK(settings.value("quoted key") == "1");
  for (const std::string key : {"list", "list[]", "flag", "section", "lost", "; comment"})
    CHECK_FALSE(settings.value(key));
}

TEST_CASE("variables are replaced in keys and values") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"${TOKEN}", "t0ken"},
      {"a${TOKEN}b${TOKEN}", "at0kenbt0ken"},
      {"x${NONE?}y", "xy"},
      {"${TOKEN?}", "t0ken"},
      {"'\\\\${TOKEN}'", "${TOKEN}"},
      {"'\\\\\\\\${TOKEN}'", "\\t0ken"},
      {"${", "${"},
      {"${}", "${}"},
      {"${a${TOKEN}", "${at0ken"},
  }));
  // Single quotes keep the backslashes that ini would remove.
  const auto value = npmrc(cat("key=", replace_all(text, "\\\\", "\\"))).value("key");
  CHECK(value == expected);
  CHECK(npmrc("//${HOST}/:_authToken=x").value("//npm.example/:_authToken") == "x");
}

TEST_CASE("a setting with a variable that is not set has no effect, and causes a warning without its value") {
  const auto settings = npmrc("//npm.example/:_authToken=secret${NONE}\n", "//npm.example/:_authToken=other");
  REQUIRE(settings.warnings().size() == 1);
  CHECK_THAT(settings.warnings()[0],
             Contains("`//npm.example/:_authToken` in `.npmrc`") && Contains("`NONE` is not set"));
  CHECK_THAT(settings.warnings()[0], !Contains("secret"));
}

TEST_CASE("a login without a host is not used, and causes a warning without its value") {
  const auto settings = npmrc("_authToken=secret\n_auth=secret\n");
  REQUIRE(settings.warnings().size() == 2);
  CHECK_THAT(settings.warnings()[0], Contains("`_authToken`") && Contains("//HOST/:_authToken") && !Contains("secret"));
  CHECK(header(settings, "https://registry.npm.example/a").empty());
}

TEST_CASE("a login is a token, user:password in base64, or a user and a password in base64") {
  CHECK(header(npmrc("//h.example/:_authToken=${TOKEN}"), "https://h.example/a") == "Bearer t0ken");
  CHECK(header(npmrc("//h.example/:_auth=dTpwOnE="), "https://h.example/a") == "Basic dTpwOnE=");
  const auto login = npmrc("//h.example/:_auth=dTpwOnE=").login_for(http::parse_url("https://h.example/a"), "a");
  CHECK((login->username == "u" && login->password == "p:q"));
  CHECK(header(npmrc("//h.example/:username=u\n//h.example/:_password=cDpx"), "https://h.example/a") ==
        "Basic dTpwOnE=");
  CHECK(header(npmrc("//h.example/:username=u"), "https://h.example/a").empty());
}

TEST_CASE("the login of the longest path that the URL begins with is used") {
  const auto settings = npmrc(
      "//h.example/:_authToken=root\n//h.example/npm/:_authToken=npm\n//h.example/npm/deep:_authToken=deep\n"
      "//h.example:8443/:_authToken=port\nregistry=https://h.example/npm/\n");
  const auto [url, expected] = GENERATE(table<std::string, std::string>({
      {"https://h.example/a/-/a.tgz", "Bearer root"},
      {"https://h.example/", "Bearer root"},
      {"https://h.example/npm/a", "Bearer npm"},
      {"https://h.example/npm", "Bearer root"},
      {"https://h.example/npmx/a", "Bearer root"},
      {"https://h.example/npm/deep/a", "Bearer deep"},
      {"https://h.example/npm/deeper", "Bearer npm"},
      {"https://h.example:8443/npm/a", "Bearer port"},
      {"https://h.example:8444/npm/a", ""},
      {"https://x.h.example/npm/a", ""},
      {"https://h.example.evil.example/npm/a", ""},
      {"http://h.example/npm/a", ""},
  }));
  CHECK(header(settings, url) == expected);
}

TEST_CASE("over http a login goes only to a configured registry") {
  CHECK(header(npmrc("registry=http://h.example/\n//h.example/:_authToken=x"), "http://h.example/a") == "Bearer x");
  CHECK(header(npmrc("registry=https://h.example/\n//h.example/:_authToken=x"), "http://h.example/a").empty());
}

TEST_CASE("a tarball beside its registry gets the login of the registry") {
  const auto settings = npmrc("@corp:registry=https://h.example/npm/\n//h.example/npm/:_authToken=x");
  CHECK(header(settings, "https://h.example/files/a.tgz", "@corp/a") == "Bearer x");
  CHECK(header(settings, "https://h.example/files/a.tgz", "a").empty());
  CHECK(header(settings, "https://other.example/files/a.tgz", "@corp/a").empty());
}

TEST_CASE("errors of settings do not contain their values") {
  const auto [text, kind] = GENERATE(table<std::string, ErrorKind>({
      {"//h.example/:_auth=%hunter2%", ErrorKind::access},
      {"//h.example/:_auth=aHVudGVyMg==", ErrorKind::access},
      {"//h.example/:username=u\n//h.example/:_password=%hunter2%", ErrorKind::access},
      {"//${HOST}/:_auth=%hunter2%", ErrorKind::access},
      {"registry=https://u:hunter2@h.example/", ErrorKind::usage},
      {"@a:registry=ftp://u:hunter2@h.example/", ErrorKind::usage},
  }));
  const auto error = failure_of([&, given = text] {
    const auto settings = npmrc(given);
    header(settings, "https://h.example/a");
    header(settings, "https://npm.example/a");
  });
  CHECK_THAT(report(error), !Contains("npm.example/:"));  // keys are as written
  CHECK(error.kind() == kind);
  CHECK_THAT(report(error), !Contains("hunter2") && !Contains("aHVudGVyMg"));
}
