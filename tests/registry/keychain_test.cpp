#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/keychain.hpp>
#include <map>
#include <thread>
#include <tuple>

#include "../../registry/credential_helper.hpp"
#include "../../registry/docker_config.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

namespace {

// A home of its own, with programs in bin/.
struct Home {
  TempDir dir;
  std::map<std::string, std::string, std::less<>> variables;

  Home() {
    variables["HOME"] = dir.path().string();
    variables["PATH"] = "bin:.::" + (dir / "bin").string() + ":/usr/bin:/bin";
    dir.write("bin/.keep", "");
  }
  Runtime runtime(std::stop_token stop = {}) const {
    Runtime runtime = process_runtime(stop);
    runtime.environment = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return runtime;
  }
  void helper(const std::string& name, const std::string& script) const {
    const auto path = dir.write("bin/docker-credential-" + name, "#!/bin/sh\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  std::optional<Login> login(const std::string& host, const std::string& repository = "team/web") const {
    return docker_keychain(runtime(), repository)(host, false);
  }
};

std::string auth(const std::string& user, const std::string& password) {
  return base64(as_bytes(user + ":" + password));
}

std::string auths(const std::string& key, const std::string& user) {
  return cat(R"({"auths":{")", key, R"(":{"auth":")", auth(user, "secret"), R"("}}})");
}

}  // namespace

TEST_CASE("a key of docker's and podman's files stands for the hosts that it is written for") {
  const auto [key, host, rank] = GENERATE(table<std::string, std::string, int>({
      {"registry.example:5000", "registry.example:5000", 1},
      {"registry.example", "registry.example:5000", -1},
      {"https://registry.example:5000", "registry.example:5000", 0},
      {"https://registry.example:5000/v2/", "registry.example:5000", 0},
      {"registry.example:5000/v1/", "registry.example:5000", 0},
      {"http://Registry.Example:5000/", "registry.example:5000", 0},
      {"registry.example:5000/team", "registry.example:5000", 5},
      {"registry.example:5000/team/web", "registry.example:5000", 9},
      {"registry.example:5000/tea", "registry.example:5000", -1},
      {"registry.example:5000/team/web/x", "registry.example:5000", -1},
      {"https://index.docker.io/v1/", "docker.io", 0},
      {"docker.io", "docker.io", 1},
      {"index.docker.io", "docker.io", 1},
      {"https://index.docker.io/v1/", "docker.io.example", -1},
      {"evil.example/registry.example:5000", "registry.example:5000", -1},
      {"", "registry.example:5000", -1},
  }));
  CHECK(match(key, host, "team/web") == (rank < 0 ? std::nullopt : std::optional<std::size_t>(rank)));
}

TEST_CASE("the login of config.json is found, the longest namespace's first") {
  Home home;
  home.dir.write(".docker/config.json",
                 cat(R"({"auths":{"r.example":{"auth":")", auth("all", "a:b"), R"("},"r.example/team":{"auth":")",
                     auth("team", "c"),
                     R"("},"https://index.docker.io/v1/":{"username":"hub","password":"d"},"empty.example":{}}})"));
  CHECK(home.login("r.example", "other/web")->username == "all");
  CHECK(home.login("r.example", "other/web")->password == "a:b");
  CHECK(home.login("r.example", "team/web")->username == "team");
  CHECK(home.login("docker.io")->username == "hub");
  CHECK_THAT(home.login("docker.io")->source, Contains("docker's config.json ("));
  CHECK_FALSE(home.login("empty.example"));
  CHECK_FALSE(home.login("unknown.example"));
}

TEST_CASE("files are asked in their order") {
  Home home;
  home.dir.write(".config/containers/auth.json", auths("r.example", "config"));
  CHECK(home.login("r.example")->username == "config");
  home.variables["XDG_RUNTIME_DIR"] = (home.dir / "run").string();
  home.dir.write("run/containers/auth.json", auths("r.example", "run"));
  CHECK(home.login("r.example")->username == "run");
  home.dir.write(".docker/config.json", auths("r.example", "home"));
  CHECK(home.login("r.example")->username == "home");
  home.variables["DOCKER_CONFIG"] = home.dir.path().string();
  home.dir.write("config.json", auths("r.example", "docker"));
  CHECK(home.login("r.example")->username == "docker");
  home.variables["REGISTRY_AUTH_FILE"] = home.dir.write("auth.json", auths("r.example", "named")).string();
  CHECK(home.login("r.example")->username == "named");
}

TEST_CASE("an empty helper's name means the file's own logins, whatever the store is") {
  const Home home;
  home.dir.write(".docker/config.json", cat(R"({"credHelpers":{"registry.example":""},"credsStore":"none-such",)",
                                            auths("registry.example", "ann").substr(1)));
  CHECK(home.login("registry.example").value().username == "ann");
}

TEST_CASE("an empty file has no logins, as docker reads it") {
  const Home home;
  home.dir.write(".docker/config.json", GENERATE("", " \n", "null"));
  CHECK_FALSE(home.login("registry.example"));
}

TEST_CASE("DOCKER_AUTH_CONFIG holds logins itself, and comes before docker's file") {
  Home home;
  home.dir.write(".docker/config.json", auths("other.example", "file"));
  home.variables["DOCKER_AUTH_CONFIG"] = auths("registry.example", "env");
  CHECK(home.login("registry.example").value().username == "env");
  CHECK(home.login("registry.example").value().source == "DOCKER_AUTH_CONFIG");
  CHECK(home.login("other.example").value().username == "file");
  home.variables["DOCKER_AUTH_CONFIG"] = R"({"auths":{"registry.example":{"auth":"hush")";
  const auto error = failure_of([&] { home.login("registry.example"); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.summary(), Contains("DOCKER_AUTH_CONFIG"));
  CHECK_THAT(report(error), !Contains("hush"));
}

TEST_CASE("identity tokens are known by docker's two signs") {
  CHECK(login_of({.auth = auth("x", ""), .identity_token = "t"}, "r", "f")->identity_token);
  CHECK(login_of({.auth = auth("x", ""), .identity_token = "t"}, "r", "f")->password == "t");
  CHECK(login_of({.auth = auth("<token>", "t")}, "r", "f")->identity_token);
  CHECK_FALSE(login_of({.auth = auth("user", "t")}, "r", "f")->identity_token);
}

TEST_CASE("a bearer token that docker keeps is one for the registry itself") {
  const auto config = parse_docker_config(R"({"auths":{"r.example":{"registrytoken":"t","auth":""}}})", "f");
  const auto login = login_of(config.auths.at("r.example"), "r.example", "f");
  CHECK(login->registry_token);
  CHECK(login->password == "t");
  CHECK_FALSE(login->identity_token);
}

TEST_CASE("a spoilt file is told without its contents") {
  Home home;
  const auto file = home.dir.write(".docker/config.json", "");
  const auto text = GENERATE("{", "[]", R"({"auths":{"r.example":{"auth":"c2VjcmV0"}}})",
                             R"({"auths":{"r.example":{"auth":"%sesame"}}})", R"({"auths":{},"auths":{}})");
  home.dir.write(".docker/config.json", text);
  const auto error = failure_of([&] { home.login("r.example"); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.summary(), Contains(".docker/config.json"));
  CHECK_THAT(report(error), !Contains("secret"));
  CHECK_THAT(report(error), !Contains("sesame"));
}

TEST_CASE("a credential helper is asked for the host, and may know nothing") {
  Home home;
  home.helper(
      "own",
      R"(read -r server || true; [ "$1" = get ] && echo "{\"ServerURL\":\"x\",\"Username\":\"u-$server\",\"Secret\":\"s\"}")");
  home.helper("none", "echo credentials not found in native keychain; exit 1");
  home.dir.write(
      ".docker/config.json",
      cat(R"({"credsStore":"none","credHelpers":{"r.example:5000":"own","docker.io":"own"},"auths":{"q.example":{"auth":")",
          auth("file", "s"), R"("}}})"));
  CHECK(home.login("r.example:5000")->username == "u-r.example:5000");
  CHECK_THAT(home.login("r.example:5000")->source, Contains("docker-credential-own, named in docker's config.json"));
  CHECK(home.login("docker.io")->username == "u-https://index.docker.io/v1/");
  CHECK(home.login("q.example")->username == "file");
  CHECK_FALSE(home.login("other.example"));
}

TEST_CASE("a helper's token is an identity token") {
  Home home;
  home.helper("t", R"(echo '{"Username":"<token>","Secret":"s"}')");
  CHECK(run_credential_helper(home.runtime(), "t", "r")->identity_token);
}

TEST_CASE("a helper that is not one, fails, hangs, or says too much is an error that does not quote secrets (S09)") {
  Home home;
  home.helper("fails", "echo sesame; exit 3");
  home.helper("noise", "echo sesame");
  home.helper("partial", R"(echo '{"Username":"sesame"}')");
  home.helper("flood", "head -c 10000000 /dev/zero");
  home.helper("slow", "sleep 20");
  home.helper("stays", R"(echo '{"Username":"u","Secret":"sesame"}'; exec <&- >&-; sleep 20)");
  home.dir.write("x", "");
  const auto [name, says] = GENERATE(table<std::string, std::string>({
      {"../x", "has an invalid name"},
      {"a b", "has an invalid name"},
      {";id", "has an invalid name"},
      {"", "has an invalid name"},
      {"absent", "was not found on the PATH"},
      {"fails", "failed (exit status 3)"},
      {"noise", "did not print JSON with `Username` and `Secret`"},
      {"partial", "did not print JSON with `Username` and `Secret`"},
      {"flood", "printed more than 64.0 KiB"},
      {"slow", "did not answer within 1 s"},
      {"stays", "did not answer within 1 s"},
  }));
  HelperLimits limits;  // those that answer may be slow to start on a busy machine
  if (name == "slow" || name == "stays") limits.time = std::chrono::milliseconds(200);
  const auto error =
      failure_of([&, helper = name] { run_credential_helper(home.runtime(), helper, "r.example", limits); });
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.summary(), Contains(says));
  CHECK_THAT(report(error), !Contains("sesame"));
}

TEST_CASE("a stop ends the wait for a helper") {
  Home home;
  home.helper("slow", "sleep 20");
  std::stop_source source;
  source.request_stop();
  CHECK_THROWS_AS(run_credential_helper(home.runtime(source.get_token()), "slow", "r"), Interrupted);
}
